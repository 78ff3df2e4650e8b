/** What one sample may hold. A sample beyond a limit is refused with the field and the limit in the answer. */
export const LIMITS = {
  /** Entries in `features`, and in every other map of a sample. */
  entries: 2_000,
  /** Characters in a name: of a feature, a tag, a model, a service, an id. */
  nameLength: 256,
  /** Characters in a text value. */
  textLength: 4_096,
  /** Numbers in one embedding. */
  embeddingDimensions: 65_536,
  /** Dimensions in the shape of one input tensor. */
  tensorRank: 16,
  /** Bytes of one input text, UTF-8. */
  inputTextBytes: 1_048_576,
  /** Private boxes of one input. */
  privateBoxes: 64,
} as const;

/** How far a timestamp may lie ahead of the server's clock: 10 minutes. */
export const MAX_AHEAD_MS = 10 * 60_000;

/** How old predictions and labels may be: 30 days, the time for which raw samples are kept. */
export const MAX_AGE_MS = 30 * 86_400_000;

/** How old deployment events may be: 400 days, the time for which they are kept. */
export const MAX_DEPLOYMENT_AGE_MS = 400 * 86_400_000;

/** The three slice lengths, in milliseconds. */
export const TEN_SECONDS = 10_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** Slice lengths in milliseconds. */
export type SliceResolution = typeof TEN_SECONDS | typeof MINUTE | typeof HOUR;

/** How long slices are kept, by their length. Older ones are not stored: they would be deleted at once. */
export function keptFor(resolution: SliceResolution): number {
  switch (resolution) {
    case TEN_SECONDS:
      return 7 * HOUR;
    case MINUTE:
      return 2_400 * HOUR;
    case HOUR:
      return Infinity;
  }
}

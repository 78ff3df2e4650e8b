/** One raw input, as it was stored. */
export interface RawInput {
  /**
   * What the bytes are: the data type of a tensor (`float32`, `uint8`, ...), `image/png`, `image/jpeg`,
   * `text/plain`, or `features` (numeric features of a sample).
   */
  readonly dataType: string;
  /** Sizes of a tensor, the slowest first; empty for anything else. */
  readonly shape: readonly number[];
  /** A tensor's elements, row-major and little-endian; a file's bytes; UTF-8; or float64 values, little-endian. */
  readonly data: Uint8Array;
  /** Parts of an image that must not be kept: left, top, right, bottom as shares of width and height. */
  readonly maskedBoxes: readonly MaskedBox[];
}

/** Left, top, right and bottom of a part of an image, as shares of its width and height as stored. */
export type MaskedBox = readonly [number, number, number, number];

/** An input that cannot be encoded, and why: one sentence without a full stop, for a person. */
export interface Refused {
  readonly refused: string;
}

/** What became of a raw input. The others of its batch are not affected by one that is refused. */
export type EncodedInput =
  | {
      readonly vector: Float32Array;
      /** The image features of {@link imageFeatures}; nothing for other inputs. */
      readonly features: Readonly<Record<string, number>>;
    }
  | Refused;

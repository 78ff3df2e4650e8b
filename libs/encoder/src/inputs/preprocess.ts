/** How a rule's raw inputs become what its model takes. */
export type Preprocess = ImagePreprocess | TextPreprocess | FeaturesPreprocess | TensorPreprocess;

/** Images, sent as files or as tensors of pixels, become pixels of one size. */
export interface ImagePreprocess {
  readonly kind: 'image';
  readonly width: number;
  readonly height: number;
  /** Whether a channel's pixels stand together (`NCHW`) or a pixel's channels do (`NHWC`). */
  readonly layout: 'NCHW' | 'NHWC';
  /** `uint8` passes pixels on as they are, 0 to 255: `scale`, `mean` and `std` are for `float32` alone. */
  readonly dataType: 'float32' | 'uint8';
  readonly channels: 'RGB' | 'BGR' | 'grayscale';
  /** `stretch` changes the aspect ratio; `crop` keeps it and cuts away what is too much, equally on both sides. */
  readonly resize: 'stretch' | 'crop';
  /** The model gets `(pixel * scale - mean) / std`, with pixels from 0 to 255. */
  readonly scale: number;
  /** One number for all channels, or one per channel in the order of `channels`; empty means 0. */
  readonly mean: readonly number[];
  /** One number for all channels, or one per channel in the order of `channels`; empty means 1. */
  readonly std: readonly number[];
}

/** Text becomes what the model reads it as. */
export type TextPreprocess =
  | { readonly kind: 'text'; /** Strings, for a model with a tokenizer of its own. */ readonly as: 'string' }
  | {
      readonly kind: 'text';
      /** `input_ids`, `attention_mask` and `token_type_ids`. */
      readonly as: 'ids';
      /** Path of a `tokenizer.json`. */
      readonly tokenizerFile: string;
      /** Longest row in tokens, the special ones counted; longer texts are cut. */
      readonly maximumTokens: number;
    }
  | {
      readonly kind: 'text';
      /** A vector of hashed character n-grams: see {@link hashedNgrams}. */
      readonly as: 'ngrams';
      /** Length of the vector. */
      readonly size: number;
      /** Length of an n-gram in characters. */
      readonly n: number;
    };

/** Numeric features of a sample, standardised; a missing one counts as its mean. */
export interface FeaturesPreprocess {
  readonly kind: 'features';
  readonly names: readonly string[];
  /** As many as names. */
  readonly mean: readonly number[];
  /** As many as names, all above 0. */
  readonly std: readonly number[];
}

/** Tensors as they are sent, which must fit the model's input. */
export interface TensorPreprocess {
  readonly kind: 'tensor';
}

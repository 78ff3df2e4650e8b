import {
  bytesOf,
  elementBytes,
  elementsIn,
  type ElementArray,
  type NumericElement,
} from './element-array.js';
import type { Refused } from './raw-input.js';

/** What a tensor is for: pixels of images, vectors of n-grams, and so on; token ids by the names models give them. */
export type TensorRole =
  'pixels' | 'strings' | 'input_ids' | 'attention_mask' | 'token_type_ids' | 'ngrams' | 'features' | 'tensor';

/** A tensor for a model. The first of `dims` is the number of rows. */
export type PreparedTensor =
  | { readonly element: NumericElement; readonly dims: readonly number[]; readonly data: ElementArray }
  | { readonly element: 'string'; readonly dims: readonly number[]; readonly data: readonly string[] };

/** The tensors of a batch. */
export type PreparedTensors = Readonly<Partial<Record<TensorRole, PreparedTensor>>>;

/** What became of one input: the features of an image (none of other inputs), or why it is refused. */
export type PreparedInput = { readonly features: Readonly<Record<string, number>> } | Refused;

/** Raw inputs in the form a model takes. */
export interface PreparedBatch {
  /** Which input each row of the tensors is of, in ascending order. */
  readonly rows: readonly number[];
  /** Empty when no input was accepted. */
  readonly tensors: PreparedTensors;
  /** One for each input. */
  readonly results: readonly PreparedInput[];
}

/** Makes what a tensor's elements are written to: as many bytes, with any content, at the beginning of a buffer of their own. */
export type Allocate = (bytes: number) => Uint8Array;

/** Rows of equal length as one tensor. */
export function stackRows(
  element: NumericElement,
  dims: readonly number[],
  rows: readonly ElementArray[],
  allocate: Allocate,
): PreparedTensor {
  const perRow = rows[0]?.length ?? 0;
  const bytes = allocate(rows.length * perRow * elementBytes(element));
  for (const [index, row] of rows.entries()) {
    bytes.set(bytesOf(row), index * row.byteLength);
  }
  return { element, dims: [rows.length, ...dims], data: elementsIn(element, bytes) };
}

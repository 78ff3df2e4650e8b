import { errorMessage } from '@tidewatch/core';
import { convertTensor } from './convert-tensor.js';
import type { ElementArray } from './element-array.js';
import { imageFeatures } from './image/image-features.js';
import { modelPixelDims, modelPixels } from './image/model-pixels.js';
import type { Pixels } from './image/pixels.js';
import { readImage } from './image/read-image.js';
import { resizeImage } from './image/resize-image.js';
import type { Preparation } from './preparation.js';
import {
  stackRows,
  type Allocate,
  type PreparedBatch,
  type PreparedInput,
  type PreparedTensors,
} from './prepared-batch.js';
import type { ImagePreprocess } from './preprocess.js';
import type { RawInput, Refused } from './raw-input.js';
import { standardiseFeatures } from './standardise-features.js';
import { hashedNgrams } from './text/hashed-ngrams.js';
import type { Token } from './text/token-rules.js';
import { readText } from './text/read-text.js';
import { stackTokens, textTokens } from './text/token-ids.js';

/** One input in the form a model takes, with the features of an image. */
interface PreparedRow<Row> {
  readonly row: Row;
  readonly features: Readonly<Record<string, number>>;
}

/**
 * Raw inputs in the form a model takes. One that cannot be is refused with the reason, and leaves the others as they
 * are. Nothing becomes of an empty batch.
 *
 * @param allocate gives memory for the tensors of numbers. Where batches follow each other it had better be memory that was used
 * before: for images, the pages of a fresh tensor cost more than filling it
 */
export async function prepareBatch(
  inputs: readonly RawInput[],
  preparation: Preparation,
  allocate: Allocate = (bytes) => new Uint8Array(bytes),
): Promise<PreparedBatch> {
  switch (preparation.kind) {
    case 'image': {
      const { preprocess } = preparation;
      const stack = (images: readonly Pixels[]): PreparedTensors => ({
        pixels: {
          element: preprocess.dataType,
          dims: [images.length, ...modelPixelDims(preprocess)],
          data: modelPixels(images, preprocess, allocate),
        },
      });
      return prepareRows(inputs, (input) => prepareImage(input, preprocess), stack);
    }
    case 'strings':
    case 'ids':
    case 'ngrams':
      return prepareTexts(inputs, preparation, allocate);
    case 'features': {
      const { preprocess, width } = preparation;
      const stack = (rows: readonly ElementArray[]) => ({
        features: stackRows('float32', [width], rows, allocate),
      });
      return prepareRows(inputs, (input) => plain(standardiseFeatures(input, preprocess, width)), stack);
    }
    case 'tensor': {
      const { form } = preparation;
      const stack = (rows: readonly ElementArray[]) => ({
        tensor: stackRows(form.element, form.dims, rows, allocate),
      });
      return prepareRows(inputs, (input) => plain(convertTensor(input, form)), stack);
    }
  }
}

async function prepareTexts(
  inputs: readonly RawInput[],
  preparation: Extract<Preparation, { kind: 'strings' | 'ids' | 'ngrams' }>,
  allocate: Allocate,
): Promise<PreparedBatch> {
  switch (preparation.kind) {
    case 'strings': {
      const stack = (data: readonly string[]) =>
        ({ strings: { element: 'string', dims: [data.length, ...preparation.dims], data } }) as const;
      return prepareRows(inputs, (input) => plain(readText(input)), stack);
    }
    case 'ids': {
      const { rules, maximumTokens, length } = preparation;
      const tokens = (text: string) => textTokens(text, rules, maximumTokens);
      const stack = (rows: readonly (readonly Token[])[]) => stackTokens(rows, rules.padding, length);
      return prepareRows(inputs, (input) => plain(ofText(input, tokens)), stack);
    }
    case 'ngrams': {
      const { size, n } = preparation;
      const ngrams = (text: string) => hashedNgrams(text, size, n);
      const stack = (rows: readonly ElementArray[]) => ({
        ngrams: stackRows('float32', [size], rows, allocate),
      });
      return prepareRows(inputs, (input) => plain(ofText(input, ngrams)), stack);
    }
  }
}

async function prepareImage(
  input: RawInput,
  preprocess: ImagePreprocess,
): Promise<PreparedRow<Pixels> | Refused> {
  const image = await readImage(input);
  if ('refused' in image) {
    return image;
  }
  const features = imageFeatures(image);
  return { row: await resizeImage(image, preprocess, preprocess.resize), features };
}

function ofText<Row>(input: RawInput, use: (text: string) => Row | Refused): Row | Refused {
  const text = readText(input);
  return typeof text === 'string' ? use(text) : text;
}

function plain<Row extends string | object>(row: Row | Refused): PreparedRow<Row> | Refused {
  return isRefused(row) ? row : { row, features: {} };
}

function isRefused<Value extends string | object>(value: Value | Refused): value is Refused {
  return typeof value === 'object' && 'refused' in value;
}

// Decoding runs on the thread pool, so that several at once go faster; more of them hold more memory.
const AT_ONCE = 4;

/** Prepares each input by itself, and puts the rows of those that were accepted together. */
async function prepareRows<Row>(
  inputs: readonly RawInput[],
  prepare: (input: RawInput) => PreparedRow<Row> | Refused | Promise<PreparedRow<Row> | Refused>,
  stack: (rows: readonly Row[]) => PreparedTensors,
): Promise<PreparedBatch> {
  const prepared: (PreparedRow<Row> | Refused)[] = [];
  const pending = inputs.entries();
  const work = async () => {
    for (const [index, input] of pending) {
      prepared[index] = await refuseOnError(prepare, input);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, inputs.length) }, work));
  const accepted = [...prepared.entries()].flatMap(([index, result]) =>
    'refused' in result ? [] : [{ index, row: result.row }],
  );
  return {
    rows: accepted.map(({ index }) => index),
    tensors: accepted.length === 0 ? {} : stack(accepted.map(({ row }) => row)),
    results: prepared.map((result): PreparedInput =>
      'refused' in result ? result : { features: result.features },
    ),
  };
}

// An input that trips up a library must not take the rest of its batch with it.
async function refuseOnError<Row>(
  prepare: (input: RawInput) => PreparedRow<Row> | Refused | Promise<PreparedRow<Row> | Refused>,
  input: RawInput,
): Promise<PreparedRow<Row> | Refused> {
  try {
    return await prepare(input);
  } catch (error) {
    return { refused: `the input cannot be prepared: ${errorMessage(error)}` };
  }
}

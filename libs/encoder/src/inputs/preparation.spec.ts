import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { openPreparation, type ModelInput } from './preparation.js';
import type { FeaturesPreprocess, ImagePreprocess, Preprocess } from './preprocess.js';

const tokenizerFile = fileURLToPath(new URL('./fixtures/wordpiece.tokenizer.json', import.meta.url));

const image: ImagePreprocess = {
  kind: 'image',
  width: 64,
  height: 32,
  layout: 'NCHW',
  dataType: 'float32',
  channels: 'RGB',
  resize: 'stretch',
  scale: 1 / 255,
  mean: [],
  std: [],
};
const features: FeaturesPreprocess = { kind: 'features', names: ['a', 'b'], mean: [0, 0], std: [1, 1] };
const ids = { kind: 'text', as: 'ids', tokenizerFile, maximumTokens: 16 } as const;
const ngrams = { kind: 'text', as: 'ngrams', size: 256, n: 3 } as const;

const takes = (element: string, ...dims: (number | null)[]): ModelInput => ({ element, dims });

describe('opened', () => {
  test.each<[string, Preprocess, ModelInput, object]>([
    ['images', image, takes('float32', 3, 32, 64), { kind: 'image' }],
    ['images of any size', image, takes('float32', 3, null, null), { kind: 'image' }],
    [
      'images as bytes',
      { ...image, dataType: 'uint8', layout: 'NHWC' },
      takes('uint8', 32, 64, 3),
      { kind: 'image' },
    ],
    ['strings', { kind: 'text', as: 'string' }, takes('string'), { kind: 'strings', dims: [] }],
    [
      'strings, each in a row',
      { kind: 'text', as: 'string' },
      takes('string', 1),
      { kind: 'strings', dims: [1] },
    ],
    ['ids of any length', ids, takes('int64', null), { kind: 'ids', length: null, maximumTokens: 16 }],
    ['ids of one length', ids, takes('int64', 20), { kind: 'ids', length: 20 }],
    ['n-grams', ngrams, takes('float32', 256), { kind: 'ngrams', size: 256, n: 3 }],
    ['features', features, takes('float32', 2), { kind: 'features', width: 2 }],
    [
      'tensors',
      { kind: 'tensor' },
      takes('int32', 4, 5),
      { kind: 'tensor', form: { element: 'int32', dims: [4, 5] } },
    ],
  ])('%s', async (_, preprocess, input, expected) => {
    expect(await openPreparation({ preprocess, input })).toMatchObject(expected);
  });

  test('fewer features than the model takes, where that is allowed', async () => {
    const options = { preprocess: features, input: takes('float32', 64), padFeatures: true };
    expect(await openPreparation(options)).toMatchObject({ width: 64 });
  });
});

describe('refused', () => {
  test.each<[string, Preprocess, ModelInput, string, RegExp]>([
    [
      'another size',
      image,
      takes('float32', 3, 64, 64),
      'encoder.input-mismatch',
      /the rule makes float32 \[batch, 3, 32, 64\], but the model takes float32 \[batch, 3, 64, 64\]\.$/,
    ],
    [
      'another layout',
      { ...image, layout: 'NHWC' },
      takes('float32', 3, 32, 64),
      'encoder.input-mismatch',
      /\[batch, 32, 64, 3\]/,
    ],
    ['another type', image, takes('uint8', 3, 32, 64), 'encoder.input-mismatch', /takes uint8/],
    [
      'strings for numbers',
      { kind: 'text', as: 'string' },
      takes('int64', null),
      'encoder.input-mismatch',
      /makes string/,
    ],
    ['ids for strings', ids, takes('string'), 'encoder.input-mismatch', /takes string \[batch\]/],
    [
      'ids longer than the model',
      ids,
      takes('int64', 8),
      'encoder.preprocess',
      /maximumTokens is 16, and the model takes 8/,
    ],
    [
      'ids without room for text',
      { ...ids, maximumTokens: 2 },
      takes('int64', null),
      'encoder.preprocess',
      /adds 2 tokens/,
    ],
    [
      'a tokenizer that is not there',
      { ...ids, tokenizerFile: '/none' },
      takes('int64', null),
      'encoder.tokenizer',
      /\/none/,
    ],
    ['n-grams of another size', ngrams, takes('float32', 512), 'encoder.input-mismatch', /\[batch, 512\]/],
    [
      'too few features',
      features,
      takes('float32', 64),
      'encoder.input-mismatch',
      /\[batch, 2\].*\[batch, 64\]/,
    ],
    [
      'too many features',
      features,
      takes('float32', 1),
      'encoder.input-mismatch',
      /\[batch, 2\].*\[batch, 1\]/,
    ],
    [
      'means that are not as many',
      { ...features, mean: [0] },
      takes('float32', 2),
      'encoder.preprocess',
      /2 features are named, with 1 means/,
    ],
    ['a deviation of 0', { ...features, std: [1, 0] }, takes('float32', 2), 'encoder.preprocess', /above 0/],
    [
      'two means for three channels',
      { ...image, mean: [0, 0] },
      takes('float32', 3, 32, 64),
      'encoder.preprocess',
      /2 numbers are given for 3 channels/,
    ],
    [
      'a scale that is no number',
      { ...image, scale: NaN },
      takes('float32', 3, 32, 64),
      'encoder.preprocess',
      /scale is NaN/,
    ],
    [
      'tensors of open size',
      { kind: 'tensor' },
      takes('float32', 3, null),
      'encoder.input-mismatch',
      /takes float32 \[batch, 3, \?\]/,
    ],
    ['tensors of strings', { kind: 'tensor' }, takes('string', 3), 'encoder.input-mismatch', /takes string/],
  ])('%s', async (_, preprocess, input, code, message) => {
    await expect(openPreparation({ preprocess, input })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });

  test('more features than the model takes, even where fewer are allowed', async () => {
    const options = { preprocess: features, input: takes('float32', 1), padFeatures: true };
    await expect(openPreparation(options)).rejects.toMatchObject({ code: 'encoder.input-mismatch' });
  });
});

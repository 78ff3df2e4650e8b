import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { IMAGE_FEATURES } from './image/image-features.js';
import { openPreparation, type ModelInput } from './preparation.js';
import { prepareBatch } from './prepare-batch.js';
import type { ImagePreprocess, Preprocess } from './preprocess.js';
import type { RawInput } from './raw-input.js';

const tokenizerFile = fileURLToPath(new URL('./fixtures/wordpiece.tokenizer.json', import.meta.url));
const image: ImagePreprocess = {
  kind: 'image',
  width: 8,
  height: 6,
  layout: 'NHWC',
  dataType: 'uint8',
  channels: 'RGB',
  resize: 'stretch',
  scale: 1,
  mean: [],
  std: [],
};

const input = (dataType: string, data: Uint8Array, shape: number[] = []): RawInput => ({
  dataType,
  shape,
  data,
  maskedBoxes: [],
});
const text = (value: string) => input('text/plain', new TextEncoder().encode(value));
const features = (...values: number[]) => input('features', new Uint8Array(Float64Array.from(values).buffer));
const noText = input('text/plain', Uint8Array.of(0xff));

const even = (red: number, width = 8, height = 6) =>
  sharp({ create: { width, height, channels: 3, background: { r: red, g: 0, b: 0 } } });
const png = async (red: number, width?: number, height?: number) =>
  input('image/png', await even(red, width, height).png().toBuffer());

/** A good and two bad inputs for each kind, and what the good one becomes. */
const KINDS: readonly [
  string,
  Preprocess,
  ModelInput,
  () => Promise<readonly [RawInput, RawInput, RawInput]>,
][] = [
  [
    'images',
    image,
    { element: 'uint8', dims: [6, 8, 3] },
    async () => [
      await png(9),
      input('image/png', (await png(9)).data.slice(0, 60)),
      input('uint8', new Uint8Array(5), [5]),
    ],
  ],
  [
    'strings',
    { kind: 'text', as: 'string' },
    { element: 'string', dims: [] },
    async () => [text('a'), noText, features(1)],
  ],
  [
    'ids',
    { kind: 'text', as: 'ids', tokenizerFile, maximumTokens: 16 },
    { element: 'int64', dims: [null] },
    async () => [text('the camera'), noText, features(1)],
  ],
  [
    'n-grams',
    { kind: 'text', as: 'ngrams', size: 32, n: 3 },
    { element: 'float32', dims: [32] },
    async () => [text('the camera'), noText, features(1)],
  ],
  [
    'features',
    { kind: 'features', names: ['a', 'b'], mean: [0, 0], std: [1, 1] },
    { element: 'float32', dims: [2] },
    async () => [features(1, NaN), features(1, Infinity), text('a')],
  ],
  [
    'tensors',
    { kind: 'tensor' },
    { element: 'float32', dims: [2] },
    async () => [input('uint8', Uint8Array.of(1, 2), [2]), input('uint8', Uint8Array.of(1), [1]), text('a')],
  ],
];

describe.each(KINDS)('%s', (_, preprocess, modelInput, examples) => {
  test('nothing becomes of an empty batch', async () => {
    const preparation = await openPreparation({ preprocess, input: modelInput });
    expect(await prepareBatch([], preparation)).toEqual({ rows: [], tensors: {}, results: [] });
  });

  test('bad inputs leave the others as they are', async () => {
    const preparation = await openPreparation({ preprocess, input: modelInput });
    const [good, bad, worse] = await examples();
    const alone = await prepareBatch([good, good], preparation);
    const mixed = await prepareBatch([bad, good, worse, good, bad], preparation);
    const refused = { refused: expect.stringMatching(/^[^A-Z].*[^.]$/) };
    expect(alone.rows).toEqual([0, 1]);
    expect(Object.values(alone.tensors).map(({ dims }) => dims[0])).toEqual(
      Object.keys(alone.tensors).map(() => 2),
    );
    expect(mixed.rows).toEqual([1, 3]);
    expect(mixed.tensors).toEqual(alone.tensors);
    expect(mixed.results).toEqual([refused, alone.results[0], refused, alone.results[1], refused]);
  });

  test('a batch of bad inputs has no tensors', async () => {
    const preparation = await openPreparation({ preprocess, input: modelInput });
    const [, bad, worse] = await examples();
    const batch = await prepareBatch([bad, worse], preparation);
    expect([batch.rows, batch.tensors, batch.results.length]).toEqual([[], {}, 2]);
  });
});

describe('what comes out', () => {
  test('images of all forms, resized, each in its row, with the features of the image as it was sent', async () => {
    const preparation = await openPreparation({
      preprocess: image,
      input: { element: 'uint8', dims: [6, 8, 3] },
    });
    const grey = input('uint8', new Uint8Array(20 * 10).fill(255), [10, 20]);
    const real = input(
      'float32',
      new Uint8Array(Float32Array.from({ length: 3 * 20 }, () => 0.2).buffer),
      [3, 4, 5],
    );
    const jpeg = input('image/jpeg', await even(200, 64, 64).jpeg({ quality: 100 }).toBuffer());
    const { tensors, results, rows } = await prepareBatch(
      [await png(7, 30, 30), grey, real, jpeg],
      preparation,
    );
    const data = tensors.pixels?.data as Uint8Array;
    expect(rows).toEqual([0, 1, 2, 3]);
    expect(tensors.pixels).toMatchObject({ element: 'uint8', dims: [4, 6, 8, 3] });
    expect([0, 1, 2].map((row) => [...data.slice(144 * row, 144 * row + 3)])).toEqual([
      [7, 0, 0],
      [255, 255, 255],
      [51, 51, 51],
    ]);
    expect(Math.abs(data[144 * 3]! - 200)).toBeLessThan(4);
    for (const result of results) {
      expect(Object.keys('features' in result ? result.features : {})).toEqual([...IMAGE_FEATURES]);
    }
    expect(results[1]).toMatchObject({
      features: { brightness: 1, contrast: 0, clipped_share: 1, width: 20, height: 10, aspect_ratio: 2 },
    });
  });

  test('strings in the shape that the model takes', async () => {
    const preprocess = { kind: 'text', as: 'string' } as const;
    const texts = [text('first'), text(''), text('漢字')];
    for (const [dims, expected] of [
      [[], [3]],
      [[1], [3, 1]],
    ] as const) {
      const preparation = await openPreparation({ preprocess, input: { element: 'string', dims } });
      const { tensors, results } = await prepareBatch(texts, preparation);
      expect(tensors).toEqual({
        strings: { element: 'string', dims: expected, data: ['first', '', '漢字'] },
      });
      expect(results).toEqual([{ features: {} }, { features: {} }, { features: {} }]);
    }
  });

  test('three tensors of ids, of int64', async () => {
    const preprocess = { kind: 'text', as: 'ids', tokenizerFile, maximumTokens: 12 } as const;
    const preparation = await openPreparation({ preprocess, input: { element: 'int64', dims: [12] } });
    const { tensors } = await prepareBatch(
      [text('drift'), text('the camera sends darker images')],
      preparation,
    );
    expect(Object.keys(tensors)).toEqual(['input_ids', 'attention_mask', 'token_type_ids']);
    for (const tensor of Object.values(tensors)) {
      expect(tensor).toMatchObject({ element: 'int64', dims: [2, 12], data: expect.any(BigInt64Array) });
    }
  });

  test('vectors and tensors, each in its row', async () => {
    const preprocess = { kind: 'features', names: ['a', 'b'], mean: [0, 0], std: [1, 2] } as const;
    const preparation = await openPreparation({ preprocess, input: { element: 'float32', dims: [2] } });
    const { tensors } = await prepareBatch([features(1, 2), features(3, 4)], preparation);
    expect(tensors).toEqual({
      features: { element: 'float32', dims: [2, 2], data: Float32Array.of(1, 1, 3, 2) },
    });
    const form = await openPreparation({
      preprocess: { kind: 'tensor' },
      input: { element: 'int64', dims: [2] },
    });
    const int64 = (...values: bigint[]) =>
      input('int64', new Uint8Array(BigInt64Array.from(values).buffer), [2]);
    expect((await prepareBatch([int64(1n, 2n), int64(-3n, 4n)], form)).tensors).toEqual({
      tensor: { element: 'int64', dims: [2, 2], data: BigInt64Array.of(1n, 2n, -3n, 4n) },
    });
  });

  test('bytes in a Buffer, which may share its memory with others, are read as any', async () => {
    const pooled = (bytes: Uint8Array) => Buffer.concat([Buffer.from('abc'), bytes]).subarray(3);
    const real = new Uint8Array(Float32Array.of(0.1, 0.2, 0.3).buffer);
    const numbers = { kind: 'features', names: ['a', 'b'], mean: [0, 0], std: [1, 1] } as const;
    for (const [preprocess, modelInput, plain] of [
      [
        { ...image, width: 1, height: 1 },
        { element: 'uint8', dims: [1, 1, 3] },
        input('float32', real, [1, 1, 3]),
      ],
      [{ kind: 'tensor' }, { element: 'float32', dims: [3] }, input('float32', real, [3])],
      [numbers, { element: 'float32', dims: [2] }, features(1, 2)],
    ] as const) {
      const preparation = await openPreparation({ preprocess, input: modelInput });
      const shared = { ...plain, data: pooled(plain.data) };
      expect(await prepareBatch([shared], preparation)).toEqual(await prepareBatch([plain], preparation));
    }
  });

  test('a batch of many images comes back in order', async () => {
    const preparation = await openPreparation({
      preprocess: image,
      input: { element: 'uint8', dims: [6, 8, 3] },
    });
    const reds = Array.from({ length: 40 }, (_, index) => (index * 37) % 256);
    // Sizes differ so that the images are not done in the order in which they were begun.
    const inputs = await Promise.all(reds.map((red, index) => png(red, 8 + ((index * 13) % 400), 6)));
    const { tensors } = await prepareBatch(inputs, preparation);
    const data = tensors.pixels?.data as Uint8Array;
    expect(reds.map((_, row) => data[144 * row])).toEqual(reds);
  });
});

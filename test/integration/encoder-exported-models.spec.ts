import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  openEncoder,
  type EncodedInput,
  type Encoder,
  type EncoderRule,
  type RawInput,
} from '@tidewatch/encoder';
import { processLog } from '../harness/process-log.js';
import { tensorRule } from '../harness/small-models.js';

// Real architectures as their own tools export them, and what ONNX Runtime for Python makes of the same inputs: the scripts
// make_mobilenet_tiny.py and make_bert_tiny.py beside the models.
const FIXTURES = join(process.cwd(), 'libs/encoder/fixtures');
const json = <T>(name: string): T => JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as T;

const opened: Encoder[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((encoder) => encoder.close()));
});

function open(name: string, changes: Partial<EncoderRule>): Encoder {
  const path = join(FIXTURES, name);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  const rule = tensorRule({ path, sha256 }, changes);
  const encoder = openEncoder({ rule, modelPath: path, sha256, logger: processLog() });
  opened.push(encoder);
  return encoder;
}

function expectVectors(
  results: readonly EncodedInput[],
  wanted: readonly (readonly number[])[],
  tolerance: number,
): void {
  expect(results).toHaveLength(wanted.length);
  results.forEach((result, i) => {
    expect(result).toHaveProperty('vector');
    const { vector } = result as { vector: Float32Array };
    const other = wanted[i] ?? [];
    expect(vector).toHaveLength(other.length);
    const furthest = Math.max(...other.map((value, at) => Math.abs(value - (vector[at] as number))));
    expect(furthest).toBeLessThan(tolerance);
  });
}

describe('BERT as PyTorch exports it', () => {
  const { texts, maximumTokens } = json<{
    maximumTokens: number;
    texts: { text: string; vector: number[] }[];
  }>('bert-tiny.json');
  const preprocess = {
    kind: 'text',
    as: 'ids',
    tokenizerFile: join(FIXTURES, 'bert-tiny-tokenizer.json'),
    maximumTokens,
  } as const;
  const inputs = texts.map(({ text }): RawInput => ({
    dataType: 'text/plain',
    shape: [],
    data: new TextEncoder().encode(text),
    maskedBoxes: [],
  }));
  const vectors = texts.map(({ vector }) => vector);

  test.each([
    ['pools by itself', 'sentence_embedding'],
    ['gives a vector for each token, of which the mean is taken', 'token_embeddings'],
  ])('%s', async (_, name) => {
    const encoder = open('bert-tiny.onnx', { preprocess, output: { name, dimension: 32 } });
    expectVectors(await encoder.encode(inputs), vectors, 1e-5);
    // Alone, without the filling that longer texts of a batch bring.
    expectVectors(await encoder.encode(inputs.slice(3, 4)), vectors.slice(3, 4), 1e-5);
  });
});

test('MobileNetV2 as Keras exports it, from pixels', async () => {
  const { output, preprocess, vectors } = json<{
    output: { name: string; dimension: number };
    preprocess: EncoderRule['preprocess'];
    vectors: number[][];
  }>('mobilenet-tiny.json');
  const encoder = open('mobilenet-tiny.onnx', { preprocess, output });
  const inputs = [0, 1, 2, 3].map((image): RawInput => {
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => {
      const column = Math.floor(index / 3) % 32;
      const row = Math.floor(index / 96);
      return row * 7 + column * 3 + (index % 3) * 50 + image * 31 + row * column * (image + 1);
    });
    return { dataType: 'uint8', shape: [32, 32, 3], data, maskedBoxes: [] };
  });
  const results = await encoder.encode(inputs);
  // Fifty layers of float32 in another order.
  expectVectors(results, vectors, 1e-4);
  expect(results[0]).toMatchObject({ features: { width: 32, height: 32, aspect_ratio: 1 } });
});

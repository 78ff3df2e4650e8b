import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MODEL_PROTO } from '../onnx/onnx-schema.js';
import { buildReferenceEncoders, checksumsOf } from './build-reference-encoders.js';
import { referenceEncoder, referenceFolder } from './reference-encoders.js';

const built = buildReferenceEncoders();

test('the checksums that are checked in are those of what the script builds', () => {
  expect(readFileSync(join(referenceFolder(), 'checksums.json'), 'utf8')).toBe(checksumsOf(built));
});

describe.each(built)('$name', ({ name, sha256, bytes }) => {
  const reference = referenceEncoder(name);
  const stored = readFileSync(reference.path);

  test('the file that is checked in is what the script builds, byte for byte', () => {
    expect(createHash('sha256').update(stored).digest('hex')).toBe(sha256);
    expect(reference.sha256).toBe(sha256);
    expect(stored.length).toBe(bytes.length);
  });

  test('it is smaller than 2 MB and its path is absolute', () => {
    expect(statSync(reference.path).size).toBeLessThan(2_000_000);
    expect(isAbsolute(reference.path)).toBe(true);
  });

  test('it says which opset it is written for, what it is and what it takes', () => {
    const model = MODEL_PROTO.toObject(MODEL_PROTO.decode(stored), { longs: Number }) as {
      opsetImport: { version: number }[];
      metadataProps: { key: string; value: string }[];
      graph: {
        output: { type: { tensorType: { shape: { dim: { dimParam?: string; dimValue?: number }[] } } } }[];
      };
    };
    const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
    expect(model.opsetImport.map(({ version }) => version)).toEqual([17]);
    expect(metadata['tidewatch.name']).toBe(name);
    expect(metadata['tidewatch.seed']).toMatch(/^\d+$/);
    expect(JSON.parse(metadata['tidewatch.preprocess']!)).toEqual(reference.preprocess);
    const [batch, width] = model.graph.output[0]!.type.tensorType.shape.dim;
    expect(batch!.dimParam).toBe('batch');
    expect(width!.dimValue).toBe(reference.dimension);
  });
});

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { rowsOf } from '../../fixtures/onnx-child.js';
import { referenceEncoder, type ReferenceName } from './reference-encoders.js';

// Numbers of ONNX Runtime for Python and numpy: fixtures/make_reference_outputs.py, whose formulas these are.
const expected = JSON.parse(
  readFileSync(new URL('../../fixtures/reference-outputs.json', import.meta.url), 'utf8'),
) as Record<ReferenceName, number[][]>;

function images(): number[] {
  return numbers(3 * 3 * 64 * 64, (index) => {
    const column = index % 64;
    const row = Math.floor(index / 64) % 64;
    const channel = Math.floor(index / 64 ** 2) % 3;
    const image = Math.floor(index / (3 * 64 ** 2));
    const pixel = (row * 5 + column * 3 + channel * 40 + image * 60 + (image + 1) * row * column) % 256;
    return (pixel / 255 - 0.5) / 0.25;
  });
}

function features(): number[] {
  return numbers(3 * 64, (index) => {
    const column = index % 64;
    const row = Math.floor(index / 64);
    const beyond = row === 1 && column === 5;
    const absent = row === 2 && column >= 20;
    return beyond ? 60 : absent ? 0 : (((row * 37 + column * 101) % 201) - 100) / 25;
  });
}

function ngrams(): number[] {
  return [0, 1, 2].flatMap((row) => {
    const counts = new Float64Array(4_096);
    for (let k = 0; k < 40; k += 1) {
      counts[(k * 977 + row * 131) % 4_096]! += (k % 5) + 1;
    }
    const length = Math.hypot(...counts);
    return Array.from(counts, (count) => count / length);
  });
}

function numbers(length: number, of: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => of(index));
}

test.each([
  ['image', 'image', [3, 3, 64, 64], images()],
  ['tabular', 'features', [3, 64], features()],
  ['text', 'ngrams', [3, 4_096], ngrams()],
] as const)('%s gives what the reference implementation gives', (encoder, name, dims, data) => {
  const { path, dimension } = referenceEncoder(encoder);
  const rows = rowsOf(path, 'embedding', [{ name, type: 'float32', dims, data }]);
  expect(rows.map((row) => row.length)).toEqual([dimension, dimension, dimension]);
  // Sums of some thousand float32 products in another order: errors of 1e-6 of the largest numbers, which are below 10.
  const furthest = Math.max(
    ...rows.flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[encoder][i]![j]!))),
  );
  expect(furthest).toBeLessThan(1e-4);
});

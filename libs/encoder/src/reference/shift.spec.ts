import { seededNormal, seededRandom } from '@tidewatch/core';
import { describe, expect, test } from '@jest/globals';
import { rowsOf } from '../../fixtures/onnx-child.js';
import { deadLeaves } from './dead-leaves.js';
import { referenceEncoder, type ReferenceName } from './reference-encoders.js';

/** `|mean_x - mean_y|^2 / (tr S (1/n + 1/m))`: 1 on average when nothing has moved. */
function shiftOf(x: readonly number[][], y: readonly number[][]): number {
  const [a, b] = [columnMoments(x), columnMoments(y)];
  const distance = a.reduce((sum, { mean }, index) => sum + (mean - b[index]!.mean) ** 2, 0);
  const squares = [...a, ...b].reduce((sum, column) => sum + column.squares, 0);
  const trace = squares / (x.length + y.length - 2);
  return distance / (trace * (1 / x.length + 1 / y.length));
}

function columnMoments(rows: readonly number[][]): { mean: number; squares: number }[] {
  return rows[0]!.map((_, column) => {
    const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length;
    return { mean, squares: rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0) };
  });
}

function encode(
  encoder: ReferenceName,
  input: string,
  rows: readonly number[][],
  dims: number[],
): number[][] {
  const { path } = referenceEncoder(encoder);
  return rowsOf(path, 'embedding', [
    { name: input, type: 'float32', dims: [rows.length, ...dims], data: rows.flat() },
  ]);
}

describe('image', () => {
  const COUNT = 100;
  type Change = (pixels: Float64Array) => Float64Array;
  const draw = (seed: number): Float64Array[] => {
    const random = seededRandom(seed);
    return Array.from({ length: COUNT }, () => deadLeaves(random));
  };
  const encodeAll = (images: readonly Float64Array[], change: Change = (pixels) => pixels): number[][] =>
    encode(
      'image',
      'image',
      // Whole numbers, as the pixels of a file are.
      images.map((pixels) => Array.from(change(pixels), (value) => (Math.round(value) / 255 - 0.5) / 0.25)),
      [3, 64, 64],
    );
  const darker: Change = (pixels) => pixels.map((value) => 0.7 * value);
  const blurred: Change = (pixels) => smoothed(smoothed(pixels, 1), 64);
  const reference = encodeAll(draw(11));
  const current = draw(12);
  const unchanged = shiftOf(reference, encodeAll(current));

  test('other images of the same kind move the centre no further than chance', () => {
    expect(unchanged).toBeLessThan(2);
  });

  test.each<[string, Change, number]>([
    ['darker by 30 %', darker, 10],
    ['of 70 % of the contrast', (pixels) => pixels.map((value) => 128 + 0.7 * (value - 128)), 8],
    ['blurred over 3 x 3 pixels', blurred, 5],
    ['darker and blurred', (pixels) => blurred(darker(pixels)), 20],
    ['with 20 % more red and 20 % less blue', (pixels) => tinted(pixels, [1.2, 1, 0.8]), 3],
  ])('images %s move it further', (_, change, least) => {
    expect(shiftOf(reference, encodeAll(current, change))).toBeGreaterThan(least);
  });

  test('no number of the vector is dead, and none outweighs the others', () => {
    const spreads = columnMoments(reference).map(({ squares }) => Math.sqrt(squares / (COUNT - 1)));
    expect(Math.min(...spreads)).toBeGreaterThan(0.2);
    expect(Math.max(...spreads)).toBeLessThan(1);
    // Centred on images like these: so the plain loops that the encoder was scaled with agree with the runtime.
    // Six standard errors of the mean of a hundred with standard deviation 0.6 are 0.36.
    const means = columnMoments(reference).map(({ mean }) => Math.abs(mean));
    expect(Math.max(...means)).toBeLessThan(0.36);
  });

  test.each([
    ['black', 0],
    ['white', 255],
  ])('an image that is all %s gives finite numbers of the usual size', (_, value) => {
    const [vector] = encodeAll([new Float64Array(3 * 64 * 64).fill(value)]);
    expect(Math.max(...vector!.map(Math.abs))).toBeLessThan(6);
  });
});

/** The mean of each pixel and its two neighbours, `step` places away; what lies beyond the edge of a plane is left out. */
function smoothed(pixels: Float64Array, step: number): Float64Array {
  return pixels.map((value, index) => {
    const position = Math.floor((index % 4_096) / step) % 64;
    const before = position === 0 ? value : pixels[index - step]!;
    const after = position === 63 ? value : pixels[index + step]!;
    return (before + value + after) / 3;
  });
}

function tinted(pixels: Float64Array, factors: readonly number[]): Float64Array {
  return pixels.map((value, index) => Math.min(255, value * factors[Math.floor(index / 4_096)]!));
}

describe('tabular', () => {
  const COUNT = 500;
  type Change = (rows: number[][]) => number[][];
  /** Eight features of which neighbours hang together, with mean 0 and variance 1; the rest of the 64 are not used. */
  const draw = (seed: number): number[][] => {
    const random = seededRandom(seed);
    return Array.from({ length: COUNT }, () => {
      const common = [seededNormal(random), seededNormal(random)];
      const own = Array.from({ length: 8 }, () => seededNormal(random));
      const used = own.map((value, index) => 0.6 * value + 0.8 * common[index % 2]!);
      return [...used, ...new Array<number>(56).fill(0)];
    });
  };
  const encodeAll = (rows: readonly number[][]): number[][] => encode('tabular', 'features', rows, [64]);
  const reference = encodeAll(draw(21));
  const current = draw(22);
  const unchanged = shiftOf(reference, encodeAll(current));
  const first = (rows: number[][], change: (value: number, index: number) => number): number[][] =>
    rows.map(([value, ...others], index) => [change(value!, index), ...others]);

  test('other rows of the same kind move the centre no further than chance', () => {
    expect(unchanged).toBeLessThan(2);
  });

  test.each<[string, Change, number]>([
    ['the mean of one feature', (rows) => first(rows, (value) => value + 0.5), 3],
    ['the spread of one feature', (rows) => first(rows, (value) => 1.6 * value), 3],
    ['the spread of all', (rows) => rows.map((row) => row.map((value) => 1.2 * value)), 3],
    [
      'one feature that hangs together with the others no longer',
      (rows) => first(rows, (_, index) => rows[(index + 1) % rows.length]![0]!),
      3,
    ],
  ])('%s moves it further', (_, change, least) => {
    expect(shiftOf(reference, encodeAll(change(current)))).toBeGreaterThan(least);
  });

  test('one value far outside counts no more than ten standard deviations', () => {
    const outlier = (value: number): number[][] => [[value, ...new Array<number>(63).fill(0)]];
    expect(encodeAll(outlier(1e30))).toEqual(encodeAll(outlier(10)));
  });
});

describe('text', () => {
  /** Rows of length 1 whose counts are drawn more often from the first places, as the n-grams of a language are. */
  const draw = (seed: number, offset: number): number[][] => {
    const random = seededRandom(seed);
    return Array.from({ length: 100 }, () => {
      const counts = new Array<number>(4_096).fill(0);
      for (let k = 0; k < 120; k += 1) {
        counts[(Math.floor(4_096 * random() ** 4) * 37 + offset) % 4_096]! += 1;
      }
      const length = Math.hypot(...counts);
      return counts.map((count) => count / length);
    });
  };
  const encodeAll = (rows: readonly number[][]): number[][] => encode('text', 'ngrams', rows, [4_096]);
  const texts = draw(31, 0);
  const reference = encodeAll(texts);

  test('texts of the same language do not move the centre, those of another do', () => {
    expect(shiftOf(reference, encodeAll(draw(32, 0)))).toBeLessThan(2);
    expect(shiftOf(reference, encodeAll(draw(33, 5)))).toBeGreaterThan(20);
  });

  test('distances between texts survive the projection', () => {
    const ratios = texts.slice(1).map((text, index) => {
      const squared = (a: readonly number[], b: readonly number[]): number =>
        a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);
      return squared(reference[index + 1]!, reference[0]!) / squared(text, texts[0]!);
    });
    // The ratio has mean 1 and standard deviation sqrt(2 / 96) = 0.14; neighbouring ratios share a text.
    expect(Math.abs(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length - 1)).toBeLessThan(0.3);
    expect(Math.min(...ratios)).toBeGreaterThan(0.4);
    expect(Math.max(...ratios)).toBeLessThan(1.7);
  });
});

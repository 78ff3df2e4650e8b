import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ksPExact } from './ks-p-exact.js';

const reference = JSON.parse(
  readFileSync(new URL('../fixtures/ks-p-exact.json', import.meta.url), 'utf8'),
) as { rows: [n: number, m: number, numerator: number, p: number][] };

/**
 * P(D n m >= numerator) by counting lattice paths with integers of any size: paths that stay inside the band, against
 * all of them. Shares no step with the implementation, which recurs on the tail probability in floating point.
 */
function countedP(n: number, m: number, numerator: number): number {
  let inside = new Array<bigint>(m + 1).fill(0n);
  let all = new Array<bigint>(m + 1).fill(0n);
  for (let i = 0; i <= n; i += 1) {
    const [insideNext, allNext] = [inside.slice(), all.slice()];
    for (let j = 0; j <= m; j += 1) {
      const start = i === 0 && j === 0 ? 1n : 0n;
      allNext[j] = start + (i > 0 ? all[j]! : 0n) + (j > 0 ? allNext[j - 1]! : 0n);
      const stays = Math.abs(i * m - j * n) < numerator;
      insideNext[j] = stays ? start + (i > 0 ? inside[j]! : 0n) + (j > 0 ? insideNext[j - 1]! : 0n) : 0n;
    }
    [inside, all] = [insideNext, allNext];
  }
  const [outside, total] = [all[m]! - inside[m]!, all[m]!];
  // Scaled so that the quotient has at least 64 bits: its conversion is then right to the last place.
  const shift = Math.max(0, total.toString(2).length - outside.toString(2).length + 64);
  return outside === 0n ? 0 : Number((outside << BigInt(shift)) / total) / 2 ** shift;
}

const relativeError = (actual: number, expected: number) =>
  expected === 0 ? Math.abs(actual) : Math.abs(actual - expected) / expected;

describe('ksPExact', () => {
  test('equals exact path counting for every pair of sizes up to 9 and every numerator', () => {
    let worst = 0;
    for (let n = 1; n <= 9; n += 1) {
      for (let m = 1; m <= 9; m += 1) {
        for (let numerator = 0; numerator <= n * m; numerator += 1) {
          worst = Math.max(worst, relativeError(ksPExact(n, m, numerator), countedP(n, m, numerator)));
        }
      }
    }
    expect(worst).toBeLessThan(1e-14);
  });

  test.each([
    [30, 50],
    [50, 50],
    [100, 110],
    [64, 128],
    [200, 200],
    [300, 320],
    [10, 10_000],
    [316, 315],
  ])('equals exact path counting within 1e-12 from D near 0 to 1: %d and %d values', (n, m) => {
    for (const d of [0.03, 0.09, 0.2, 0.45, 0.8]) {
      const numerator = Math.max(1, Math.round(d * n * m));
      expect(relativeError(ksPExact(n, m, numerator), countedP(n, m, numerator))).toBeLessThan(1e-12);
    }
  });

  test('equals scipy within 1e-10 up to 10,000 values a side, down to p = 1e-300', () => {
    const worst = reference.rows.map(([n, m, numerator, p]) => relativeError(ksPExact(n, m, numerator), p));
    expect(worst.length).toBeGreaterThan(100);
    expect(Math.max(...worst)).toBeLessThan(1e-10);
  });

  test('is symmetric in the sizes, falls as the distance grows, and is 1 at distance 0', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, fc.double({ min: 0, max: 1, noNaN: true }), (n, m, share) => {
        const numerator = Math.floor(share * n * m);
        const p = ksPExact(n, m, numerator);
        expect(relativeError(ksPExact(m, n, numerator), p)).toBeLessThan(1e-13);
        expect(ksPExact(n, m, Math.min(n * m, numerator + 1))).toBeLessThanOrEqual(p * (1 + 1e-13));
        expect(ksPExact(n, m, 0)).toBe(1);
      }),
      { seed: 4 },
    );
  });

  test('is 0 where the true value is below the smallest double', () => {
    expect(ksPExact(10_000, 9_999, 10_000 * 9_999)).toBe(0);
    expect(ksPExact(10_000, 10_000, 1e8)).toBe(0);
  });

  test.each([
    [0, 5, 0],
    [5, 0, 0],
    [2.5, 5, 1],
    [5, 5, 26],
    [5, 5, -1],
    [5, 5, NaN],
  ])('refuses sizes and numerators without meaning: n %d, m %d, numerator %d', (n, m, numerator) => {
    expect(() => ksPExact(n, m, numerator)).toThrow(expect.objectContaining({ code: 'stats.domain' }));
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { idOf } from '../fixtures/records.js';
import { IdTable } from './id-table.js';
import { SeenWindow } from './seen-window.js';

describe('window of seen requests', () => {
  test('knows a request for the window and forgets it within an eighth more', () => {
    const window = new SeenWindow(800, 1000);
    window.add(idOf(1), 5, 2, 10_050);
    expect(window.get(idOf(1), 10_050 + 800)).toEqual({ items: 5, rejected: 2 });
    expect(window.get(idOf(1), 10_050 + 900)).toBeNull();
    expect(window.size).toBe(0);
  });

  test.each([
    ['spread over the window', 10],
    ['all at once', 0],
  ])('never holds more than the limit: requests %s', (_, step) => {
    const window = new SeenWindow(8000, 100);
    for (let n = 0; n < 1000; n += 1) {
      window.add(idOf(n), 1, 0, n * step);
      expect(window.size).toBeLessThanOrEqual(100);
    }
    const known = Array.from({ length: 1000 }, (_, n) => window.get(idOf(n), 999 * step) !== null);
    expect(known.lastIndexOf(false)).toBeLessThan(920);
    expect(known.slice(920)).not.toContain(false);
  });

  test('takes requests of the past, as a restart brings them', () => {
    const window = new SeenWindow(800, 1000);
    window.add(idOf(1), 1, 0, 100);
    window.add(idOf(2), 1, 0, -650);
    window.add(idOf(3), 1, 0, -900);
    expect([1, 2, 3].map((n) => window.get(idOf(n), 100) !== null)).toEqual([true, true, false]);
  });
});

describe('table of identities', () => {
  test('agrees with a map', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.nat())), (entries) => {
        const table = new IdTable();
        const map = new Map<number, number>();
        for (const [n, items] of entries) {
          expect(table.add(idOf(n), items, 0)).toBe(!map.has(n));
          if (!map.has(n)) {
            map.set(n, items);
          }
        }
        expect(table.size).toBe(map.size);
        for (const n of [...map.keys(), 3001]) {
          expect(table.get(idOf(n))?.items).toBe(map.get(n));
        }
      }),
    );
  });

  test('keeps 50,000 identities apart across growth', () => {
    const table = new IdTable();
    for (let n = 0; n < 50_000; n += 1) {
      table.add(idOf(n), n, 1);
    }
    const wrong = Array.from({ length: 50_000 }, (_, n) => n).filter((n) => table.get(idOf(n))?.items !== n);
    expect(wrong).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SLICE_MS, SlidingCounts } from './sliding-counts.js';

const RECENT = 6;

/** Plain arithmetic on all slices there ever were. */
class Reference {
  readonly slices = new Map<number, [number, number]>();

  sum(from: number, to: number): [number, number] {
    let [good, total] = [0, 0];
    for (const [start, slice] of this.slices) {
      if (start >= from && start < to) {
        good += slice[0];
        total += slice[1];
      }
    }
    return [good, total];
  }
}

describe('sliding counts', () => {
  test('agree with adding up, whatever comes, comes again and leaves', () => {
    const step = fc.record({
      // Also further than the first window is long.
      advance: fc.integer({ min: 0, max: RECENT }),
      puts: fc.array(fc.tuple(fc.nat(RECENT - 1), fc.nat(20), fc.nat(20)), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        // The first window is shorter than what is remembered, the second longer.
        const lengths = [3 * SLICE_MS, 20 * SLICE_MS];
        let end = 1_000 * SLICE_MS;
        const starts = Float64Array.from(lengths, (length) => end - length);
        const counts = new SlidingCounts(starts, RECENT * SLICE_MS, end);
        const reference = new Reference();
        for (const { advance, puts } of steps) {
          const next = end + advance * SLICE_MS;
          counts.leaveRecent(0, next - (lengths[0] ?? 0));
          const old = starts[1] ?? 0;
          counts.leave(1, ...reference.sum(old, next - (lengths[1] ?? 0)));
          lengths.forEach((length, window) => (starts[window] = next - length));
          counts.advance(next);
          end = next;
          for (const [back, good, bad] of puts) {
            const start = end - (back + 1) * SLICE_MS;
            counts.put(start, good, good + bad);
            reference.slices.set(start, [good, good + bad]);
          }
          lengths.forEach((length, window) => {
            expect([counts.good(window), counts.total(window)]).toEqual(reference.sum(end - length, end));
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a slice that is counted again replaces, and says whether it differs', () => {
    const end = 100 * SLICE_MS;
    const counts = new SlidingCounts(Float64Array.of(end - SLICE_MS), RECENT * SLICE_MS, end);
    expect(counts.put(end - SLICE_MS, 3, 5)).toBe(true);
    expect(counts.put(end - SLICE_MS, 3, 5)).toBe(false);
    expect(counts.put(end - SLICE_MS, 4, 6)).toBe(true);
    expect([counts.good(0), counts.total(0)]).toEqual([4, 6]);
    // Before the window: remembered, and not in its sum.
    expect(counts.put(end - 2 * SLICE_MS, 9, 9)).toBe(true);
    expect([counts.good(0), counts.total(0)]).toEqual([4, 6]);
    expect(counts.recentTotal(end - 2 * SLICE_MS)).toBe(9);
  });
});

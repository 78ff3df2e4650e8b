import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyCorrections } from './apply-corrections.js';
import { correctionRanges, mergeRanges, type EffectiveCorrection } from './correction-ranges.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function correction(
  from: number,
  to: number,
  changes: Partial<EffectiveCorrection> = {},
): EffectiveCorrection {
  return { slos: [], effect: 'remove', from, to, rrule: '', timeZone: 'UTC', withdrawnAt: null, ...changes };
}

describe('correctionRanges', () => {
  const range = { from: 0, to: 100 };

  test('are merged where they touch or overlap, and clipped', () => {
    const all = [correction(90, 200), correction(10, 20), correction(20, 30), correction(15, 25)];
    expect(correctionRanges(all, 'a', range)).toEqual({
      remove: [
        { from: 10, to: 30 },
        { from: 90, to: 100 },
      ],
      countAsGood: [],
    });
  });

  test('what is removed does not count as good', () => {
    const all = [
      correction(0, 50, { effect: 'count-as-good' }),
      correction(10, 20),
      correction(40, 60),
      correction(55, 58, { effect: 'count-as-good' }),
    ];
    expect(correctionRanges(all, 'a', range).countAsGood).toEqual([
      { from: 0, to: 10 },
      { from: 20, to: 40 },
    ]);
  });

  test('only those of the SLO and those of all, and none that is withdrawn', () => {
    const all = [
      correction(0, 1, { slos: ['a', 'b'] }),
      correction(2, 3, { slos: ['b'] }),
      correction(4, 5),
      correction(6, 7, { withdrawnAt: 1 }),
    ];
    expect(correctionRanges(all, 'a', range).remove.map(({ from }) => from)).toEqual([0, 4]);
    expect(correctionRanges([], 'a', range)).toEqual({ remove: [], countAsGood: [] });
  });

  test('a recurring correction counts each time', () => {
    const nightly = correction(2 * HOUR, 3 * HOUR, { rrule: 'FREQ=DAILY' });
    const { remove } = correctionRanges([nightly], 'a', { from: 2.5 * HOUR, to: 3 * DAY });
    expect(remove).toEqual([
      { from: 2.5 * HOUR, to: 3 * HOUR },
      { from: DAY + 2 * HOUR, to: DAY + 3 * HOUR },
      { from: 2 * DAY + 2 * HOUR, to: 2 * DAY + 3 * HOUR },
    ]);
  });
});

describe('applyCorrections', () => {
  test('a slice belongs to a range with its beginning', () => {
    const slices = [0, 10, 20, 30, 40].map((start) => ({ start, good: 7, total: 9 }));
    const ranges = { remove: [{ from: 5, to: 20 }], countAsGood: [{ from: 20, to: 31 }] };
    expect(applyCorrections(slices, ranges)).toEqual([
      { start: 0, good: 7, total: 9 },
      { start: 20, good: 9, total: 9 },
      { start: 30, good: 9, total: 9 },
      { start: 40, good: 7, total: 9 },
    ]);
  });

  test('without corrections nothing changes', () => {
    const slices = [{ start: 0, good: 1, total: 2 }];
    expect(applyCorrections(slices, { remove: [], countAsGood: [] })).toEqual(slices);
  });
});

describe('corrections agree with judging every slice by itself', () => {
  const drawn = fc.record({
    from: fc.integer({ min: -50, max: 250 }),
    length: fc.integer({ min: 1, max: 80 }),
    effect: fc.constantFrom<EffectiveCorrection['effect']>('remove', 'count-as-good'),
    slos: fc.constantFrom<readonly string[]>([], ['a'], ['b'], ['a', 'b']),
    withdrawnAt: fc.constantFrom(null, null, null, 5),
  });
  const slice = fc.record({ good: fc.nat(9), bad: fc.nat(9) });

  test('for any corrections and slices', () => {
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 12 }), fc.array(slice, { maxLength: 40 }), (raw, counts) => {
        const range = { from: 0, to: 200 };
        const corrections = raw.map((each) => correction(each.from, each.from + each.length, each));
        const slices = counts.map(({ good, bad }, index) => ({ start: index * 5, good, total: good + bad }));
        const effects = (at: number): Set<string> =>
          new Set(
            corrections
              .filter(
                (each) => each.withdrawnAt === null && (each.slos.length === 0 || each.slos.includes('a')),
              )
              .filter((each) => each.from <= at && at < each.to)
              .map((each) => each.effect),
          );
        const expected = slices
          .filter(({ start }) => !effects(start).has('remove'))
          .map((each) => (effects(each.start).has('count-as-good') ? { ...each, good: each.total } : each));
        const ranges = correctionRanges(corrections, 'a', range);
        expect(applyCorrections(slices, ranges)).toEqual(expected);
        const both = [...ranges.remove, ...ranges.countAsGood].sort((a, b) => a.from - b.from);
        both.forEach((each, index) => {
          expect(each.from < each.to && each.from >= (both[index - 1]?.to ?? range.from)).toBe(true);
          expect(each.to).toBeLessThanOrEqual(range.to);
        });
        expect(mergeRanges(ranges.remove, range)).toEqual(ranges.remove);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Budgeting } from '../budgeting.js';
import type { SloMember } from '../definition.js';
import { budgetSlices, partCount, RATIO_UNIT, timeSliceMs } from './budget-slices.js';
import type { SliceCount } from './slice-count.js';

const SLICE = 10_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight: a multiple of every length of slices. */
const START = 20_000 * DAY;

const member = (weight: number): SloMember => ({
  ...{ name: '', target: 0.99, weight },
  sli: { kind: 'foreign', sourceType: 'Any' },
});
const timeslices = (
  sliceMs: number,
  sliceTarget: number,
  emptySlices: 'ignore' | 'good' | 'bad' = 'ignore',
) => ({ method: 'Timeslices', sliceMs, sliceTarget, emptySlices }) as const;
const ratioTimeslices = (sliceMs: number, emptySlices: 'ignore' | 'good' | 'bad' = 'ignore') =>
  ({ method: 'RatioTimeslices', sliceMs, emptySlices }) as const;

/** `[seconds since START, good, total]` in and out. */
function slices(
  budgeting: Budgeting,
  members: readonly (readonly (readonly [number, number, number])[])[],
  { seconds = 120, weights = members.map(() => 1), fineMs = SLICE, from = 0 } = {},
): (readonly [number, number, number])[][] {
  const counts = members.map((list) =>
    list.map(([at, good, total]) => ({ start: START + at * 1_000, good, total })),
  );
  const range = { from: START + from * 1_000, to: START + seconds * 1_000 };
  const slo = { budgeting, members: weights.map(member) };
  return budgetSlices(slo, counts, range, fineMs).map((list) =>
    list.map(({ start, good, total }) => [(start - START) / 1_000, good, total]),
  );
}

describe('events', () => {
  test('stay what they are, one list per member, cut to the range', () => {
    const members = [
      [
        [0, 1, 2],
        [110, 3, 3],
        [120, 9, 9],
      ],
      [[10, 5, 5]],
    ] as const;
    expect(slices({ method: 'Occurrences' }, members, { from: 10 })).toEqual([[[110, 3, 3]], [[10, 5, 5]]]);
    const slo = { budgeting: { method: 'Occurrences' } as const, members: [member(1), member(2)] };
    expect([partCount(slo), timeSliceMs(slo)]).toEqual([2, null]);
  });
});

describe('Timeslices', () => {
  test('are judged as a whole, and stand in their last fine slice', () => {
    const events = [
      [0, 9, 10],
      [50, 10, 10],
      [60, 9, 10],
      [70, 9, 10],
    ] as const;
    expect(slices(timeslices(MINUTE, 0.95), [events])).toEqual([
      [
        [50, 1, 1],
        [110, 0, 1],
      ],
    ]);
    const slo = { budgeting: timeslices(MINUTE, 0.95), members: [member(1), member(1)] };
    expect([partCount(slo), timeSliceMs(slo)]).toEqual([1, MINUTE]);
  });

  test('equal to their target are good', () => {
    expect(slices(timeslices(MINUTE, 0.95), [[[0, 19, 20]]])).toEqual([[[50, 1, 1]]]);
  });

  test('that are not over, or not whole in the range, are not judged', () => {
    const events = [
      [0, 1, 1],
      [60, 1, 1],
      [120, 1, 1],
    ] as const;
    expect(slices(timeslices(MINUTE, 0.95), [events], { from: 10, seconds: 170 })).toEqual([[[110, 1, 1]]]);
  });

  test.each([
    ['ignore', []],
    [
      'good',
      [
        [50, 1, 1],
        [110, 1, 1],
      ],
    ],
    [
      'bad',
      [
        [50, 0, 1],
        [110, 0, 1],
      ],
    ],
  ] as const)('without events are %s', (emptySlices, expected) => {
    expect(slices(timeslices(MINUTE, 0.95, emptySlices), [[]])).toEqual([expected]);
  });

  test('of a composite are bad as soon as those of one member are; a member without events does not count', () => {
    const good = [[0, 1, 1]] as const;
    const bad = [[0, 0, 1]] as const;
    const judged = (...members: (readonly (readonly [number, number, number])[])[]) =>
      slices(timeslices(MINUTE, 1), members, { seconds: 60 })[0];
    expect(judged(good, good)).toEqual([[50, 1, 1]]);
    expect(judged(good, bad)).toEqual([[50, 0, 1]]);
    expect(judged(good, [])).toEqual([[50, 1, 1]]);
    expect(judged([], [])).toEqual([]);
  });

  test('with more good events than events are no better than good', () => {
    expect(slices(timeslices(MINUTE, 1), [[[0, 30, 10]]])).toEqual([[[50, 1, 1]]]);
    expect(slices(ratioTimeslices(MINUTE), [[[0, 30, 10]]])).toEqual([[[50, RATIO_UNIT, RATIO_UNIT]]]);
  });
});

describe('RatioTimeslices', () => {
  test('count by their share of good events, whatever their traffic', () => {
    const events = [
      [0, 1, 2],
      [60, 1_000, 1_000],
    ] as const;
    expect(slices(ratioTimeslices(MINUTE), [events])).toEqual([
      [
        [50, RATIO_UNIT / 2, RATIO_UNIT],
        [110, RATIO_UNIT, RATIO_UNIT],
      ],
    ]);
  });

  test('a third is exact to half a unit', () => {
    expect(slices(ratioTimeslices(MINUTE), [[[0, 1, 3]]])).toEqual([[[50, 333_333_333, RATIO_UNIT]]]);
  });

  test('of a composite miss what its members miss, weighed, and never more than all', () => {
    const missing = (...shares: number[]) => shares.map((share) => [[0, 100 - share, 100]] as const);
    const good = (members: ReturnType<typeof missing>, weights: number[]) =>
      slices(ratioTimeslices(MINUTE), members, { seconds: 60, weights })[0]?.[0]?.[1];
    expect(good(missing(10, 20), [1, 1])).toBe(0.7 * RATIO_UNIT);
    expect(good(missing(10, 20), [3, 0.5])).toBe(0.6 * RATIO_UNIT);
    expect(good(missing(60, 60), [1, 1])).toBe(0);
  });

  test.each([
    ['ignore', []],
    ['good', [[50, RATIO_UNIT, RATIO_UNIT]]],
    ['bad', [[50, 0, RATIO_UNIT]]],
  ] as const)('without events are %s', (emptySlices, expected) => {
    expect(slices(ratioTimeslices(MINUTE, emptySlices), [[]], { seconds: 60 })).toEqual([expected]);
  });
});

describe('slices of an hour and more', () => {
  test('are judged over all of their events', () => {
    const events = [
      [0, 100, 100],
      [3_600, 0, 4],
      [7_190, 0, 1],
    ] as const;
    const how = { seconds: 7_200 };
    expect(slices(timeslices(2 * HOUR, 0.95), [events], how)).toEqual([[[7_190, 1, 1]]]);
    expect(slices(timeslices(HOUR, 0.95), [events], how)).toEqual([
      [
        [3_590, 1, 1],
        [7_190, 0, 1],
      ],
    ]);
  });

  test('of a day are judged from hours as well', () => {
    const events = Array.from({ length: 24 }, (_, hour) => [hour * 3_600, 9, 10] as const);
    const how = { seconds: 86_400, fineMs: HOUR };
    expect(slices(timeslices(DAY, 0.9), [events], how)).toEqual([[[23 * 3_600, 1, 1]]]);
    expect(slices(ratioTimeslices(DAY), [events], how)).toEqual([
      [[23 * 3_600, 0.9 * RATIO_UNIT, RATIO_UNIT]],
    ]);
  });
});

test('sums over whole slices are the same at every grain', () => {
  const event = fc.record({
    at: fc.nat(6 * 360 - 1),
    good: fc.nat(20),
    bad: fc.nat(20),
    member: fc.nat(1),
  });
  const empty = fc.constantFrom('ignore' as const, 'good' as const, 'bad' as const);
  const lengths = [10_000, 30_000, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR];
  const budgeting = fc.oneof(
    fc.constant<Budgeting>({ method: 'Occurrences' }),
    fc.tuple(fc.constantFrom(...lengths), empty).map(([sliceMs, each]) => timeslices(sliceMs, 0.6, each)),
    fc.tuple(fc.constantFrom(...lengths), empty).map(([sliceMs, each]) => ratioTimeslices(sliceMs, each)),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), budgeting, (events, how) => {
      const slo = { budgeting: how, members: [member(1), member(2)] };
      const own = timeSliceMs(slo) ?? SLICE;
      const range = { from: START, to: START + 6 * HOUR };
      const sumsAt = (fineMs: number): string[] => {
        const members = [0, 1].map((place) =>
          addUp(
            events
              .filter((each) => each.member === place)
              .map(({ at, good, bad }) => ({ start: START + at * SLICE, good, total: good + bad })),
            fineMs,
          ),
        );
        // By hours, or by the slices themselves where those are longer.
        return budgetSlices(slo, members, range, fineMs).map((list) =>
          JSON.stringify(addUp(list, Math.max(HOUR, own)).filter(({ total }) => total > 0)),
        );
      };
      const grains = [SLICE, MINUTE, HOUR].filter(
        (grain) => how.method === 'Occurrences' || grain <= how.sliceMs,
      );
      const [finest, ...others] = grains.map(sumsAt);
      others.forEach((sums) => expect(sums).toEqual(finest));
    }),
    { numRuns: 300 },
  );
});

function addUp(counts: readonly SliceCount[], sliceMs: number): SliceCount[] {
  const sums = new Map<number, SliceCount>();
  for (const { start, good, total } of counts) {
    const at = Math.floor(start / sliceMs) * sliceMs;
    const known = sums.get(at) ?? { start: at, good: 0, total: 0 };
    sums.set(at, { start: at, good: known.good + good, total: known.total + total });
  }
  return [...sums.values()].sort((a, b) => a.start - b.start);
}

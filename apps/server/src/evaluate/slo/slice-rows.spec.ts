import { describe, expect, test } from '@jest/globals';
import type { SliceCount, SloDefinition } from '@tidewatch/slo';
import type { SliceRow } from '@tidewatch/store';
import { sloDefinition } from '../../../../../test/harness/slo-definition.js';
import { sliceKeysOf } from '../slice-key.js';
import { budgetCounts, coarser, emptied, historyRows } from './slice-rows.js';
import { SloState } from './slo-state.js';

const SLICE = 10_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const START = 480_000 * HOUR;

const slo = (changes: Partial<SloDefinition> = {}): SloDefinition =>
  sloDefinition({ kind: 'spans', total: [], good: [], bad: null, coldStarts: 'include' }, changes);
const sliced = (emptySlices: 'ignore' | 'good' | 'bad', changes: Partial<SloDefinition> = {}) =>
  slo({ budgeting: { method: 'Timeslices', sliceMs: MINUTE, sliceTarget: 0.9, emptySlices }, ...changes });
const grouped = { groupBy: { labels: ['region'], limit: 10 } };

/** `[seconds since START, good, total]`. */
type Short = readonly [number, number, number];
const counts = (...list: Short[]): SliceCount[] =>
  list.map(([at, good, total]) => ({ start: START + at * 1_000, good, total }));
const short = (list: readonly SliceCount[] = []): Short[] =>
  list.map(({ start, good, total }) => [(start - START) / 1_000, good, total]);
const range = (from: number, to: number) => ({ from: START + from * 1_000, to: START + to * 1_000 });

describe('counted events in budget units', () => {
  const budget = (state: SloState, events: ReadonlyMap<string, readonly SliceCount[][]>) =>
    budgetCounts(state, events, range(0, 120), SLICE).map((groups) =>
      Object.fromEntries([...groups].map(([group, list]) => [group, short(list)])),
    );

  test('have everything together where there are groups', () => {
    const events = new Map([
      ['region="eu"', [counts([0, 1, 2], [10, 1, 1])]],
      ['region="us"', [counts([10, 3, 4], [20, 5, 5])]],
    ]);
    expect(budget(new SloState(slo(grouped)), events)).toEqual([
      {
        'region="eu"': [
          [0, 1, 2],
          [10, 1, 1],
        ],
        'region="us"': [
          [10, 3, 4],
          [20, 5, 5],
        ],
        '': [
          [0, 1, 2],
          [10, 4, 5],
          [20, 5, 5],
        ],
      },
    ]);
  });

  test('of nothing are nothing, or slices that are good or bad', () => {
    const none = new Map<string, SliceCount[][]>();
    expect(budget(new SloState(slo()), none)).toEqual([{ '': [] }]);
    expect(budget(new SloState(sliced('ignore')), none)).toEqual([{ '': [] }]);
    expect(budget(new SloState(sliced('bad')), none)).toEqual([
      {
        '': [
          [50, 0, 1],
          [110, 0, 1],
        ],
      },
    ]);
  });

  test('are bad for a known group of which nothing came, where empty slices are bad', () => {
    const state = new SloState(sliced('bad', grouped));
    state.countsOf(0, 'region="eu"');
    state.countsOf(0, 'region="us"');
    const [groups] = budget(state, new Map([['region="eu"', [counts([0, 1, 1], [60, 1, 1])]]]));
    expect(groups?.['region="eu"']).toEqual([
      [50, 1, 1],
      [110, 1, 1],
    ]);
    expect(groups?.['region="us"']).toEqual([
      [50, 0, 1],
      [110, 0, 1],
    ]);
  });

  test('have one part per member, also where one has no events', () => {
    const [member] = slo().members;
    const composite = slo({ members: [member!, { ...member!, name: 'second' }] });
    expect(budget(new SloState(composite), new Map([['', [counts([0, 1, 1])]]]))).toEqual([
      { '': [[0, 1, 1]] },
      { '': [] },
    ]);
  });
});

test('slices are added up to coarser ones', () => {
  expect(short(coarser(counts([0, 1, 2], [50, 1, 1], [60, 0, 1], [3_600, 5, 5]), MINUTE))).toEqual([
    [0, 2, 3],
    [60, 0, 1],
    [3_600, 5, 5],
  ]);
  expect(coarser([], HOUR)).toEqual([]);
});

describe('the rows of a stretch of history', () => {
  const rows = (
    definition: SloDefinition,
    groups: Record<string, SliceCount[]>,
    ...how: [number, number, SliceRow['resolution']]
  ) => {
    const [from, to, sliceMs] = how;
    const state = new SloState(definition);
    return historyRows(state, [new Map(Object.entries(groups))], range(from, to), sliceMs);
  };
  const told = (list: readonly SliceRow[]) =>
    list.map(({ group, resolution, start, good, total }) =>
      [group, resolution / 1_000, (start - START) / 1_000, good, total].join(' '),
    );

  test('are slices, minutes, and hours where these are whole', () => {
    const list = rows(
      slo(),
      { '': counts([3_590, 1, 1], [3_600, 1, 2], [7_200, 3, 3]) },
      3_540,
      7_260,
      SLICE,
    );
    expect(told(list)).toEqual([
      ' 10 3590 1 1',
      ' 10 3600 1 2',
      ' 10 7200 3 3',
      ' 60 3540 1 1',
      ' 60 3600 1 2',
      ' 60 7200 3 3',
      ' 3600 3600 1 2',
    ]);
    expect(new Set(list.map((row) => row.slo))).toEqual(new Set(sliceKeysOf(slo())));
  });

  test('say of every hour that it was counted, and of minutes outside whole hours', () => {
    expect(told(rows(slo(), {}, 3_480, 7_320, MINUTE))).toEqual([
      ' 60 3480 0 0',
      ' 60 3540 0 0',
      ' 3600 3600 0 0',
      ' 60 7200 0 0',
      ' 60 7260 0 0',
    ]);
  });

  test('say so also where only groups had events', () => {
    const list = rows(slo(grouped), { 'region="eu"': counts([0, 1, 1]) }, 0, 3_600, HOUR);
    expect(told(list)).toEqual(['region="eu" 3600 0 1 1', ' 3600 0 0 0']);
  });

  test('of old history are hours only', () => {
    expect(told(rows(slo(), { '': counts([0, 1, 1], [3_600, 2, 2]) }, 0, 7_200, HOUR))).toEqual([
      ' 3600 0 1 1',
      ' 3600 3600 2 2',
    ]);
  });
});

test('what is stored and was not found again becomes nothing, once', () => {
  const row = (start: number, total: number, group = ''): SliceRow => ({
    ...{ slo: 'a', group, resolution: MINUTE, start, good: total, total },
  });
  const stored = [row(0, 1), row(MINUTE, 2), row(2 * MINUTE, 0), row(0, 4, 'g')];
  expect(emptied(stored, [row(0, 9)])).toEqual([row(MINUTE, 0), row(0, 0, 'g')]);
  expect(emptied([], [row(0, 1)])).toEqual([]);
});

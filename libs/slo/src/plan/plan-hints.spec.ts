import { expect, test } from '@jest/globals';
import { COUNTED_SLI } from '../../fixtures/counted-sli.js';
import type { Sli } from '../sli/sli-types.js';
import { DEFAULT_TIERS } from '../tiers.js';
import { planHints } from './plan-hints.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Hinted = Parameters<typeof planHints>[0];

function hints(changes: Partial<Hinted>, sli: Sli = COUNTED_SLI): string[] {
  const target = changes.target ?? 0.999;
  return planHints({
    name: 'ranker',
    target,
    periodMs: 30 * DAY_MS,
    budgeting: { method: 'Occurrences' },
    members: [{ name: '', sli, target, weight: 1 }],
    tiers: DEFAULT_TIERS,
    ...changes,
  });
}

test('an ordinary SLO has none', () => {
  expect(hints({})).toEqual([]);
  expect(hints({ target: 0.9999 })).toEqual([]);
});

test('a target that no pager can defend', () => {
  expect(hints({ target: 0.99999 })).toEqual([
    'has a budget of 26s of outage, and its first page (page-guard) comes after about 30s: little of it is left to defend then',
  ]);
  expect(hints({ target: 0.99999, tiers: [] })).toEqual([]);
});

test('time slices as long as a short window', () => {
  const budgeting = {
    method: 'Timeslices',
    sliceMs: 5 * MINUTE_MS,
    sliceTarget: 0.9,
    emptySlices: 'ignore',
  } as const;
  expect(hints({ budgeting, tiers: DEFAULT_TIERS.slice(0, 2) })).toEqual([
    // Five bad slices are its minimum.
    'has a budget of 43m12s of outage, and its first page (page-fast) comes after about 25m30s: little of it is left to defend then',
    'has slices of 5m, of which the short window of tier page-fast (5m) holds only 1: a single bad slice decides. Make the window longer or the slices shorter',
  ]);
});

test.each([
  [0.5, 0],
  [0.4, 1],
  [30, 0],
])('a latency threshold of %f beside the advised bucket edges', (threshold, count) => {
  const found = hints(
    {},
    { kind: 'latency', histogram: { metric: 'http.server.request.duration', match: [] }, threshold },
  );
  expect(found).toHaveLength(count);
  expect(found.every((hint) => hint.includes('measurements above 0.25 would not count as good'))).toBe(true);
});

test('a source that Tidewatch does not read', () => {
  const foreign: Sli = { kind: 'foreign', sourceType: 'Prometheus' };
  expect(hints({ tiers: [] }, foreign)).toEqual([
    expect.stringMatching(/^is not evaluable: its source is of type Prometheus/),
  ]);
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { MetricValues } from '@tidewatch/store';
import fc from 'fast-check';
import { storeLines } from '../harness/metric-rows.js';
import type { NumberLine, SeriesLine } from '../harness/metric-rows.js';
import { countingPoints, referenceIncreases } from '../harness/reference-increase.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const BASE = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * 3_600_000;
const RANGE = { from: BASE, to: BASE + 60 * MINUTE };
const PROJECT = 'properties';
const CASES = 60;
const STEPS = [MINUTE, 5 * MINUTE, 7_000] as const;

/** One change of a series, drawn at random; points are made from them in order. */
interface Change {
  readonly pause: number;
  readonly by: number;
  readonly what: 'rise' | 'fall' | 'restart' | 'flag' | 'NaN' | 'double';
  readonly start: 'known' | 'unknown' | 'equal';
  readonly isTwice: boolean;
}

const change: fc.Arbitrary<Change> = fc.record({
  // Mostly export intervals; now and then a gap beyond the look-back of ten minutes.
  pause: fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 1, max: 90_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 500_000, max: 700_000 }) },
  ),
  by: fc.nat(1_000),
  what: fc.oneof(
    { weight: 16, arbitrary: fc.constant('rise' as const) },
    { weight: 1, arbitrary: fc.constantFrom('fall', 'restart', 'flag', 'NaN', 'double') },
  ),
  start: fc.oneof(
    { weight: 8, arbitrary: fc.constant('known' as const) },
    { weight: 1, arbitrary: fc.constantFrom('unknown', 'equal') },
  ),
  isTwice: fc.boolean(),
});

const stream = fc.record({
  kind: fc.constantFrom('delta', 'cumulative', 'cumulative', 'updown'),
  isUnknownStart: fc.boolean(),
  isDouble: fc.boolean(),
  isLarge: fc.boolean(),
  code: fc.constantFrom('200', '404', '500'),
  changes: fc.array(change, { minLength: 20, maxLength: 120 }),
});

type Stream = typeof stream extends fc.Arbitrary<infer Value> ? Value : never;

let nextHash = 1n;

function pointsOf(
  metric: string,
  { kind, isUnknownStart, isDouble, isLarge, code, changes }: Stream,
): NumberLine[] {
  const of: SeriesLine = {
    project: PROJECT,
    metric,
    hash: nextHash++,
    type: 'sum',
    temporality: kind === 'delta' ? 'delta' : 'cumulative',
    monotonic: kind !== 'updown',
    attributes: { code },
  };
  let at = BASE - 20 * MINUTE;
  let start = at;
  // Eighths: doubles in the tests are multiples of 1/8, hence exact.
  let level = isLarge && !isDouble ? 2n ** 63n : 80n;
  return changes.flatMap((each) => {
    at += each.pause;
    if (each.what === 'restart' || each.what === 'fall') {
      level = 0n;
      start = each.what === 'restart' ? at - 1 : start;
    }
    const double = isDouble || (each.what === 'double' && !isLarge);
    const step = BigInt(each.by) * (double ? 1n : 8n);
    level += step;
    const whole = kind === 'delta' ? step : level;
    const value = each.what === 'NaN' ? NaN : double ? Number(whole) / 8 : whole / 8n;
    const known = isUnknownStart || each.start === 'unknown' ? 0 : each.start === 'equal' ? at : start;
    const point: NumberLine = {
      series: of,
      time: BigInt(at) * 1_000_000n + BigInt(each.by),
      start: BigInt(known) * 1_000_000n + (each.start === 'equal' && !isUnknownStart ? BigInt(each.by) : 0n),
      value,
      flags: each.what === 'flag' ? 1 : 0,
    };
    return each.isTwice ? [point, point] : [point];
  });
}

/** By steps and label, in eighths, and whether only integers went in. */
function expectedIncreases(lines: readonly NumberLine[], step: number): Record<string, [bigint, boolean]> {
  const sums: Record<string, [bigint, boolean]> = {};
  for (const { series, time, eighths, integer } of referenceIncreases(lines)) {
    const milli = Number(time / 1_000_000n);
    if (milli >= RANGE.from && milli < RANGE.to) {
      const key = `${series.attributes?.['code']}@${Math.floor((milli - BASE) / step)}`;
      const [sum, exact] = sums[key] ?? [0n, true];
      sums[key] = [sum + eighths, exact && integer];
    }
  }
  return sums;
}

function found({ series }: MetricValues, step: number): Record<string, [bigint, boolean]> {
  return Object.fromEntries(
    series.flatMap(({ labels, points }) =>
      points.map(({ at, value, integer }) => [
        `${labels['code']}@${(at - BASE) / step}`,
        [integer === null ? BigInt(value * 8) : integer * 8n, integer !== null] as [bigint, boolean],
      ]),
    ),
  );
}

describe('random series: the store agrees with a slow, exact reference', () => {
  let backend: OpenBackend;
  const drawn = fc.sample(fc.array(stream, { minLength: 1, maxLength: 5 }), {
    seed: 20_261_124,
    numRuns: CASES,
  });
  const cases = drawn.map((streams, index) => streams.flatMap((each) => pointsOf(`random.${index}`, each)));
  // Out of order, and the copies of one point in different parts.
  const shuffled = fc.sample(fc.shuffledSubarray(cases.flat(), { minLength: cases.flat().length }), {
    seed: 7,
    numRuns: 1,
  })[0]!;

  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
    await storeLines(backend, { numbers: shuffled.filter((_line, index) => index % 3 !== 0) });
    await storeLines(backend, { numbers: shuffled.filter((_line, index) => index % 3 === 0) });
  }, 60_000);
  afterAll(() => backend.close());

  const increases = (index: number, step: number) =>
    backend.store.metricQueries.increase(PROJECT, {
      selector: { metric: `random.${index}`, match: [] },
      range: RANGE,
      step,
      by: ['code'],
    });

  test('there are resets, gaps, flags, duplicates and unknown starts among the points', () => {
    const all = cases.flat();
    expect(all.length).toBeGreaterThan(8_000);
    const seen = (test: (line: NumberLine) => boolean): boolean => all.filter(test).length > 50;
    expect([
      seen(({ flags }) => flags === 1),
      seen(({ start }) => start === 0n),
      seen(({ start, time }) => start === time),
      seen(({ value }) => Number.isNaN(value)),
      seen(({ series }) => series.temporality === 'delta'),
      seen(({ series }) => series.monotonic === false),
    ]).toEqual([true, true, true, true, true, true]);
  });

  test('increases, by label and step', async () => {
    for (const [index, lines] of cases.entries()) {
      const step = STEPS[index % STEPS.length]!;
      expect(found(await increases(index, step), step)).toEqual(expectedIncreases(lines, step));
    }
  }, 60_000);

  test('the last level, by series', async () => {
    for (const [index, lines] of cases.entries()) {
      const levels = lines.filter(({ series }) => series.monotonic === false);
      if (levels.length === 0 || levels.length !== lines.length) {
        continue;
      }
      const { series } = await backend.store.metricQueries.gauge(PROJECT, {
        selector: { metric: `random.${index}`, match: [] },
        range: { from: BASE - 60 * MINUTE, to: RANGE.to },
        step: 120 * MINUTE,
        over: 'max',
        across: 'max',
      });
      const values = [...countingPoints(levels).values()].flat();
      const inRange = values.filter(({ time }) => time < BigInt(RANGE.to) * 1_000_000n);
      expect(series[0]?.points[0]?.value).toBe(Math.max(...inRange.map(({ value }) => Number(value))));
    }
  }, 60_000);

  test('storing all of it again changes no number', async () => {
    // Every third: each query is a second or so when the machine is busy.
    const some = [...cases.keys()].filter((index) => index % 3 === 0);
    const all = () => Promise.all(some.map((index) => increases(index, MINUTE)));
    const before = await all();
    await storeLines(backend, { numbers: [...shuffled].reverse() });
    expect(await all()).toEqual(before);
  }, 60_000);
});

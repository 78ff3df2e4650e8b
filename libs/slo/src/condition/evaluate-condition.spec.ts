import { describe, expect, test } from '@jest/globals';
import { evaluateCondition, measuresOf } from './evaluate-condition.js';
import { plainValue, type MeasuredValue, type MeasureRequest } from './measured-value.js';
import type { Comparison, MetricCondition } from './metric-condition.js';
import { metricConditionSchema } from './read-condition.js';

const read = (value: unknown): MetricCondition => metricConditionSchema.parse(value);

/** A condition that is true, false or unknown by itself. */
const part = (metric: 'yes' | 'no' | 'unknown') => ({ rate: metric, window: '1m', above: 1 });

const metricOf = ({ measure }: MeasureRequest): string =>
  measure.kind === 'rate' || measure.kind === 'count' ? measure.counter.metric : 'other';
const truth = (request: MeasureRequest): MeasuredValue | null =>
  ({ yes: plainValue(2), no: plainValue(0), unknown: null, other: null })[metricOf(request)] ?? null;

describe('evaluateCondition follows the three-valued logic of Kleene', () => {
  test.each([
    ['all', ['yes', 'yes'], true],
    ['all', ['yes', 'no'], false],
    ['all', ['unknown', 'no'], false],
    ['all', ['unknown', 'yes'], null],
    ['any', ['no', 'no'], false],
    ['any', ['unknown', 'yes'], true],
    ['any', ['unknown', 'no'], null],
  ] as const)('%s of %j is %j', (join, parts, holds) => {
    expect(evaluateCondition(read({ [join]: parts.map(part) }), truth).holds).toBe(holds);
  });

  test('nested', () => {
    const condition = read({
      any: [{ all: [part('unknown'), part('no')] }, { all: [part('yes'), part('unknown')] }],
    });
    expect(evaluateCondition(condition, truth).holds).toBeNull();
  });
});

describe('comparisons', () => {
  test.each([
    ['above', 1, false],
    ['above', 1.01, true],
    ['atLeast', 1, true],
    ['below', 1, false],
    ['below', 0.99, true],
    ['atMost', 1, true],
  ] as const)('%s 1 with %d is %j', (op, value, holds) => {
    const condition = read({ gauge: 'g', window: '1m', [op]: 1 });
    expect(evaluateCondition(condition, () => plainValue(value)).holds).toBe(holds);
  });

  test('with the same measure of before: the limit is a factor', () => {
    const condition = read({ quantile: 0.95, metric: 'd', window: '5m', above: 1.2, comparedWith: '30m' });
    const at = (present: number, before: number | null) =>
      evaluateCondition(condition, ({ offsetMs }) =>
        offsetMs === 0 ? plainValue(present) : before === null ? null : plainValue(before),
      );
    expect(at(0.25, 0.2).comparisons).toEqual([
      {
        measure: 'p95 of d over 5m',
        value: 0.25,
        low: null,
        high: null,
        op: 'above',
        limit: 0.24,
        holds: true,
        text: 'p95 of d over 5m is 0.25; the limit is above 0.24, which is 1.2 times the 0.2 of 30m before',
      },
    ]);
    expect(at(0.23, 0.2).holds).toBe(false);
    expect(at(0.25, null)).toMatchObject({
      holds: null,
      text: 'p95 of d over 5m is 0.25; the limit is above 1.2 times the value 30m before, which is not known',
    });
  });

  test('a slope that may as well be none does not hold', () => {
    const condition = read({ slope: 'g', window: '1h', above: 50 });
    const slope = (low: number): MeasuredValue => ({ value: 60, low, high: 120, note: '' });
    expect(evaluateCondition(condition, () => slope(10)).holds).toBe(true);
    expect(evaluateCondition(condition, () => slope(-1)).holds).toBe(false);
    expect(evaluateCondition(condition, () => slope(10)).text).toBe(
      'rise per hour of g over 1h is 60 (95 % interval 10 to 120); the limit is above 50',
    );
  });

  test('a limit that is never reached is not reached soon', () => {
    const condition = read({ timeToLimit: 'g', limit: 9, window: '1h', below: 6 });
    const never = { value: Infinity, low: 3, high: Infinity, note: 'flat' };
    expect(evaluateCondition(condition, () => never)).toMatchObject({
      holds: false,
      text: 'hours until g reaches 9, by its trend over 1h is never (95 % interval 3 to never); the limit is below 6; flat',
      comparisons: [{ value: null, low: 3, high: null }],
    });
  });

  test('nothing measured is unknown', () => {
    expect(evaluateCondition(read({ mean: 'd', window: '1m', above: 1 }), () => null)).toMatchObject({
      holds: null,
      text: 'mean of d over 1m is not known (no data)',
    });
  });
});

test('measuresOf asks for each number once', () => {
  const one: Comparison = {
    kind: 'comparison',
    measure: { kind: 'rate', counter: { metric: 'r', match: [] } },
    windowMs: 60_000,
    op: 'above',
    limit: 1,
    comparedWithMs: null,
  };
  const other: Comparison = { ...one, limit: 2, comparedWithMs: 3_600_000 };
  expect(measuresOf({ kind: 'any', of: [one, other] }, one).map(({ offsetMs }) => offsetMs)).toEqual([
    0, 3_600_000,
  ]);
});

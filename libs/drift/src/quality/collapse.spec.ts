import { describe, expect, test } from '@jest/globals';
import {
  alarms,
  coloured,
  colours,
  judge,
  monitorWith,
  numbers,
  numeric,
  of,
} from '../../../../test/harness/quality-runs.js';
import type { SampleValue } from '../grid/count-values.js';
import type { VariableComparison } from '../grid/counted.js';

const SIZE = 1_000;
const label = (current: SampleValue[], reference?: SampleValue[]): VariableComparison => ({
  ...coloured(current, reference),
  variable: { source: 'output', name: 'label' },
});
const score = (current: SampleValue[]): VariableComparison =>
  numeric(current, { variable: { source: 'output', name: 'score' } });
const mixed = (share: number, value: SampleValue, others: SampleValue[]): SampleValue[] =>
  others.map((other, index) => (index < share * others.length ? value : other));
/** Order does not matter to the check; a shuffle keeps it from mattering to the effective size. */
const spread = (values: SampleValue[]): SampleValue[] =>
  values.map((_, index) => values[(index * 7) % values.length]!);
const collapsed = (comparison: VariableComparison, checks: Record<string, unknown> = {}): string[] =>
  alarms(judge({ comparisons: [comparison], monitor: monitorWith({ checks }) })).filter((subject) =>
    subject.startsWith('collapse/'),
  );

describe('outputs collapse', () => {
  test.each<[string, VariableComparison, RegExp]>([
    [
      'to one class',
      label(Array<string>(SIZE).fill('red')),
      /^Output:label is "red" in 100 % of 1,000 samples, and in 33/,
    ],
    ['to nearly one class', label(spread(mixed(0.97, 'red', colours(SIZE)))), /is "red" in 98 %/],
    [
      'to a class that nobody knows',
      label(Array<string>(SIZE).fill('')),
      /has a class that the baseline does not know in 100 %/,
    ],
    ['to no class', label(Array<null>(SIZE).fill(null)), /has no usable value in 100 %/],
    ['to one score', score(Array<number>(SIZE).fill(0.42)), /^Output:score is 0\.42 in 100 %/],
    ['to a score beyond the baseline', score(Array<number>(SIZE).fill(9)), /is 9 in 100 %/],
    ['to no number', score(Array<string>(SIZE).fill('NaN')), /has no usable value in 100 %/],
    ['partly to no number', score(spread(mixed(0.96, null, numbers(SIZE)))), /has no usable value in 96 %/],
  ])('%s', (_, comparison, reason) => {
    const [subject = ''] = collapsed(comparison);
    expect(subject).toMatch(/^collapse\/output:(label|score)$/);
    expect(of(judge({ comparisons: [comparison] }), subject).reason).toMatch(reason);
  });

  test.each<[string, VariableComparison, Record<string, unknown>]>([
    [
      'one class is more frequent than before, which is drift',
      label(spread(mixed(0.6, 'red', colours(SIZE)))),
      {},
    ],
    [
      'it always was so',
      label(spread(mixed(0.97, 'red', colours(SIZE))), mixed(0.97, 'red', colours(10_000))),
      {},
    ],
    ['there are too few samples', label(Array<string>(50).fill('red')), {}],
    ['scores lie beyond the baseline, each elsewhere', score(numbers(SIZE).map((each) => each + 5)), {}],
    ['an input is constant', coloured(Array<string>(SIZE).fill('red')), {}],
    ['the check is off', label(Array<string>(SIZE).fill('red')), { collapse: false }],
    ['the rule allows more', label(spread(mixed(0.97, 'red', colours(SIZE)))), { collapse: { share: 0.99 } }],
  ])('but not when %s', (_, comparison, checks) => {
    expect(collapsed(comparison, checks)).toEqual([]);
  });
});

import type { AggregateExpression, BinaryExpression, Expression } from '../promql/expression.js';
import { within } from '../promql/expression.js';
import { isRefusal, Refusal } from '../refusal.js';
import { addCounters } from './add-counters.js';
import { counterOf, sameSelector, storedLabel, type Counter, type LabelNames } from './counter.js';

/** How much counters rose over the window: `plus`, less `minus` when there is one. */
export interface Counting {
  readonly plus: Counter;
  readonly minus: Counter | null;
  /** Per second or in all; a ratio is taken between equals. */
  readonly unit: 'rate' | 'increase';
  /** The labels that stay; `null` while series are not added up yet. */
  readonly by: readonly string[] | null;
  /** What was taken for granted, for the person who imports. */
  readonly notes: readonly string[];
}

const WRAP = 'wrap it as in sum(rate(NAME[{{.window}}]))';

const OTHER_FUNCTIONS: Readonly<Record<string, string>> = {
  irate: 'irate looks at the last two samples only; use rate',
  delta: 'delta is for gauges; use rate for counters',
  idelta: 'idelta is for gauges; use rate for counters',
  histogram_quantile:
    'a quantile is no count of events; count the measurements of one bucket, as in sum(rate(NAME_bucket{le="0.5"}[{{.window}}]))',
};

/** Reads an expression as the increase of counters, or says why it is not. */
export function countingOf(expression: Expression, names: LabelNames): Counting | Refusal {
  switch (expression.kind) {
    case 'call':
      return expression.name === 'histogram_count'
        ? histogramCount(expression.of, names)
        : increaseOf(expression.name, expression.of, names);
    case 'aggregate':
      return summed(expression, names);
    case 'binary':
      return combined(expression, names);
    case 'selector':
      return new Refusal(
        `reads ${expression.metric} as it stands and not how much it rose; ${WRAP} (a recording rule cannot be followed: import what it records)`,
      );
    case 'number':
      return new Refusal(`is the number ${expression.value}, and no count of events`);
    case 'range':
    case 'subquery':
      return new Refusal(`holds a range that no function reads; ${WRAP}`);
    case 'other':
      return new Refusal(`holds ${expression.what}, which has no equivalent`);
  }
}

function increaseOf(name: string, of: readonly Expression[], names: LabelNames): Counting | Refusal {
  const [range] = of;
  if (name !== 'rate' && name !== 'increase') {
    return new Refusal(
      OTHER_FUNCTIONS[name] ??
        `uses ${name}(), and only sums of rate() and increase() are known to count events`,
    );
  }
  if (range?.kind !== 'range' || range.of.kind !== 'selector') {
    const odd = range === undefined ? undefined : [...within(range)].find(({ kind }) => kind === 'other');
    return new Refusal(
      odd?.kind === 'other'
        ? `holds ${odd.what}, which has no equivalent`
        : `takes ${name} of something that is not a metric; write ${name}(NAME[{{.window}}])`,
    );
  }
  if (range.range.kind === 'fixed') {
    return new Refusal(
      `looks at a range of [${range.range.text}]; only [{{.window}}] follows the windows of an SLO`,
    );
  }
  const counter = counterOf(range.of, names);
  return isRefusal(counter) ? counter : { plus: counter, minus: null, unit: name, by: null, notes: [] };
}

/** `histogram_count` of a native histogram, before or after its series are added up. */
function histogramCount(of: readonly Expression[], names: LabelNames): Counting | Refusal {
  const [histogram] = of;
  const counting = histogram === undefined ? new Refusal('counts nothing') : countingOf(histogram, names);
  if (isRefusal(counting)) {
    return counting;
  }
  return counting.minus === null && counting.plus.part === 'value'
    ? { ...counting, plus: { selector: counting.plus.selector, part: 'count' } }
    : new Refusal('takes histogram_count of something that is not a native histogram');
}

function summed(expression: AggregateExpression, names: LabelNames): Counting | Refusal {
  const { operator, grouping, of } = expression;
  const [inner] = of;
  if (operator !== 'sum' || inner === undefined) {
    return new Refusal(`takes ${operator} of series, and the events of an SLI are added up; use sum`);
  }
  if (grouping?.kind === 'without') {
    return new Refusal(
      `keeps all labels but ${grouping.labels.join(', ')}; name the ones to keep, as in sum by (region) (…)`,
    );
  }
  const counting = countingOf(inner, names);
  if (isRefusal(counting)) {
    return counting;
  }
  // One bucket is selected, so its bound tells nothing apart.
  const by = (grouping?.labels ?? [])
    .filter((label) => label !== 'le')
    .map((label) => storedLabel(label, names));
  const lost = by.filter((label) => counting.by !== null && !counting.by.includes(label));
  return lost.length > 0
    ? new Refusal(`keeps the label ${lost.join(', ')}, which the sum inside has already dropped`)
    : { ...counting, by: [...new Set(by)].sort() };
}

function combined(expression: BinaryExpression, names: LabelNames): Counting | Refusal {
  const { operator, left, right } = expression;
  if (operator === 'or') {
    return isZero(right)
      ? countingOf(left, names)
      : new Refusal('uses or with something that is not zero; only "or vector(0)" has an equivalent');
  }
  if (operator !== '-' && operator !== '+') {
    return new Refusal(`uses the operator ${operator} on counts, which has no equivalent`);
  }
  const [a, b] = [countingOf(left, names), countingOf(right, names)];
  if (isRefusal(a)) {
    return a;
  }
  if (isRefusal(b)) {
    return b;
  }
  const word = operator === '-' ? 'subtracts' : 'adds';
  if (a.by === null || b.by === null) {
    return new Refusal(`${word} series by series; add up each side first, as in sum(…) ${operator} sum(…)`);
  }
  const fault = unlike(a, b) ?? (expression.manyToOne ? 'with group_left or group_right' : null);
  if (fault !== null) {
    return new Refusal(`${word} ${fault}, which has no equivalent`);
  }
  if (a.minus !== null || b.minus !== null) {
    return new Refusal(`${word} more than two counts; write an SLO with its good (or bad) and all events`);
  }
  const notes = [...a.notes, ...b.notes];
  if (operator === '-') {
    return { ...a, minus: b.plus, notes };
  }
  const sum = addCounters(a.plus, b.plus);
  return isRefusal(sum) ? sum : { ...a, plus: sum.counter, notes: [...notes, ...sum.notes] };
}

/** What keeps two counts from being compared, as the end of "compares …"; `null` when they can be. */
export function unlike(a: Counting, b: Counting): string | null {
  if (a.unit !== b.unit) {
    return 'a rate per second and an increase';
  }
  const [left, right] = [a.by ?? [], b.by ?? []].map((labels) => labels.join(', '));
  return left === right ? null : `counts by ${left || 'no label'} and by ${right || 'no label'}`;
}

/** `vector(0)`, `0 * x` or `x * 0`: what a query without any event falls back to. */
export function isZero(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
      return expression.value === 0;
    case 'call':
      return expression.name === 'vector' && expression.of.length === 1 && expression.of.every(isZero);
    case 'binary':
      return expression.operator === '*' && [expression.left, expression.right].some(isZero);
    case 'aggregate':
    case 'selector':
    case 'range':
    case 'subquery':
    case 'other':
      return false;
  }
}

/** Whether a bucket is one of the histogram whose measurements `total` counts. */
export function isBucketOf(bucket: Counter, total: Counter): boolean {
  return bucket.part === 'bucket' && total.part === 'count' && sameSelector(bucket.selector, total.selector);
}

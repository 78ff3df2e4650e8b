import type { LabelMatcher, MetricSelector } from '../../metric-selector.js';
import type { SelectorExpression } from '../promql/expression.js';
import { isRefusal, Refusal } from '../refusal.js';
import { oneConditionPerLabel } from './label-conditions.js';

/**
 * What rises: a counter, all measurements of a histogram, or those of its buckets up to `le`.
 *
 * Prometheus keeps a histogram as counters named `_bucket`, `_count` and `_sum`; Tidewatch stores it as one metric with
 * the base name.
 */
export type Counter = {
  readonly selector: MetricSelector;
} & (
  { readonly part: 'value' } | { readonly part: 'count' } | { readonly part: 'bucket'; readonly le: number }
);

/** Labels of scraped series that are stored under another name, by their name in Prometheus. */
export type LabelNames = Readonly<Record<string, string>>;

/** Reads a selector by the suffix of its metric. */
export function counterOf({ metric, match }: SelectorExpression, names: LabelNames): Counter | Refusal {
  const bounds = match.filter(({ label }) => label === 'le');
  const rest = conditionsOf(
    match.filter(({ label }) => label !== 'le'),
    names,
  );
  if (isRefusal(rest)) {
    return rest;
  }
  if (metric.endsWith('_bucket')) {
    return bucketOf(metric, bounds, rest);
  }
  if (bounds.length > 0) {
    return new Refusal(
      `selects ${metric} by le, which only the buckets of a histogram have (${metric}_bucket)`,
    );
  }
  if (metric.endsWith('_count')) {
    return { selector: { metric: withoutSuffix(metric), match: rest }, part: 'count' };
  }
  if (metric.endsWith('_sum')) {
    return new Refusal(
      `reads ${metric}, which adds up measurements; an SLI counts events, such as those of ${withoutSuffix(metric)}_count`,
    );
  }
  return { selector: { metric, match: rest }, part: 'value' };
}

/** The conditions of a selector with stored label names, one for each label. */
export function conditionsOf(
  match: readonly LabelMatcher[],
  names: LabelNames,
): readonly LabelMatcher[] | Refusal {
  return oneConditionPerLabel(match.map((each) => ({ ...each, label: storedLabel(each.label, names) })));
}

/** The stored name of a label. */
export function storedLabel(label: string, names: LabelNames): string {
  return Object.hasOwn(names, label) ? (names[label] ?? label) : label;
}

function bucketOf(
  metric: string,
  bounds: readonly LabelMatcher[],
  match: readonly LabelMatcher[],
): Counter | Refusal {
  const [bound, ...more] = bounds;
  const selector = { metric: withoutSuffix(metric), match };
  if (bound === undefined) {
    return new Refusal(
      `adds up all buckets of ${metric}, and each holds the ones below it; name one bucket, as in ${metric}{le="0.5"}`,
    );
  }
  const le = more.length === 0 && bound.op === '=' ? boundOf(bound.value) : undefined;
  if (le === undefined) {
    return new Refusal(
      `selects ${metric} by le${bound.op}"${bound.value}"; a latency SLI has one limit, as in le="0.5"`,
    );
  }
  return le === Infinity ? { selector, part: 'count' } : { selector, part: 'bucket', le };
}

function boundOf(text: string): number | undefined {
  const value = text === '+Inf' || text === 'Inf' ? Infinity : text.trim() === '' ? NaN : Number(text);
  return Number.isNaN(value) || value === -Infinity ? undefined : value;
}

function withoutSuffix(metric: string): string {
  return metric.slice(0, metric.lastIndexOf('_'));
}

/** Whether both read the same part of the same series; the order of conditions does not matter. */
export function sameCounter(a: Counter, b: Counter): boolean {
  return a.part === b.part && bucketLimit(a) === bucketLimit(b) && sameSelector(a.selector, b.selector);
}

/** Whether both read the same series. */
export function sameSelector(a: MetricSelector, b: MetricSelector): boolean {
  const key = ({ label, op, value }: LabelMatcher): string => JSON.stringify([label, op, value]);
  return (
    a.metric === b.metric &&
    JSON.stringify(a.match.map(key).sort()) === JSON.stringify(b.match.map(key).sort())
  );
}

function bucketLimit(counter: Counter): number | null {
  return counter.part === 'bucket' ? counter.le : null;
}

/** The counter as a person would write it. */
export function describeCounter(counter: Counter): string {
  const suffix = { value: '', count: '_count', bucket: '_bucket' }[counter.part];
  const bound = counter.part === 'bucket' ? [`le="${counter.le}"`] : [];
  const conditions = [
    ...bound,
    ...counter.selector.match.map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`),
  ];
  return `${counter.selector.metric}${suffix}${conditions.length === 0 ? '' : `{${conditions.join(',')}}`}`;
}

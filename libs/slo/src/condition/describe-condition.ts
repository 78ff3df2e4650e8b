import { formatDuration } from '@tidewatch/core';
import type { MetricSelector } from '../metric-selector.js';
import type { Comparison, Measure, MetricCondition } from './metric-condition.js';

/** How operators read in a sentence. */
export const OPERATOR_WORDS: Readonly<Record<Comparison['op'], string>> = {
  above: 'above',
  atLeast: 'at least',
  below: 'below',
  atMost: 'at most',
};

/** A measure in words: `p95 of inference.request.duration over 5m`. */
export function measureWords(measure: Measure, windowMs: number): string {
  return `${subject(measure)} over ${formatDuration(windowMs)}`;
}

function subject(measure: Measure): string {
  switch (measure.kind) {
    case 'rate':
      return `rate per second of ${selectorWords(measure.counter)}`;
    case 'count':
      return `increase of ${selectorWords(measure.counter)}`;
    case 'ratio':
      return `${selectorWords(measure.numerator)} / ${selectorWords(measure.denominator)}`;
    case 'quantile':
      return `p${shortNumber(measure.quantile * 100)} of ${selectorWords(measure.histogram)}`;
    case 'mean':
      return `mean of ${selectorWords(measure.histogram)}`;
    case 'gauge':
      return `${measure.over} of ${selectorWords(measure.gauge)} (${measure.across} of series)`;
    case 'share':
      return `share of ${selectorWords(measure.histogram)} ${measure.side === 'atMost' ? 'at most' : 'above'} ${shortNumber(measure.bound)}`;
    case 'slope':
      return `rise per hour of ${selectorWords(measure.gauge)}`;
    case 'time-to-limit':
      return `hours until ${selectorWords(measure.gauge)} reaches ${shortNumber(measure.limit)}, by its trend`;
  }
}

function selectorWords({ metric, match }: MetricSelector): string {
  return match.length === 0
    ? metric
    : `${metric}{${match.map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`).join(',')}}`;
}

/** A whole condition in words: `p95 of x over 5m above 0.5 and rate per second of y over 1m above 2`. */
export function describeCondition(condition: MetricCondition): string {
  if (condition.kind === 'comparison') {
    const { measure, windowMs, op, limit, comparedWithMs } = condition;
    const than =
      comparedWithMs === null
        ? shortNumber(limit)
        : `${shortNumber(limit)} times that of ${formatDuration(comparedWithMs)} before`;
    return `${measureWords(measure, windowMs)} ${OPERATOR_WORDS[op]} ${than}`;
  }
  return condition.of
    .map((part) =>
      part.kind === 'comparison' || part.of.length === 1
        ? describeCondition(part)
        : `(${describeCondition(part)})`,
    )
    .join(condition.kind === 'all' ? ' and ' : ' or ');
}

/** Four significant digits, without trailing zeros. */
export function shortNumber(value: number): string {
  return Math.abs(value) >= 10_000 && Math.abs(value) < 1e15
    ? Math.round(value).toLocaleString('en-US')
    : String(Number(value.toPrecision(4)));
}

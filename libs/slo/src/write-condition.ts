import { formatDuration } from '@tidewatch/core';
import type { Comparison, Measure, MetricCondition } from './condition/metric-condition.js';
import { writeMatchers, type MetricSelector } from './metric-selector.js';

/** The value that `metricConditionSchema` reads into this condition. */
export function writeCondition(condition: MetricCondition): Readonly<Record<string, unknown>> {
  return condition.kind === 'comparison'
    ? writeComparison(condition)
    : { [condition.kind]: condition.of.map(writeCondition) };
}

function writeComparison({ measure, windowMs, op, limit, comparedWithMs }: Comparison) {
  return {
    ...writeMeasure(measure),
    window: formatDuration(windowMs),
    [op]: limit,
    ...(comparedWithMs === null ? {} : { comparedWith: formatDuration(comparedWithMs) }),
  };
}

function writeMeasure(measure: Measure): Readonly<Record<string, unknown>> {
  switch (measure.kind) {
    case 'rate':
    case 'count':
      return write(measure.kind, measure.counter);
    case 'ratio':
      return {
        ratio: {
          numerator: write('metric', measure.numerator),
          denominator: write('metric', measure.denominator),
        },
      };
    case 'quantile':
      return { quantile: measure.quantile, ...write('metric', measure.histogram) };
    case 'mean':
      return write('mean', measure.histogram);
    case 'gauge':
      return { ...write('gauge', measure.gauge), over: measure.over, across: measure.across };
    case 'share':
      return { ...write('share', measure.histogram), bound: measure.bound, side: measure.side };
    case 'slope':
      return { ...write('slope', measure.gauge), across: measure.across };
    case 'time-to-limit':
      return {
        ...write('timeToLimit', measure.gauge),
        across: measure.across,
        limit: measure.limit,
        direction: measure.direction,
      };
  }
}

function write(key: string, { metric, match }: MetricSelector): Readonly<Record<string, unknown>> {
  return { [key]: metric, ...(match.length === 0 ? {} : { match: writeMatchers(match) }) };
}

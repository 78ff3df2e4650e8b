import type { LabelMatcher, MetricSelector } from '../../metric-selector.js';
import type { Indicator } from '../meaning/indicator.js';

/** The parts of an SLO document that differ from one import to the next. */
export interface SloParts {
  readonly name: string;
  /** `''` when the original has none. */
  readonly displayName: string;
  readonly description: string;
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Target in per cent. */
  readonly percent: number;
  /** Rolling window in OpenSLO's shorthand. */
  readonly window: string;
  readonly indicator: Indicator;
}

/** OpenSLO allows so many characters. */
const LONGEST_DESCRIPTION = 1_050;

/** An OpenSLO v1 document of kind SLO with its indicator inside. */
export function sloDocument(parts: SloParts): object {
  const { name, displayName, description, service, labels, percent, window, indicator } = parts;
  const groups = indicator.groupBy.join(', ');
  const annotations = {
    ...parts.annotations,
    ...(groups === '' ? {} : { 'tidewatch.dev/group-by': groups }),
  };
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: {
      name,
      ...(displayName === '' ? {} : { displayName }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      ...(description === '' ? {} : { description: shortened(description) }),
      service,
      indicator: { metadata: { name: `${name.slice(0, 59)}-sli` }, spec: sliSpec(indicator.sli) },
      timeWindow: [{ duration: window, isRolling: true }],
      budgetingMethod: indicator.sli.kind === 'gauge' ? 'Timeslices' : 'Occurrences',
      objectives: [{ targetPercent: percent, ...thresholdOf(indicator.sli) }],
    },
  };
}

function shortened(description: string): string {
  return description.length > LONGEST_DESCRIPTION
    ? `${description.slice(0, LONGEST_DESCRIPTION - 1)}…`
    : description;
}

function sliSpec(sli: Indicator['sli']): object {
  switch (sli.kind) {
    case 'ratio':
      return {
        ratioMetric: {
          counter: true,
          [sli.part]: source(selectorSpec(sli.counter)),
          total: source(selectorSpec(sli.total)),
        },
      };
    case 'latency':
      return { thresholdMetric: source(selectorSpec(sli.histogram)) };
    case 'gauge': {
      const { metric, match } = sli.gauge;
      return {
        thresholdMetric: source({ gauge: metric, ...matchSpec(match), over: sli.over, across: sli.across }),
      };
    }
  }
}

function thresholdOf(sli: Indicator['sli']): object {
  switch (sli.kind) {
    case 'ratio':
      return {};
    case 'latency':
      return { op: 'lte', value: sli.threshold };
    case 'gauge':
      return { op: sli.op, value: sli.threshold, timeSliceTarget: 1, timeSliceWindow: '1m' };
  }
}

function source(spec: object): object {
  return { metricSource: { type: 'tidewatch', spec } };
}

function selectorSpec({ metric, match }: MetricSelector): object {
  return { metric, ...matchSpec(match) };
}

function matchSpec(match: readonly LabelMatcher[]): object {
  return match.length === 0
    ? {}
    : { match: Object.fromEntries(match.map((each) => [each.label, condition(each)])) };
}

function condition({ op, value }: LabelMatcher): unknown {
  switch (op) {
    case '=':
      return value;
    case '!=':
      return { not: value };
    case '=~':
      return { matches: value };
    case '!~':
      return { notMatches: value };
  }
}

import type { Finding, Measurement } from '../verdict/judge-findings.js';
import { countOf, shortNumber } from '../wording.js';
import { beyondLimit, worsening } from './compare-metric.js';
import {
  groupPerformance,
  measureMetric,
  type GroupedPerformance,
  type MeasuredMetric,
} from './measure-metric.js';
import { performanceMetrics } from './metrics/index.js';
import type { PerformanceMetric, PerformanceMetricName } from './metrics/performance-metric.js';
import type { PerformanceInput } from './performance-input.js';
import type { PerformanceMonitor } from './performance-monitor.js';
import { addPerformance, NO_PERFORMANCE, type PerformanceSums } from './performance-sums.js';
import type { PerformanceVerdict } from './performance-verdict.js';

/** What a verdict says of its metric beside what it decides. */
export type About = Pick<
  PerformanceVerdict,
  'metric' | 'against' | 'segment' | 'value' | 'valueLow' | 'valueHigh' | 'reference' | 'coverage'
>;

/** A finding and what its verdict adds. */
export interface Found {
  readonly finding: Finding;
  readonly about: About;
}

/** The sides of one segment. */
export interface Segment {
  readonly segment: string;
  readonly current: GroupedPerformance;
  readonly reference: GroupedPerformance | null;
}

/** A finding that is still to be made. */
export interface Lookup {
  readonly subject: string;
  readonly title: string;
  readonly make: () => Found;
}

/** A metric of the window against the baseline. */
export function againstBaseline(
  input: PerformanceInput,
  segment: Segment,
  name: PerformanceMetricName,
  minimumEffect: number,
): Lookup {
  const metric = performanceMetrics[name];
  const title = titleOf(metric, segment.segment);
  const subject = subjectOf(name, '', segment.segment);
  return {
    subject,
    title,
    make: () => {
      const [current, reference] = [segment.current, segment.reference].map((side) =>
        side === null ? null : measureMetric(metric, side, input.monitor),
      ) as [MeasuredMetric | null, MeasuredMetric | null];
      const lack =
        tooFew(input.monitor, metric, segment.current.whole, 'the window') ??
        (input.baseline === null || segment.reference === null
          ? 'there is no baseline yet to compare with'
          : tooFew(input.monitor, metric, segment.reference.whole, 'the baseline', 0));
      return metricFound({
        metric,
        segment,
        against: 'baseline',
        current,
        reference,
        subject,
        title,
        effectName: effectName(metric),
        lack,
        measured: (now, before) => worsening(metric, now, before, minimumEffect),
        compares: 'of the baseline',
      });
    },
  };
}

/** A metric of the window against a limit of the rule. */
export function againstLimit(
  input: PerformanceInput,
  segment: Segment,
  name: PerformanceMetricName,
  limit: { readonly kind: 'min' | 'max'; readonly value: number },
): Lookup {
  const metric = performanceMetrics[name];
  const title = `${titleOf(metric, segment.segment)}, ${limit.kind === 'min' ? 'at least' : 'at most'} ${shortNumber(limit.value)}`;
  const subject = subjectOf(name, limit.kind, segment.segment);
  return {
    subject,
    title,
    make: () => {
      const current = measureMetric(metric, segment.current, input.monitor);
      const lack = tooFew(input.monitor, metric, segment.current.whole, 'the window');
      return metricFound({
        metric,
        segment,
        against: 'limit',
        current,
        reference: null,
        subject,
        title,
        effectName: `by how much ${metric.label} is ${limit.kind === 'min' ? 'below' : 'above'} its limit`,
        lack,
        measured: (now) => beyondLimit(now, limit),
        compares: `; ${limit.kind === 'min' ? 'at least' : 'at most'} ${shortNumber(limit.value)} is asked for`,
      });
    },
  };
}

/** Every segment against the rest of its dimension. */
export function gaps({ monitor, current }: PerformanceInput): Lookup[] {
  const named = Object.entries(monitor.segmentGap) as [PerformanceMetricName, number][];
  return monitor.segments.flatMap((dimension) => {
    const segments = current.filter(({ segment }) => segment.startsWith(`${dimension}=`));
    return segments.length < 2
      ? []
      : segments.flatMap((each) =>
          named.map(([name, minimumEffect]): Lookup => {
            const metric = performanceMetrics[name];
            const title = `${titleOf(metric, each.segment)} against the rest`;
            const subject = subjectOf(name, 'gap', each.segment);
            return {
              subject,
              title,
              make: () => {
                const rest = groupPerformance(
                  addGroups(segments.filter((other) => other !== each).map(({ groups }) => groups)),
                );
                const segment = {
                  segment: each.segment,
                  current: groupPerformance(each.groups),
                  reference: rest,
                };
                return metricFound({
                  metric,
                  segment,
                  against: 'segments',
                  current: measureMetric(metric, segment.current, monitor),
                  reference: measureMetric(metric, rest, monitor),
                  subject,
                  title,
                  effectName: `by how much ${metric.label} is worse than in the other segments`,
                  lack:
                    tooFew(monitor, metric, segment.current.whole, 'the segment') ??
                    tooFew(monitor, metric, rest.whole, 'the rest'),
                  measured: (now, other) => worsening(metric, now, other, minimumEffect),
                  compares: 'of the other segments',
                });
              },
            };
          }),
        );
  });
}

interface MetricFound {
  readonly metric: PerformanceMetric;
  readonly segment: Segment;
  readonly against: About['against'];
  readonly current: MeasuredMetric | null;
  readonly reference: MeasuredMetric | null;
  readonly subject: string;
  readonly title: string;
  readonly effectName: string;
  /** What there is too little of; `null` for nothing. */
  readonly lack: string | null;
  readonly measured: (current: MeasuredMetric, reference: MeasuredMetric) => Measurement;
  /** `of the baseline`, or the sentence about a limit. */
  readonly compares: string;
}

function metricFound(found: MetricFound): Found {
  const { metric, segment, against, current, reference, subject, title, lack } = found;
  const { predictions, labelled } = segment.current.whole;
  const coverage = predictions === 0 ? null : labelled / predictions;
  const needed = against === 'limit' ? current : reference;
  const judged = lack === null && current !== null && needed !== null;
  return {
    finding: {
      subject,
      title,
      measure: metric.name,
      effectName: found.effectName,
      n: current?.n ?? 0,
      m: reference?.n ?? 0,
      measured: judged ? found.measured(current, needed) : null,
      certain: false,
      compared: against === 'baseline',
      finding: judged
        ? sentence(found, current, coverage)
        : `${title}: ${lack ?? `the labels do not allow ${metric.label} to be computed`}`,
    },
    about: {
      metric: metric.name,
      against,
      segment: segment.segment,
      value: current?.value ?? null,
      valueLow: current?.low ?? null,
      valueHigh: current?.high ?? null,
      reference: reference?.value ?? null,
      coverage,
    },
  };
}

function sentence(
  { title, metric, segment, reference, against, compares }: MetricFound,
  current: MeasuredMetric,
  coverage: number | null,
): string {
  const covered = coverage === null ? '' : `, labels being known for ${Math.round(coverage * 100)} % of all`;
  const name =
    against === 'limit' ? titleOf(metric, segment.segment) : title.replace(/ against the rest$/, '');
  const now = `${name} is ${shortNumber(current.value)} (95 % interval ${shortNumber(current.low)} to ${shortNumber(current.high)}) in ${countOf(current.n, 'case')}${covered}`;
  return against === 'limit' || reference === null
    ? `${now}${compares}`
    : `${now}, and ${shortNumber(reference.value)} in ${countOf(reference.n, 'case')} ${compares}`;
}

/** Why a side cannot be judged; `null` where it can. */
function tooFew(
  monitor: PerformanceMonitor,
  metric: PerformanceMetric,
  sums: PerformanceSums,
  side: string,
  minimumCoverage = monitor.minimumCoverage,
): string | null {
  const cases = metric.cases(sums, monitor);
  if (cases < monitor.minimumSamples) {
    return `${side} has ${countOf(cases, 'labelled case')} of ${countOf(sums.predictions, 'prediction')}, and the monitor asks for at least ${monitor.minimumSamples}`;
  }
  const coverage = sums.labelled / Math.max(1, sums.predictions);
  return coverage < minimumCoverage
    ? `labels are known for ${shortNumber(100 * coverage)} % of the predictions of ${side}, and the monitor asks for at least ${shortNumber(100 * minimumCoverage)} %`
    : null;
}

/** Names a judgement: `accuracy`, `accuracy/min{region=eu-1}`. Stable: it is stored. */
function subjectOf(name: string, against: string, segment: string): string {
  return `${name}${against === '' ? '' : `/${against}`}${segment === '' ? '' : `{${segment}}`}`;
}

function titleOf({ label }: PerformanceMetric, segment: string): string {
  return `${label}${segment === '' ? '' : ` in ${segment}`}`;
}

function effectName({ better, label, relative }: PerformanceMetric): string {
  return `the ${relative ? 'relative ' : ''}${better === 'higher' ? 'drop' : 'rise'} of ${label}`;
}

/** Group by group, so that a group stays one and the same set of ids. */
function addGroups(parts: readonly (readonly PerformanceSums[])[]): PerformanceSums[] {
  const count = Math.max(0, ...parts.map(({ length }) => length));
  return Array.from({ length: count }, (_, group) =>
    parts.reduce((sum, groups) => addPerformance(sum, groups[group] ?? NO_PERFORMANCE), NO_PERFORMANCE),
  );
}

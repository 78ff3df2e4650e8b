import { errorMessage } from '@tidewatch/core';
import { judgeFindings } from '../verdict/judge-findings.js';
import { groupPerformance } from './measure-metric.js';
import { performanceMetrics } from './metrics/index.js';
import type { PerformanceMetricName } from './metrics/performance-metric.js';
import { pairedFindings } from './paired.js';
import {
  againstBaseline,
  againstLimit,
  gaps,
  type About,
  type Found,
  type Segment,
} from './performance-findings.js';
import type { PerformanceInput, SegmentPerformance } from './performance-input.js';
import type { PerformanceMonitor } from './performance-monitor.js';
import type { PerformanceSums } from './performance-sums.js';
import type { PerformanceVerdict } from './performance-verdict.js';

/**
 * Judges one window of a performance monitor: every metric against the baseline, against limits, between segments, and
 * between paired variants. Never throws: what fails is one verdict `error`, and the rest is judged.
 */
export function judgePerformance(input: PerformanceInput): PerformanceVerdict[] {
  const found = [...metricFindings(input), ...pairs(input)];
  const verdicts = judgeFindings(
    input,
    found.map(({ finding }) => finding),
  );
  return verdicts.map((verdict, index) => ({ ...verdict, ...found[index]!.about, variable: '' as const }));
}

function metricFindings(input: PerformanceInput): Found[] {
  const { monitor, failures } = input;
  if (failures.metrics !== undefined) {
    return [failed('metrics', 'the metrics', failures.metrics)];
  }
  const whole = groupPerformance(groupsOf(input.current, ''));
  const references = input.reference;
  const metrics = Object.entries(watched(monitor, whole.whole)) as [PerformanceMetricName, number][];
  const segments: Segment[] = withWhole(input.current).map(({ segment, groups }) => ({
    segment,
    current: groupPerformance(groups),
    reference: references === null ? null : groupPerformance(groupsOf(references, segment)),
  }));
  const limits = Object.entries(monitor.limits) as [
    PerformanceMetricName,
    { min: number | null; max: number | null },
  ][];
  return [
    ...segments.flatMap((segment) =>
      metrics.map(([name, effect]) => againstBaseline(input, segment, name, effect)),
    ),
    ...segments.flatMap((segment) =>
      limits.flatMap(([name, { min, max }]) => [
        ...(min === null ? [] : [againstLimit(input, segment, name, { kind: 'min', value: min })]),
        ...(max === null ? [] : [againstLimit(input, segment, name, { kind: 'max', value: max })]),
      ]),
    ),
    ...gaps(input),
  ].map(({ make, subject, title }) => guarded(make, subject, title));
}

function guarded(make: () => Found, subject: string, title: string): Found {
  try {
    return make();
  } catch (error) {
    return failed(subject, title, errorMessage(error));
  }
}

/** The metrics to compare with the baseline: those of the rule, else those that the labels allow. */
function watched(
  { minimumEffect, baseline, positive }: PerformanceMonitor,
  { classified, errors }: PerformanceSums,
): Partial<Record<PerformanceMetricName, number>> {
  if (baseline === null) {
    return {};
  }
  if (minimumEffect !== null) {
    return minimumEffect;
  }
  const names: PerformanceMetricName[] = [
    // Before the first label nobody knows which; most models tell classes apart.
    ...(classified > 0 || errors.truth.count === 0 ? (['accuracy'] as const) : []),
    // Where few cases are positive a model that finds none of them is accurate.
    ...(classified > 0 && positive !== null ? (['precision', 'recall'] as const) : []),
    ...(errors.truth.count > 0 ? (['mae'] as const) : []),
  ];
  return Object.fromEntries(names.map((name) => [name, performanceMetrics[name].defaultMinimumEffect]));
}

function pairs({ monitor, paired, failures }: PerformanceInput): Found[] {
  if (monitor.paired === null) {
    return [];
  }
  if (failures.paired !== undefined || paired === null) {
    return [failed('paired', 'the paired variants', failures.paired ?? 'nothing was read')];
  }
  return pairedFindings(monitor.paired, paired, monitor.minimumSamples).map((finding) => ({
    finding,
    about: {
      ...NOTHING_KNOWN,
      metric: finding.subject === 'accuracy/paired' ? ('accuracy' as const) : null,
      against: 'paired' as const,
    },
  }));
}

function failed(subject: string, title: string, message: string): Found {
  return {
    finding: {
      subject,
      title,
      measure: subject,
      effectName: '',
      n: 0,
      m: 0,
      measured: null,
      certain: false,
      compared: false,
      finding: `${title} could not be judged: ${message.replace(/\.$/, '')}`,
      failed: true,
    },
    about: NOTHING_KNOWN,
  };
}

const NOTHING_KNOWN: About = {
  metric: null,
  against: 'baseline',
  segment: '',
  value: null,
  valueLow: null,
  valueHigh: null,
  reference: null,
  coverage: null,
};

function groupsOf(segments: readonly SegmentPerformance[], segment: string): readonly PerformanceSums[] {
  return segments.find((each) => each.segment === segment)?.groups ?? [];
}

/** The segments, all predictions first even where there are none. */
function withWhole(segments: readonly SegmentPerformance[]): SegmentPerformance[] {
  const whole = segments.find(({ segment }) => segment === '') ?? { segment: '', groups: [] };
  return [whole, ...segments.filter(({ segment }) => segment !== '')];
}

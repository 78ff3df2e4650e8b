import type { Exposition, Family, Sample } from './exposition.js';
import { histogramPoint } from './histogram-point.js';
import { metricUnit } from './metric-unit.js';
import type { GroupConversion } from './sample-group.js';
import { groupSamples } from './sample-group.js';
import {
  seriesKey,
  type PointBase,
  type ScrapedKind,
  type ScrapedMetric,
  type ScrapedPoint,
} from './scraped-metric.js';
import { seriesAttributes } from './series-attributes.js';
import { takeStartTimes, type StartTimes } from './start-times.js';
import { summaryPoint } from './summary-point.js';

/** How the samples of a target are read. */
export interface SampleMapping {
  /** Labels that are stored under another name, `model_name` as `model.name`. */
  readonly rename: Readonly<Record<string, string>>;
  /** Values from here on mean "not supported" (DCGM) and are left out; `null` keeps all. */
  readonly unsupportedFrom: number | null;
}

/** What an exposition says, as metrics. */
export interface ScrapedMetrics {
  readonly metrics: readonly ScrapedMetric[];
  /** Samples that are in none of the metrics: not supported, twice there, or of a histogram that is not one. */
  readonly dropped: number;
  /** What could not be used and why, in words; one entry per family and reason. */
  readonly problems: readonly string[];
}

/** Samples or groups between two steps. */
const STEP = 500;

/** The work on one exposition. */
interface Conversion {
  readonly mapping: SampleMapping;
  readonly starts: StartTimes;
  readonly seen: Set<string>;
  readonly problems: Set<string>;
  dropped: number;
}

/**
 * Turns families into metrics with the names they are exposed under.
 *
 * Counters become cumulative monotonic sums, histograms and summaries keep their type, everything else is a gauge: info
 * and state sets as they are exposed, and the parts of a gauge histogram under their own names, since OTLP has no such
 * type. `_created` becomes the start time, also where Prometheus text exposes it as a gauge of its own.
 */
export function toMetrics(exposition: Exposition, mapping: SampleMapping): ScrapedMetrics {
  const steps = toMetricsSteps(exposition, mapping);
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      return step.value;
    }
  }
}

/** {@link toMetrics} in steps of a millisecond or so: a target with 50,000 samples takes 300 ms of a core in all. */
export function* toMetricsSteps(
  exposition: Exposition,
  mapping: SampleMapping,
): Generator<void, ScrapedMetrics> {
  const { families, starts } = takeStartTimes(exposition.families);
  const conversion: Conversion = { mapping, starts, seen: new Set(), problems: new Set(), dropped: 0 };
  const metrics: ScrapedMetric[] = [];
  for (const family of families) {
    const found =
      family.type === 'histogram' || family.type === 'summary'
        ? yield* groupedMetric(family, family.type, conversion)
        : yield* numberMetrics(family, conversion);
    metrics.push(...found.filter((metric) => metric.points.length > 0));
    yield;
  }
  return { metrics, dropped: conversion.dropped, problems: [...conversion.problems] };
}

/** Counters and gauges: a metric for each name that samples of the family have. */
function* numberMetrics(family: Family, conversion: Conversion): Generator<void, ScrapedMetric[]> {
  const points = new Map<string, ScrapedPoint[]>();
  const kind = family.type === 'counter' ? 'counter' : 'gauge';
  const unit = metricUnit(family.name, family.unit);
  for (const [index, sample] of family.samples.entries()) {
    if (index % STEP === STEP - 1) {
      yield;
    }
    const attributes = seriesAttributes(sample.labels, conversion.mapping.rename);
    const series = seriesKey({ name: sample.name, kind, unit }, attributes);
    const point = numberPoint(family, sample, { series, attributes }, conversion);
    if (isSupported(sample, conversion.mapping) && isNew(family, point, conversion)) {
      const same = points.get(sample.name);
      if (same === undefined) {
        points.set(sample.name, [point]);
      } else {
        same.push(point);
      }
    } else {
      conversion.dropped += 1;
    }
  }
  return [...points].map(([name, list]) => metricOf(family, name, kind, list));
}

function* groupedMetric(
  family: Family,
  type: 'histogram' | 'summary',
  conversion: Conversion,
): Generator<void, ScrapedMetric[]> {
  if (family.incomplete) {
    conversion.problems.add(`${family.name}: lines were lost, so the whole ${type} is left out`);
    conversion.dropped += family.samples.length;
    return [];
  }
  const [part, toPoint]: [string, GroupConversion] =
    type === 'histogram' ? ['le', histogramPoint] : ['quantile', summaryPoint];
  const metric = metricOf(family, family.name, type, []);
  const points: ScrapedPoint[] = [];
  for (const [index, group] of groupSamples(family.samples, part).entries()) {
    if (index % STEP === STEP - 1) {
      yield;
    }
    const attributes = seriesAttributes(group.labels, conversion.mapping.rename);
    const base = {
      series: seriesKey(metric, attributes),
      attributes,
      timeUnixNano: group.timeUnixNano,
      startTimeUnixNano: conversion.starts.of(family.name, group.labels),
    };
    const point = toPoint(family.name, group, base);
    if (typeof point === 'string') {
      conversion.problems.add(`${family.name}: ${point}`);
      conversion.dropped += group.samples.length;
    } else if (isNew(family, point, conversion)) {
      points.push(point);
    } else {
      conversion.dropped += group.samples.length;
    }
  }
  return [{ ...metric, points }];
}

function metricOf(family: Family, name: string, kind: ScrapedKind, points: ScrapedPoint[]): ScrapedMetric {
  return { name, kind, unit: metricUnit(family.name, family.unit), description: family.help, points };
}

function numberPoint(
  family: Family,
  sample: Sample,
  identity: Pick<PointBase, 'series' | 'attributes'>,
  conversion: Conversion,
): ScrapedPoint {
  return {
    kind: 'number',
    ...identity,
    timeUnixNano: sample.timeUnixNano,
    // Only what counts up has a start.
    startTimeUnixNano: family.type === 'counter' ? conversion.starts.of(family.name, sample.labels) : 0n,
    value: sample.value,
    exemplar: sample.exemplar,
  };
}

function isSupported(sample: Sample, { unsupportedFrom }: SampleMapping): boolean {
  return unsupportedFrom === null || !(Math.abs(sample.value.number) >= unsupportedFrom);
}

function isNew(family: Family, point: ScrapedPoint, conversion: Conversion): boolean {
  const key = point.timeUnixNano === null ? point.series : `${point.series} at ${point.timeUnixNano}`;
  if (conversion.seen.has(key)) {
    conversion.problems.add(`${family.name}: the same series is exposed twice; its first sample is used`);
    return false;
  }
  conversion.seen.add(key);
  return true;
}

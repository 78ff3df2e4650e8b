import type { TimeRange } from '@tidewatch/core';
import type { MetricSelector } from '../metric-selector.js';
import { bucketShare } from './bucket-counts.js';
import { plainValue, trendStepMs, trendValue } from './measured-value.js';
import type { LevelPoint, MeasuredValue, MeasureRequest } from './measured-value.js';

/** What has to be read of stored metrics. Several measures may share one reading. */
export type Reading =
  /** What counters rose by. */
  | { readonly kind: 'increase'; readonly selector: MetricSelector; readonly range: TimeRange }
  | {
      readonly kind: 'distribution';
      readonly selector: MetricSelector;
      readonly range: TimeRange;
      /** Ascending. Not part of the identity of a reading. */
      readonly quantiles: readonly number[];
    }
  | {
      readonly kind: 'levels';
      readonly selector: MetricSelector;
      readonly range: TimeRange;
      readonly stepMs: number;
      readonly over: 'avg' | 'min' | 'max' | 'last';
      readonly across: 'avg' | 'min' | 'max' | 'sum';
    };

/** The measurements of a histogram in a window. */
export interface DistributionReading {
  readonly count: number;
  /** `null` when it was not recorded. */
  readonly sum: number | null;
  /** In the order of the reading's quantiles; NaN where there is none to tell. */
  readonly quantiles: readonly number[];
  readonly bounds: readonly number[];
  /** One more than bounds: `counts[i]` lie in (bounds[i-1], bounds[i]]. */
  readonly counts: readonly number[];
}

/** What a reading found, by group (see `groupText`). Groups without data are absent. */
export type ReadingResult =
  | { readonly kind: 'increase'; readonly groups: ReadonlyMap<string, number> }
  | { readonly kind: 'distribution'; readonly groups: ReadonlyMap<string, DistributionReading> }
  | { readonly kind: 'levels'; readonly groups: ReadonlyMap<string, readonly LevelPoint[]> };

const RAW_WINDOW_MS = 6 * 3_600_000;
const MINUTE_MS = 60_000;

/** The text by which the result of a reading is found. */
export function readingKey(reading: Reading): string {
  return JSON.stringify(reading.kind === 'distribution' ? { ...reading, quantiles: [] } : reading);
}

/** Everything that `requests` need, each reading once, for windows that end at `windowEnd`. */
export function readingsOf(requests: readonly MeasureRequest[], windowEnd: number): Reading[] {
  const readings = new Map<string, Reading>();
  for (const reading of requests.flatMap((request) => readingsFor(request, windowEnd))) {
    const key = readingKey(reading);
    const known = readings.get(key);
    readings.set(
      key,
      reading.kind === 'distribution' && known?.kind === 'distribution'
        ? {
            ...reading,
            quantiles: [...new Set([...known.quantiles, ...reading.quantiles])].sort((a, b) => a - b),
          }
        : reading,
    );
  }
  return [...readings.values()];
}

/** The stretch of time a request is about. Windows that are read from buckets end at a full minute. */
export function rangeOf({ windowMs, offsetMs }: MeasureRequest, windowEnd: number): TimeRange {
  const end = windowEnd - offsetMs;
  const to = windowMs > RAW_WINDOW_MS ? end - (end % MINUTE_MS) : end;
  return { from: to - windowMs, to };
}

function readingsFor(request: MeasureRequest, windowEnd: number): Reading[] {
  const range = rangeOf(request, windowEnd);
  const { measure } = request;
  switch (measure.kind) {
    case 'rate':
    case 'count':
      return [{ kind: 'increase', selector: measure.counter, range }];
    case 'ratio':
      return [
        { kind: 'increase', selector: measure.numerator, range },
        { kind: 'increase', selector: measure.denominator, range },
      ];
    case 'quantile':
      return [{ kind: 'distribution', selector: measure.histogram, range, quantiles: [measure.quantile] }];
    case 'mean':
    case 'share':
      return [{ kind: 'distribution', selector: measure.histogram, range, quantiles: [] }];
    case 'gauge': {
      const { gauge: selector, over, across } = measure;
      return [{ kind: 'levels', selector, range, stepMs: request.windowMs, over, across }];
    }
    case 'slope':
    case 'time-to-limit': {
      const { gauge: selector, across } = measure;
      const stepMs = trendStepMs(request.windowMs);
      return [{ kind: 'levels', selector, range, stepMs, over: 'avg', across }];
    }
  }
}

/** What a reading was and what it found. */
export type ReadingResults = ReadonlyMap<
  string,
  { readonly reading: Reading; readonly result: ReadingResult }
>;

/** The value of a request for every group that has data; `null` where the data is too little. */
export function valuesOf(
  request: MeasureRequest,
  windowEnd: number,
  results: ReadingResults,
): ReadonlyMap<string, MeasuredValue | null> {
  const found = readingsFor(request, windowEnd).map((reading) => results.get(readingKey(reading)));
  const [first, second] = found;
  if (first === undefined) {
    return new Map();
  }
  const { measure, windowMs } = request;
  const { reading, result } = first;
  switch (result.kind) {
    case 'increase':
      return measure.kind === 'ratio' && second?.result.kind === 'increase'
        ? ratios(result.groups, second.result.groups, measure.numerator.metric)
        : mapGroups(result.groups, (rise) =>
            plainValue(measure.kind === 'rate' ? (rise * 1000) / windowMs : rise),
          );
    case 'distribution': {
      const quantiles = reading.kind === 'distribution' ? reading.quantiles : [];
      return mapGroups(result.groups, (distribution) => ofDistribution(request, distribution, quantiles));
    }
    case 'levels': {
      const { to } = rangeOf(request, windowEnd);
      return mapGroups(result.groups, (points) =>
        measure.kind === 'slope' || measure.kind === 'time-to-limit'
          ? trendValue(measure, points, windowMs, to)
          : points.length === 0
            ? null
            : plainValue(points.at(-1)?.value ?? Number.NaN),
      );
    }
  }
}

function mapGroups<From>(
  groups: ReadonlyMap<string, From>,
  value: (from: From) => MeasuredValue | null,
): Map<string, MeasuredValue | null> {
  return new Map([...groups].map(([group, from]) => [group, value(from)]));
}

/** A counter of failures often does not exist before the first failure: beside a counter that rose it stands at 0. */
function ratios(
  numerator: ReadonlyMap<string, number>,
  denominator: ReadonlyMap<string, number>,
  metric: string,
): Map<string, MeasuredValue | null> {
  return mapGroups(
    new Map([...denominator].map(([group, rise]) => [group, { rise, part: numerator.get(group) }])),
    ({ rise, part }) =>
      rise > 0
        ? plainValue(
            (part ?? 0) / rise,
            part === undefined ? `no series of ${metric} was found, which counts as 0` : '',
          )
        : null,
  );
}

function ofDistribution(
  { measure }: MeasureRequest,
  { count, sum, quantiles, bounds, counts }: DistributionReading,
  asked: readonly number[],
): MeasuredValue | null {
  if (count === 0) {
    return null;
  }
  if (measure.kind === 'quantile') {
    const value = quantiles[asked.indexOf(measure.quantile)] ?? Number.NaN;
    return Number.isNaN(value) ? null : plainValue(value);
  }
  if (measure.kind === 'share') {
    return bucketShare({ bounds, counts }, measure.bound, measure.side);
  }
  return sum === null ? null : plainValue(sum / count);
}

import { attributeKeysOf } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import { groupText } from '../counting/group-text.js';
import { seriesTest } from '../counting/series-attribution.js';
import type { MetricSelector } from '../metric-selector.js';
import { bucketQuantile } from './bucket-counts.js';
import type { MeasuredGroups } from './measured-groups.js';
import { requestKey, type LevelPoint, type MeasureRequest } from './measured-value.js';
import type { RawHistogram, RawNumbers, RawSeries } from './raw-series.js';
import {
  readingKey,
  readingsOf,
  valuesOf,
  type DistributionReading,
  type Reading,
  type ReadingResult,
} from './readings.js';

/** A gap that is longer is not bridged (`docs/metric-semantics.md`, "Increase and rate"). */
const LOOK_BACK_MS = 600_000;

/**
 * Measures of series in memory, by the rules by which stored series are measured (`docs/metric-semantics.md`).
 *
 * @param labels of the group-by
 * @param windowEnd ms; a window holds the points from its beginning up to, but not at, its end
 */
export function measureSeries(
  series: readonly RawSeries[],
  requests: readonly MeasureRequest[],
  labels: readonly string[],
  windowEnd: number,
): MeasuredGroups {
  const results = new Map(
    readingsOf(requests, windowEnd).map((reading) => [
      readingKey(reading),
      { reading, result: read(series, reading, labels) },
    ]),
  );
  return new Map(requests.map((request) => [requestKey(request), valuesOf(request, windowEnd, results)]));
}

function read(series: readonly RawSeries[], reading: Reading, labels: readonly string[]): ReadingResult {
  const groups = grouped(series, reading.selector, labels);
  const ofGroups = <To>(each: (members: readonly RawSeries[]) => To | null): Map<string, To> =>
    new Map(
      [...groups].flatMap(([group, members]) => {
        const made = each(members);
        return made === null ? [] : [[group, made] as const];
      }),
    );
  switch (reading.kind) {
    case 'increase':
      return { kind: 'increase', groups: ofGroups((members) => increase(members, reading.range)) };
    case 'distribution':
      return {
        kind: 'distribution',
        groups: ofGroups((members) => distribution(members, reading.range, reading.quantiles)),
      };
    case 'levels':
      return { kind: 'levels', groups: ofGroups((members) => levels(members, reading)) };
  }
}

function grouped(
  series: readonly RawSeries[],
  selector: MetricSelector,
  labels: readonly string[],
): Map<string, RawSeries[]> {
  const matches = seriesTest(selector.match);
  const groups = new Map<string, RawSeries[]>();
  for (const one of series) {
    const labelOf = (label: string): string => labelValue(one, label);
    if (one.metric === selector.metric && matches(labelOf)) {
      const group = groupText(labels, labels.map(labelOf));
      groups.set(group, [...(groups.get(group) ?? []), one]);
    }
  }
  return groups;
}

/** By the name of the label itself, or by that of an attribute that carries it. */
function labelValue({ labels }: RawSeries, label: string): string {
  const key = [label, ...attributeKeysOf(label)].find((each) => (labels[each] ?? '') !== '');
  return key === undefined ? '' : (labels[key] ?? '');
}

function inside({ from, to }: TimeRange): (point: { readonly at: number }) => boolean {
  return ({ at }) => at >= from && at < to;
}

/** `null` without points. */
function increase(members: readonly RawSeries[], range: TimeRange): number | null {
  const isInside = inside(range);
  let sum: number | null = null;
  for (const { points, startedAt } of members.filter((each): each is RawNumbers => each.type === 'counter')) {
    points.forEach((point, index) => {
      if (isInside(point)) {
        const before = points[index - 1];
        const near = before !== undefined && point.at - before.at <= LOOK_BACK_MS ? before.value : null;
        sum = (sum ?? 0) + (rise([point.value], near === null ? null : [near], point.at, startedAt)[0] ?? 0);
      }
    });
  }
  return sum;
}

/** What cumulative numbers rose by; all of them begin anew when any fell. */
function rise(
  values: readonly number[],
  before: readonly number[] | null,
  at: number,
  startedAt: number | null,
): number[] {
  if (before === null) {
    const isNew = startedAt !== null && at - startedAt <= LOOK_BACK_MS;
    return values.map((value) => (isNew ? value : 0));
  }
  const anew = values.some((value, index) => value < (before[index] ?? 0));
  return values.map((value, index) => (anew ? value : value - (before[index] ?? 0)));
}

function distribution(
  members: readonly RawSeries[],
  range: TimeRange,
  quantiles: readonly number[],
): DistributionReading | null {
  const histograms = members.filter((each): each is RawHistogram => each.type === 'histogram');
  const isInside = inside(range);
  if (!histograms.some(({ points }) => points.some(isInside))) {
    return null;
  }
  const bounds = (histograms[0]?.bounds ?? []).filter((bound) =>
    histograms.every((each) => each.bounds.includes(bound)),
  );
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum: number | null = 0;
  for (const histogram of histograms) {
    histogram.points.forEach((point, index) => {
      if (!isInside(point)) {
        return;
      }
      const earlier = histogram.points[index - 1];
      const near = earlier !== undefined && point.at - earlier.at <= LOOK_BACK_MS ? earlier : null;
      rise(point.counts, near?.counts ?? null, point.at, histogram.startedAt).forEach((count, bucket) => {
        const end = histogram.bounds[bucket] ?? Infinity;
        const shared = bounds.findIndex((bound) => end <= bound);
        const target = shared === -1 ? bounds.length : shared;
        counts[target] = (counts[target] ?? 0) + count;
      });
      // Sums of a histogram that began anew fall with its counts; a negative one would say nothing of that.
      const anew = near !== null && point.counts.some((count, bucket) => count < (near.counts[bucket] ?? 0));
      const sums = anew || near?.sum == null ? null : [near.sum];
      sum =
        sum === null || point.sum === null
          ? null
          : sum + (anew ? point.sum : (rise([point.sum], sums, point.at, histogram.startedAt)[0] ?? 0));
    });
  }
  const count = counts.reduce((all, each) => all + each, 0);
  return {
    count,
    sum,
    bounds,
    counts,
    quantiles: quantiles.map((each) => bucketQuantile({ bounds, counts }, each)),
  };
}

function levels(
  members: readonly RawSeries[],
  { range, stepMs, over, across }: Extract<Reading, { readonly kind: 'levels' }>,
): readonly LevelPoint[] | null {
  const numbers = members.filter((each): each is RawNumbers => each.type !== 'histogram');
  const points: LevelPoint[] = [];
  for (let at = range.from; at < range.to; at += stepMs) {
    const isInside = inside({ from: at, to: Math.min(at + stepMs, range.to) });
    const perSeries = numbers.flatMap((each) => {
      const values = each.points.filter(isInside).map(({ value }) => value);
      return values.length === 0 ? [] : [combine(values, over)];
    });
    if (perSeries.length > 0) {
      points.push({ at, value: combine(perSeries, across) });
    }
  }
  return points.length === 0 ? null : points;
}

function combine(values: readonly number[], how: 'avg' | 'min' | 'max' | 'last' | 'sum'): number {
  switch (how) {
    case 'avg':
      return values.reduce((sum, each) => sum + each, 0) / values.length;
    case 'sum':
      return values.reduce((sum, each) => sum + each, 0);
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'last':
      return values.at(-1) ?? Number.NaN;
  }
}

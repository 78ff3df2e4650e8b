import { attributeKeysOf, LABEL_ATTRIBUTES, type Labels } from '@tidewatch/core';
import type { Fixture, FixtureSeriesDocument } from './fixture-document.js';
import type { SeriesValue } from './series-notation.js';

/** A point of a counter or gauge; `null`: the series says that it has ended. Milliseconds since the epoch. */
export interface NumberPoint {
  readonly at: number;
  readonly value: number | null;
}

/** A point of a histogram: how many measurements each bucket holds. */
export interface BucketPoint {
  readonly at: number;
  readonly counts: readonly number[];
}

/** A series of a fixture with its points. */
export interface FixtureSeries {
  readonly metric: string;
  readonly labels: Labels;
  readonly temporality: 'cumulative' | 'delta';
  /** When it began at 0, milliseconds since the epoch; `null`: before anybody looked. */
  readonly startedAt: number | null;
  readonly data:
    | { readonly type: 'counter' | 'gauge'; readonly points: readonly NumberPoint[] }
    /** Bounds are the upper ends of all buckets but the last, and belong to them. */
    | {
        readonly type: 'histogram';
        readonly bounds: readonly number[];
        readonly points: readonly BucketPoint[];
      };
}

/**
 * The series of a fixture on its clock.
 *
 * One that is missing at first began at 0 one interval before its first point; one that is there from the beginning began before
 * anybody looked.
 */
export function fixtureSeries({
  series,
  start,
  interval,
}: Pick<Fixture, 'series' | 'start' | 'interval'>): FixtureSeries[] {
  return series.map((document) => {
    const data = dataOf(document, (index) => start + index * interval);
    const first = data.points[0]?.at ?? start;
    return {
      metric: document.metric,
      labels: fixtureLabels(document.labels),
      temporality: document.temporality,
      startedAt: first > start ? first - interval : null,
      data,
    };
  });
}

/**
 * Labels under their short name and under every attribute that may carry them, whichever was written: a fixture may say `service` or
 * `service.name`.
 */
export function fixtureLabels(written: Readonly<Record<string, string | number>>): Labels {
  const labels: Record<string, string> = {};
  for (const [label, value] of Object.entries(written)) {
    labels[label] = String(value);
  }
  for (const name of Object.keys(LABEL_ATTRIBUTES)) {
    const keys = [name, ...attributeKeysOf(name)];
    const value = keys.map((key) => labels[key] ?? '').find((each) => each !== '');
    if (value !== undefined) {
      keys.forEach((key) => (labels[key] ??= value));
    }
  }
  return labels;
}

function dataOf(
  { type, bounds, values }: FixtureSeriesDocument,
  timeOf: (index: number) => number,
): FixtureSeries['data'] {
  switch (values.kind) {
    case 'single':
      return { type: type === 'gauge' ? 'gauge' : 'counter', points: numberPoints(values.values, timeOf) };
    case 'buckets':
      return { type: 'histogram', bounds: bounds ?? [], points: bucketPoints(values.buckets, timeOf) };
    case 'running':
      return runningBuckets(values.buckets, timeOf);
  }
}

function numberPoints(values: readonly SeriesValue[], timeOf: (index: number) => number): NumberPoint[] {
  return values.flatMap((value, index) =>
    value === null || (typeof value === 'number' && !Number.isFinite(value))
      ? []
      : [{ at: timeOf(index), value: value === 'stale' ? null : value }],
  );
}

/** A point exists where every bucket has a number. */
function bucketPoints(
  buckets: readonly (readonly SeriesValue[])[],
  timeOf: (index: number) => number,
): BucketPoint[] {
  const length = Math.max(0, ...buckets.map((values) => values.length));
  return Array.from({ length }, (_, index) => ({
    at: timeOf(index),
    counts: buckets.map((values) => {
      const value = values[index];
      return typeof value === 'number' ? value : Number.NaN;
    }),
  })).filter(({ counts }) => counts.every((count) => Number.isFinite(count)));
}

/** Prometheus' way: each bucket holds all measurements up to its bound. */
function runningBuckets(
  values: Readonly<Record<string, readonly SeriesValue[]>>,
  timeOf: (index: number) => number,
): FixtureSeries['data'] {
  const entries = Object.entries(values)
    .map(([le, series]) => [le === '+Inf' ? Infinity : Number(le), series] as const)
    .sort(([a], [b]) => a - b);
  const bounds = entries.map(([le]) => le).filter((le) => le !== Infinity);
  const running = bucketPoints(
    entries.map(([, series]) => series),
    timeOf,
  );
  const points = running.map(({ at, counts }) => ({
    at,
    // Without +Inf nothing lies above the highest bound.
    counts: [...counts, ...(bounds.length === counts.length ? [counts.at(-1) ?? 0] : [])].map(
      (count, index, all) => count - (all[index - 1] ?? 0),
    ),
  }));
  return { type: 'histogram', bounds, points };
}

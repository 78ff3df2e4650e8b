import { linearTrend, type LinearTrend } from './linear-trend.js';
import type { Measure } from './metric-condition.js';

/** What a measure yielded for one group. */
export interface MeasuredValue {
  /** Infinite for a time to a limit that is not approached. */
  readonly value: number;
  /** Bounds of the value, 95 %: of a trend by its scatter, of a share by the buckets; `null` for values that have none. */
  readonly low: number | null;
  readonly high: number | null;
  /** What a reader should know of it, as the last part of a sentence; `''` for nothing. */
  readonly note: string;
}

/** One number that a condition needs: a measure over the `windowMs` before the end of the window less `offsetMs`. */
export interface MeasureRequest {
  readonly measure: Measure;
  readonly windowMs: number;
  readonly offsetMs: number;
}

/** Level of a gauge at a time, ms. */
export interface LevelPoint {
  readonly at: number;
  readonly value: number;
}

const HOUR_MS = 3_600_000;
const RAW_WINDOW_MS = 6 * HOUR_MS;
const MINUTE_MS = 60_000;
const TREND_STEPS = 60;

/** The text by which values of equal requests are found. */
export function requestKey({ measure, windowMs, offsetMs }: MeasureRequest): string {
  return JSON.stringify([measure, windowMs, offsetMs]);
}

/** A value without bounds. */
export function plainValue(value: number, note = ''): MeasuredValue {
  return { value, low: null, high: null, note };
}

/** Into which steps a trend cuts its window: about sixty, each at least 10 s, of whole minutes where buckets are read. */
export function trendStepMs(windowMs: number): number {
  const unit = windowMs > RAW_WINDOW_MS ? MINUTE_MS : 10_000;
  return Math.max(unit, Math.ceil(windowMs / TREND_STEPS / unit) * unit);
}

/**
 * What the levels of a window say about a trend.
 *
 * @param points one level per step, oldest first
 * @param to end of the window, ms
 * @returns `null` when there are too few points, or when they lie in less than half of the window
 */
export function trendValue(
  measure: Extract<Measure, { readonly kind: 'slope' | 'time-to-limit' }>,
  points: readonly LevelPoint[],
  windowMs: number,
  to: number,
): MeasuredValue | null {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < windowMs / 2) {
    return null;
  }
  const trend = linearTrend(points.map(({ at, value }) => [(at - to) / HOUR_MS, value] as const));
  if (trend === null) {
    return null;
  }
  return measure.kind === 'slope'
    ? { value: trend.slope, low: trend.slopeLow, high: trend.slopeHigh, note: '' }
    : timeToLimit(trend, measure);
}

/** Hours from the end of the window, where the line is at its latest, until it reaches the limit. */
function timeToLimit(
  trend: LinearTrend,
  { limit, direction }: { readonly limit: number; readonly direction: 'rising' | 'falling' },
): MeasuredValue {
  const sign = direction === 'rising' ? 1 : -1;
  const gap = sign * (limit - trend.at(0));
  if (gap <= 0) {
    return { value: 0, low: 0, high: 0, note: 'the limit is reached already' };
  }
  const [slow, fast] = [sign * trend.slopeLow, sign * trend.slopeHigh].sort((a, b) => a - b) as [
    number,
    number,
  ];
  const hours = (speed: number): number => (speed <= 0 ? Infinity : gap / speed);
  const likely = hours(sign * trend.slope);
  // A line that may as well be level approaches nothing.
  return slow <= 0
    ? {
        value: Infinity,
        low: hours(fast),
        high: Infinity,
        note: 'no trend towards the limit can be told from the scatter',
      }
    : { value: likely, low: hours(fast), high: hours(slow), note: '' };
}

import { ceilTime, floorTime } from '@tidewatch/core';
import type { MetricQueries } from '../semantics/metric-queries.js';
import type { Slicing } from './count-events.js';
import type { GaugeValues, SliValueSlice } from './event-query.js';

/** A metric query answers at most 11,000 steps. */
const SLICES_PER_QUERY = 10_000;

const MINUTE = 60_000;

/** The value of a gauge in each slice that the range touches, as charts and metric monitors compute it. */
export async function gaugeValues(
  metricQueries: MetricQueries,
  { gauge, over, across }: GaugeValues,
  groupBy: readonly string[],
  { project, range, sliceMs }: Slicing,
): Promise<SliValueSlice[]> {
  const slices: SliValueSlice[] = [];
  const end = ceilTime(range.to, sliceMs);
  for (let from = floorTime(range.from, sliceMs); from < end; from += SLICES_PER_QUERY * sliceMs) {
    const { series } = await metricQueries.gauge(project, {
      selector: gauge,
      range: { from, to: Math.min(end, from + SLICES_PER_QUERY * sliceMs) },
      step: sliceMs,
      by: groupBy,
      over,
      across,
      // Buckets of a minute cannot answer for parts of one.
      ...(sliceMs % MINUTE === 0 ? {} : { resolution: 'raw' as const }),
    });
    for (const { labels, points } of series) {
      const group = groupBy.map((label) => labels[label] ?? '');
      for (const { at, value } of points) {
        if (Number.isFinite(value)) {
          slices.push({ group, start: at, value });
        }
      }
    }
  }
  return slices;
}

import type { RawSeries } from '../condition/raw-series.js';
import type { FixtureSeries } from './fixture-series.js';

/** A longer gap is bridged by no difference, so that deltas after one need a total before them. */
const LOOK_BACK_MS = 600_000;

/** Series of a fixture as conditions measure them: totals, and levels without the marks of their end. */
export function measuredSeries(series: readonly FixtureSeries[]): RawSeries[] {
  return series.map(({ metric, labels, temporality, startedAt, data }): RawSeries => {
    const about = { metric, labels, startedAt };
    if (data.type === 'histogram') {
      const { bounds, points } = data;
      const totals = temporality === 'cumulative' ? points : running(points);
      return {
        ...about,
        type: 'histogram',
        bounds,
        points: totals.map((point) => ({ ...point, sum: null })),
      };
    }
    const points = data.points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]));
    if (data.type === 'gauge' || temporality === 'cumulative') {
      return { ...about, type: data.type, points };
    }
    const totals = running(points.map(({ at, value }) => ({ at, counts: [value] })));
    return {
      ...about,
      type: data.type,
      points: totals.map(({ at, counts }) => ({ at, value: counts[0] ?? 0 })),
    };
  });
}

interface Point {
  readonly at: number;
  readonly counts: readonly number[];
}

/** Running totals of deltas, with a total just before each point that has none within reach: there the delta counts whole. */
function running(points: readonly Point[]): Point[] {
  const totals: Point[] = [];
  let sums: readonly number[] = points[0]?.counts.map(() => 0) ?? [];
  let before = -Infinity;
  for (const { at, counts } of points) {
    if (at - before > LOOK_BACK_MS) {
      totals.push({ at: at - 1, counts: sums });
    }
    sums = counts.map((count, index) => count + (sums[index] ?? 0));
    totals.push({ at, counts: sums });
    before = at;
  }
  return totals;
}

import type { HistogramKind } from '../semantics/histogram-increase-sql.js';
import type { PointKind } from '../semantics/increase-sql.js';

/** How many stored points a metric has in an hour, and how its series count. */
export type MetricLoad =
  | {
      readonly table: 'metric_points';
      readonly metric: string;
      readonly points: number;
      readonly kind: PointKind;
    }
  | {
      readonly table: 'metric_histograms';
      readonly metric: string;
      readonly points: number;
      readonly kind: HistogramKind;
    };

/** What one statement rolls up: some metrics of one kind, or a slice of the series of one metric. */
export interface RollupUnit {
  readonly of: Pick<MetricLoad, 'table' | 'kind'>;
  readonly metrics: readonly string[];
  /** Series whose hash leaves `slice` when divided by `slices`. */
  readonly slices: number;
  readonly slice: number;
  /** About how many points it reads. */
  readonly points: number;
}

/** Points of one statement: what its sort needs stays well inside the memory of a read. A histogram is a hundred numbers. */
export const UNIT_POINTS = { metric_points: 4_000_000, metric_histograms: 200_000 } as const;

/** Names bound in one statement. */
const UNIT_METRICS = 200;

/**
 * Cuts an hour's work into statements of bounded size: small metrics of one kind together, a large one in slices of its
 * series. Every metric and kind is covered exactly once.
 */
export function rollupUnits(
  loads: readonly MetricLoad[],
  limits: Readonly<Record<MetricLoad['table'], number>> = UNIT_POINTS,
): RollupUnit[] {
  const units: (RollupUnit & { metrics: string[]; points: number })[] = [];
  const open = new Map<string, (typeof units)[number]>();
  for (const { table, kind, metric, points } of loads) {
    const limit = limits[table];
    const of = { table, kind };
    if (points > limit) {
      const slices = Math.ceil(points / limit);
      for (let slice = 0; slice < slices; slice++) {
        units.push({ of, metrics: [metric], slices, slice, points: points / slices });
      }
      continue;
    }
    const key = `${table}:${kind}`;
    let unit = open.get(key);
    if (unit === undefined || unit.points + points > limit || unit.metrics.length === UNIT_METRICS) {
      unit = { of, metrics: [], slices: 1, slice: 0, points: 0 };
      open.set(key, unit);
      units.push(unit);
    }
    unit.metrics.push(metric);
    unit.points += points;
  }
  return units;
}

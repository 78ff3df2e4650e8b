import { AppError } from '@tidewatch/core';
import type { QueryScope } from './query-scope.js';

/** How the series that a query found count. */
export interface SeriesKind {
  readonly type: string;
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly monotonic: boolean;
}

/** The kinds of the series found; none when the selector finds nothing. */
export async function findKinds(scope: QueryScope): Promise<SeriesKind[]> {
  const columns = 'MetricType AS type, AggregationTemporality AS temporality, IsMonotonic AS monotonic';
  return scope.query<SeriesKind>(
    `SELECT DISTINCT type, temporality, monotonic FROM (${scope.seriesRows(columns, 'type, temporality, monotonic')})`,
    'metric-queries.kinds',
  );
}

/**
 * Refuses kinds from which the wanted number cannot be computed.
 *
 * @throws AppError `store.selector-type`.
 */
export function requireKinds(
  metric: string,
  kinds: readonly SeriesKind[],
  wanted: string,
  fits: (kind: SeriesKind) => boolean,
): void {
  const wrong = kinds.find((kind) => !fits(kind));
  if (wrong !== undefined) {
    throw new AppError({
      code: 'store.selector-type',
      message: `Series of ${metric} are of type ${wrong.type}, temporality ${wrong.temporality}; this needs ${wanted}.`,
      hint: 'Name another metric, narrow the selector, or ask for what its type can tell.',
    });
  }
}

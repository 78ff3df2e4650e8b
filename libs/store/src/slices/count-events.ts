import { AppError } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { toNumber } from '../row-values.js';
import type { JsonNumber } from '../row-values.js';
import { histogramPoints } from '../semantics/histogram-increase-sql.js';
import { numberPoints } from '../semantics/increase-sql.js';
import { inSeries } from '../semantics/series-sql.js';
import { dayParameters, selectSeries } from './selected-series.js';
import type { SelectedSeries, Selection } from './selected-series.js';
import type { SliQuery } from './sli-query.js';
import { TEN_SECONDS } from './slice-rollup.js';
import type { SliceEvents } from './slice-rollup.js';

/**
 * Good and total events per 10-second slice in `range`, from the stored points, by slice start in milliseconds. Slices
 * without any point are absent. Fractional counts (a counter of doubles) are rounded once per slice.
 *
 * @throws AppError `store.selector-type`, `store.selector-missing` (neither good nor bad), or the engine's error.
 */
export async function countEvents(
  database: Database,
  project: string,
  query: SliQuery,
  range: TimeRange,
): Promise<Map<number, SliceEvents>> {
  const selected = await selectSeries(database, project, selectionsOf(query), range);
  if (selected.length === 0) {
    return new Map();
  }
  const threshold = query.kind === 'latency' ? { threshold: query.threshold } : {};
  const conditions = selected.map(({ condition }) => condition.parameters);
  const rows = await database.query<{ slice: string } & Record<'good' | 'bad' | 'total', JsonNumber>>(
    `SELECT slice, sumIf(events, role = 'good') AS good, sumIf(events, role = 'bad') AS bad,
            sumIf(events, role = 'total') AS total
     FROM (${selected.map(eventsSql).join('\n UNION ALL ')})
     GROUP BY slice`,
    Object.assign(
      { project, from: range.from, to: range.to, ...dayParameters(range), ...threshold },
      ...conditions,
    ) as Parameters,
    { tag: 'slo-slices.count', settings: { do_not_merge_across_partitions_select_final: 1 } },
  );
  const fromBad = query.kind === 'ratio' && query.good === null;
  return new Map(rows.map((row) => [toNumber(row.slice) * TEN_SECONDS, toEvents(row, fromBad)]));
}

function toEvents(row: Record<'good' | 'bad' | 'total', JsonNumber>, fromBad: boolean): SliceEvents {
  const total = Math.round(toNumber(row.total));
  // Bad events above the total cannot be told in unsigned counts: all of them are bad then.
  const good = fromBad ? Math.max(0, total - Math.round(toNumber(row.bad))) : Math.round(toNumber(row.good));
  return { good, total };
}

function selectionsOf(query: SliQuery): Selection[] {
  if (query.kind === 'latency') {
    return [{ role: 'histogram', selector: query.histogram, wanted: 'histogram' }];
  }
  const [role, selector] = query.good === null ? ['bad', query.bad] : ['good', query.good];
  if (selector === null) {
    throw new AppError({
      code: 'store.selector-missing',
      message: `A ratio over ${query.total.metric} names neither its good nor its bad events.`,
    });
  }
  return [
    { role, selector, wanted: 'sum' },
    { role: 'total', selector: query.total, wanted: 'sum' },
  ];
}

/** Rows (slice, role, events). */
function eventsSql({ role, wanted, condition, temporality }: SelectedSeries): string {
  // The metric's name is part of `condition` for the series, and narrows the index of the points.
  const series = `MetricName = {${role}_metric:String}
        AND ${inSeries('metric_series', [condition.sql, `AggregationTemporality = '${temporality}'`])}`;
  const filter = { series, from: '{from:Int64}', to: '{to:Int64}' };
  if (wanted === 'sum') {
    return `SELECT intDiv(time, ${SLICE_NANO}) AS slice, '${role}' AS role,
        sum(toFloat64(integer) + fraction) AS events
      FROM (${numberPoints(temporality, filter)})
      GROUP BY slice`;
  }
  return `SELECT slice, role, events
    FROM (
      SELECT intDiv(time, ${SLICE_NANO}) AS slice, toFloat64(sum(${GOOD_COUNT})) AS good, toFloat64(sum(total)) AS total
      FROM (${histogramPoints(temporality, { ...filter, series: `${series} AND ${HAS_BUCKETS}` })})
      GROUP BY slice)
    ARRAY JOIN ['good', 'total'] AS role, [good, total] AS events`;
}

const SLICE_NANO = `${TEN_SECONDS}000000`;

/** Good events of a histogram point: buckets that end at or below the bound parameter `threshold`. */
const GOOD_COUNT =
  'arraySum((count, bound) -> if(bound <= {threshold:Float64}, count, 0), arrayPopBack(counts), bounds)';

/** Without a bound nothing is known about which events were good: such points count neither way. */
const HAS_BUCKETS = 'notEmpty(ExplicitBounds)';

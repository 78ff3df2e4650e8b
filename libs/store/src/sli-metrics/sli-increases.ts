import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { numberPoints } from '../semantics/increase-sql.js';
import { IN_PARTS, MOST_ROWS, PART, partParameters, type SeriesParts } from './series-parts.js';

/** What the counters of a part rose by in a slice. */
export interface PartIncrease {
  readonly part: number;
  /** Beginning of the slice, milliseconds since the epoch. */
  readonly start: number;
  /** Whole events, but for counters of doubles. */
  readonly events: number;
}

/** From which stored form increases are read. */
export type IncreaseSource = 'raw' | '1m' | '1h';

/** A span of time in slices. */
export interface SliceSpan {
  /** Aligned to the slices. */
  readonly range: TimeRange;
  readonly sliceMs: number;
  /** Roll-ups answer for closed hours with slices of their length or a multiple of it. */
  readonly source: IncreaseSource;
}

/** Increases of counters per part and slice; those without points are absent. */
export async function sliIncreases(
  database: Database,
  project: string,
  temporality: 'delta' | 'cumulative',
  series: SeriesParts,
  span: SliceSpan,
): Promise<PartIncrease[]> {
  const increases: PartIncrease[] = [];
  for (const parameters of partParameters(series)) {
    const buffer = await database.queryBinary(
      increaseSql(temporality, span),
      { project, from: span.range.from, to: span.range.to, ...parameters },
      {
        tag: 'sli-metrics.increases',
        rows: MOST_ROWS,
        settings: { do_not_merge_across_partitions_select_final: 1 },
      },
    );
    const reader = new RowBinaryReader(buffer);
    while (reader.more) {
      increases.push({
        part: reader.uint32(),
        start: reader.uint32() * span.sliceMs,
        events: reader.float64(),
      });
    }
  }
  return increases;
}

function increaseSql(temporality: 'delta' | 'cumulative', { sliceMs, source }: SliceSpan): string {
  if (source !== 'raw') {
    return `SELECT ${PART} AS part, toUInt32(intDiv(toInt64(toUnixTimestamp(Bucket)) * 1000, ${sliceMs})) AS slice,
        sumKahan(Increase) AS events
      FROM metric_points_${source} FINAL
      WHERE Project = {project:String} AND ${IN_PARTS} AND Bucket >= toDateTime(intDiv({from:Int64}, 1000))
        AND Bucket < toDateTime(intDiv({to:Int64}, 1000)) AND toDate(Bucket) >= toDate(intDiv({from:Int64}, 1000))
      GROUP BY part, slice`;
  }
  const filter = { series: IN_PARTS, from: '{from:Int64}', to: '{to:Int64}' };
  return `SELECT ${PART} AS part, toUInt32(intDiv(time, ${sliceMs}000000)) AS slice,
      toFloat64(sum(integer)) + sumKahan(fraction) AS events
    FROM (${numberPoints(temporality, filter)}) WHERE valid
    GROUP BY part, slice`;
}

import { spanOf } from '@tidewatch/core';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { choice, CHOSEN } from './choice-sql.js';
import { IN_STREAM, streamParameters, type CountStream } from './count-stream.js';
import type { CountedVariable, CountQuery } from './feature-counts.js';
import type { MomentSums } from '@tidewatch/drift';

/**
 * Sums counts per range, variable and segment. Moments are put together as sums of powers of the distance from the
 * baseline's mean, which lies near the data, so that nothing large cancels.
 */
export async function sumCounts(
  database: Database,
  project: string,
  stream: CountStream,
  { ranges, segments, variables, versions, variants }: CountQuery,
): Promise<CountedVariable[]> {
  if (ranges.length === 0) {
    return [];
  }
  const span = spanOf(ranges);
  const bytes = await database.queryBinary(
    SUM_SQL,
    {
      ...streamParameters(project, stream),
      gridName: stream.grid.name,
      gridVersion: stream.grid.version,
      starts: ranges.map(({ from }) => from),
      ends: ranges.map(({ to }) => to),
      earliest: span.from,
      latest: span.to,
      ...choice('segment', segments),
      ...choice('variable', variables),
      ...choice('version', versions),
      ...choice('variant', variants),
    },
    { tag: 'feature-counts.sums' },
  );
  const reader = new RowBinaryReader(bytes);
  const sums: CountedVariable[] = [];
  while (reader.more) {
    sums.push(readSum(reader));
  }
  return sums;
}

const SUM_SQL = `SELECT toString(Variable) AS variable, toString(Segment) AS segment, toUInt64(position - 1),
    CAST(sumForEach(Counts), 'Array(Float64)'),
    [toFloat64(sum(Finite)), any(center), sum(Finite * e), sum(M2 + Finite * e * e),
     sum(M3 + 3 * e * M2 + Finite * pow(e, 3)), sum(M4 + 4 * e * M3 + 6 * e * e * M2 + Finite * pow(e, 4)),
     min(Min), max(Max), toFloat64(sum(Pairs)), toFloat64(sum(SameSide))]
  FROM (
    SELECT Variable, Segment, position, Counts, Finite, M2, M3, M4, Min, Max, Pairs, SameSide, Mean - center AS e, center
    FROM (
      SELECT * FROM feature_counts FINAL
      WHERE ${IN_STREAM} AND Variable != ''
        AND Bucket >= fromUnixTimestamp64Milli({earliest:Int64}) AND Bucket < fromUnixTimestamp64Milli({latest:Int64})
        AND ${CHOSEN('Segment', 'segment')} AND ${CHOSEN('Variable', 'variable')}
        AND ${CHOSEN('ModelVersion', 'version')} AND ${CHOSEN('Variant', 'variant')}
    ) AS counted
    INNER JOIN (
      SELECT toString(Feature) AS Variable, Mean AS center FROM baseline_profiles FINAL
      WHERE Project = {project:String} AND Model = {model:String} AND Name = {gridName:String} AND Version = {gridVersion:UInt64}
    ) AS profiles USING (Variable)
    ARRAY JOIN arrayFilter(i -> toUnixTimestamp64Milli(Bucket) >= {starts:Array(Int64)}[i]
                             AND toUnixTimestamp64Milli(Bucket) < {ends:Array(Int64)}[i],
                           arrayEnumerate({starts:Array(Int64)})) AS position
  )
  GROUP BY Variable, Segment, position ORDER BY Variable, Segment, position`;

function readSum(reader: RowBinaryReader): CountedVariable {
  const variable = reader.text();
  const segment = reader.text();
  const range = reader.uint64();
  const counts = reader.float64Array();
  const [count, center, s1, s2, s3, s4, min, max, pairs, sameSide] =
    reader.float64Array() as unknown as number[];
  return {
    variable,
    segment,
    range,
    counts,
    moments: centralMoments({
      count: count!,
      center: center!,
      s1: s1!,
      s2: s2!,
      s3: s3!,
      s4: s4!,
      min: min!,
      max: max!,
    }),
    lag: { pairs: pairs!, sameSide: sameSide! },
  };
}

interface PowerSums {
  readonly count: number;
  readonly center: number;
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
  readonly s4: number;
  readonly min: number;
  readonly max: number;
}

/** Central moments from sums of powers of the distance from any centre. */
function centralMoments({ count, center, s1, s2, s3, s4, min, max }: PowerSums): MomentSums {
  if (count === 0) {
    return { count: 0, mean: 0, m2: 0, m3: 0, m4: 0, min: Infinity, max: -Infinity };
  }
  const d = s1 / count;
  return {
    count,
    mean: center + d,
    m2: Math.max(0, s2 - s1 * d),
    m3: s3 - 3 * d * s2 + 2 * count * d ** 3,
    m4: Math.max(0, s4 - 4 * d * s3 + 6 * d * d * s2 - 3 * count * d ** 4),
    min,
    max,
  };
}

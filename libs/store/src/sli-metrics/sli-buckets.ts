import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { EXPONENTIAL_PART, exponentialParts } from '../semantics/exponential-increase-sql.js';
import { histogramPoints } from '../semantics/histogram-increase-sql.js';
import { IN_PARTS, MOST_ROWS, PART, partParameters, type SeriesParts } from './series-parts.js';
import type { SliceSpan } from './sli-increases.js';

/** What the histograms of a part counted in a slice, seen from some thresholds. */
export interface PartBuckets {
  readonly part: number;
  /** Beginning of the slice, milliseconds since the epoch. */
  readonly start: number;
  /** All measurements in buckets; those of histograms without buckets tell nothing and are left out. */
  readonly total: number;
  /** For each threshold the measurements in buckets that end at or below it: certainly good. */
  readonly within: readonly number[];
  /** For each threshold the measurements in the bucket it lies inside of: good or not, nobody can tell. */
  readonly astride: readonly number[];
}

/** How a histogram is stored. */
export interface HistogramForm {
  readonly type: 'histogram' | 'exponential_histogram';
  readonly temporality: 'delta' | 'cumulative';
}

/**
 * Counts of histograms per part and slice.
 *
 * The buckets are compared with the thresholds here because they are many more numbers than the counts that decide.
 *
 * @param thresholds in the unit of the metrics, above 0
 */
export async function sliBuckets(
  database: Database,
  project: string,
  form: HistogramForm,
  series: SeriesParts & { readonly thresholds: readonly number[] },
  span: SliceSpan,
): Promise<PartBuckets[]> {
  const rows: PartBuckets[] = [];
  for (const parameters of partParameters(series)) {
    const buffer = await database.queryBinary(
      bucketSql(form, span),
      { project, from: span.range.from, to: span.range.to, thresholds: series.thresholds, ...parameters },
      {
        tag: 'sli-metrics.buckets',
        rows: MOST_ROWS,
        settings: { do_not_merge_across_partitions_select_final: 1 },
      },
    );
    const reader = new RowBinaryReader(buffer);
    while (reader.more) {
      rows.push({
        part: reader.uint32(),
        start: reader.uint32() * span.sliceMs,
        total: reader.int64(),
        within: reader.array(() => reader.int64()),
        astride: reader.array(() => reader.int64()),
      });
    }
  }
  return rows;
}

const COLUMNS = 'sum(total) AS total, sumForEach(within) AS within, sumForEach(astride) AS astride';

/** Rows per point with `bounds`, `counts` (one more), whose last bucket has no upper bound. */
const EXPLICIT = `toInt64(arraySum(counts)) AS total,
      arrayMap(threshold -> toInt64(arraySum((count, bound) -> if(bound <= threshold, count, 0), arrayPopBack(counts), bounds)),
        {thresholds:Array(Float64)}) AS within,
      arrayMap(threshold -> toInt64(if(has(bounds, threshold), 0,
          counts[arrayCount(bound -> bound < threshold, bounds) + 1])), {thresholds:Array(Float64)}) AS astride`;

function bucketSql({ type, temporality }: HistogramForm, { sliceMs, source }: SliceSpan): string {
  if (type === 'exponential_histogram') {
    return exponentialSql(temporality, sliceMs);
  }
  if (source !== 'raw') {
    return `SELECT part, slice, ${COLUMNS}
      FROM (SELECT ${PART} AS part, toUInt32(intDiv(toInt64(toUnixTimestamp(Bucket)) * 1000, ${sliceMs})) AS slice, ${EXPLICIT}
        FROM (SELECT SeriesHash, Bucket, ExplicitBounds AS bounds, BucketCounts AS counts FROM metric_histograms_${source} FINAL
          WHERE Project = {project:String} AND ${IN_PARTS} AND notEmpty(ExplicitBounds)
            AND Bucket >= toDateTime(intDiv({from:Int64}, 1000)) AND Bucket < toDateTime(intDiv({to:Int64}, 1000))
            AND toDate(Bucket) >= toDate(intDiv({from:Int64}, 1000))))
      GROUP BY part, slice`;
  }
  const filter = {
    series: `${IN_PARTS} AND notEmpty(ExplicitBounds)`,
    from: '{from:Int64}',
    to: '{to:Int64}',
  };
  return `SELECT part, slice, ${COLUMNS}
    FROM (SELECT ${PART} AS part, toUInt32(intDiv(time, ${sliceMs}000000)) AS slice, ${EXPLICIT}
      FROM (SELECT SeriesHash, time, bounds, counts FROM (${histogramPoints(temporality, filter)})))
    GROUP BY part, slice`;
}

/**
 * Bucket i of scale s ends at 2^((i + 1) / 2^s): it lies within a threshold t when i + 1 <= log2(t) * 2^s. `edge` is that number; one
 * that is whole but for rounding means that t is an edge.
 */
function exponentialSql(temporality: HistogramForm['temporality'], sliceMs: number): string {
  const {
    scale,
    threshold: zeroThreshold,
    zero,
    positive,
    positiveOffset,
    negative,
    total,
  } = EXPONENTIAL_PART;
  const filter = { series: IN_PARTS, from: '{from:Int64}', to: '{to:Int64}' };
  const edges = `arrayMap(threshold -> log2(threshold) * exp2(${scale}), {thresholds:Array(Float64)})`;
  const last = 'toInt64(floor(edge + 1e-9)) - 1';
  return `SELECT bucketed AS part, slice, ${COLUMNS}
    FROM (SELECT ${PART} AS bucketed, toUInt32(intDiv(time, ${sliceMs}000000)) AS slice,
        toInt64(sign * ${total}) AS total,
        arrayMap((edge, threshold) -> toInt64(sign * (if(${zeroThreshold} <= threshold, ${zero}, 0) + arraySum(${negative})
          + arraySum((count, place) -> if(${positiveOffset} + place - 1 <= ${last}, count, 0), ${positive},
              arrayEnumerate(${positive})))), ${edges}, {thresholds:Array(Float64)}) AS within,
        arrayMap((edge, threshold) -> toInt64(sign * (if(${zeroThreshold} > threshold, ${zero}, 0)
          + if(edge - floor(edge + 1e-9) > 1e-9, arraySum((count, place) -> if(${positiveOffset} + place - 1 = ${last} + 1, count, 0),
              ${positive}, arrayEnumerate(${positive})), 0))), ${edges}, {thresholds:Array(Float64)}) AS astride
      FROM (${exponentialParts(temporality, filter)}))
    GROUP BY bucketed, slice`;
}

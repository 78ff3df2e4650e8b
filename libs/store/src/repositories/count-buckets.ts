import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import { IN_STREAM, streamParameters, type CountStream } from './count-stream.js';
import { planCounting, type CountingPiece, type CountingWork } from './plan-counting.js';
import {
  DIMENSION_VALUE,
  REPEATED_VARIABLES,
  sampleParameters,
  SAMPLES_WHERE,
  SEGMENTS,
} from './variables-sql.js';
import { sourceParameters, valuesOfSamples, type ValueSource } from './value-source.js';

/** Values of a dimension with counts of their own; further ones share the segment `<dimension>=other`. */
export const MAX_SEGMENT_VALUES = 100;

/** Cells before bins and categories: null, NaN, infinity, wrong type, unseen. As in the grids of drift. */
const FIRST_CELL = 5;

/** Buckets begin at multiples of their length since the epoch, whatever ClickHouse would take for their origin. */
const BUCKET_OF = `fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(Timestamp), {bucketMs:Int64}) * {bucketMs:Int64}, 'UTC')`;

/** Counts the buckets of a range from raw samples, in pieces that fit into a query's memory. */
export async function countBuckets(
  database: Database,
  project: string,
  stream: CountStream,
  range: TimeRange,
): Promise<void> {
  for (const piece of planCounting(await workOf(database, project, stream, range))) {
    await countPiece(database, project, stream, piece);
  }
}

/** How much there is to count. */
async function workOf(
  database: Database,
  project: string,
  stream: CountStream,
  range: TimeRange,
): Promise<CountingWork> {
  const { population, bucketMs, segments, grid } = stream;
  const within = sampleParameters(project, population, range);
  const rows = await database.query<{ bucket: string; rows: string }>(
    `SELECT toUnixTimestamp64Milli(${BUCKET_OF}) AS bucket, count() AS rows FROM predictions
     WHERE ${SAMPLES_WHERE} GROUP BY bucket ORDER BY bucket`,
    { ...within, bucketMs },
    { tag: 'feature-counts.rows' },
  );
  const [variables] = await database.query<{ count: string }>(
    `SELECT count() AS count ${profilesOf(stream)}`,
    { project, model: population.model, gridName: grid.name, gridVersion: grid.version },
    { tag: 'feature-counts.variables' },
  );
  const [named] =
    segments.length === 0
      ? []
      : await database.query<{ count: string }>(
          `SELECT uniqArray(${SEGMENTS}) AS count FROM predictions WHERE ${SAMPLES_WHERE}`,
          { ...within, dimensions: segments, crowded: [], named: [] },
          { tag: 'feature-counts.segments' },
        );
  return {
    range,
    buckets: rows.map((row) => ({ start: toNumber(row.bucket), rows: toNumber(row.rows) })),
    variables: toNumber(variables?.count ?? 0),
    segmentsPerSample: 1 + segments.length,
    segments: Math.min(toNumber(named?.count ?? 1), 1 + segments.length * (MAX_SEGMENT_VALUES + 1)),
  };
}

async function countPiece(
  database: Database,
  project: string,
  stream: CountStream,
  { range, parts }: CountingPiece,
): Promise<void> {
  const { population, grid, segments, bucketMs } = stream;
  const now = Date.now();
  const inStream = { ...streamParameters(project, stream), from: range.from, to: range.to };
  // What was counted before and is not there any more must not survive: empty counts first, the new ones on top.
  await database.insertSelect(
    `INSERT INTO feature_counts (Project, Model, Stream, Grid, Variable, Segment, Bucket, ModelVersion, Variant, Counts, Finite,
       Mean, M2, M3, M4, Min, Max, Pairs, SameSide, ComputedAt)
     SELECT Project, Model, Stream, Grid, Variable, Segment, Bucket, ModelVersion, Variant, [], 0, 0, 0, 0, 0, inf, -inf, 0, 0, {computedAt:UInt64}
     FROM feature_counts WHERE ${IN_STREAM} AND Variable != ''
       AND Bucket >= fromUnixTimestamp64Milli({from:Int64}) AND Bucket < fromUnixTimestamp64Milli({to:Int64})
     GROUP BY Project, Model, Stream, Grid, Variable, Segment, Bucket, ModelVersion, Variant`,
    { ...inStream, computedAt: now },
    { tag: 'feature-counts.clear' },
  );
  const others = await crowdedSegments(database, project, stream, range);
  const marked = {
    ...sampleParameters(project, population, range),
    stream: stream.stream,
    grid: inStream.grid,
    bucketMs,
    dimensions: segments,
    crowded: others.dimensions,
    named: others.named,
    computedAt: now + 1,
  };
  const counted = {
    ...marked,
    ...sourceParameters(project, stream, range),
    gridName: grid.name,
    gridVersion: grid.version,
    repeated: REPEATED_VARIABLES,
  };
  for (let part = 0; part < parts; part += 1) {
    await database.insertSelect(
      countSql(stream),
      { ...counted, part, parts },
      { tag: 'feature-counts.count' },
    );
  }
  await database.insertSelect(MARK_SQL, marked, { tag: 'feature-counts.mark' });
}

/** Dimensions with too many values, and which of their values keep counts of their own: the most frequent so far. */
async function crowdedSegments(
  database: Database,
  project: string,
  stream: CountStream,
  range: TimeRange,
): Promise<{ readonly dimensions: string[]; readonly named: string[] }> {
  if (stream.segments.length === 0) {
    return { dimensions: [], named: [] };
  }
  const rows = await database.query<{ dimension: string; segments: string[]; total: string }>(
    `SELECT dimension, arraySlice(groupArray(segment), 1, ${MAX_SEGMENT_VALUES}) AS segments, count() AS total FROM (
       SELECT dimension, concat(dimension, '=', ${DIMENSION_VALUE('dimension')}) AS segment, count() AS rows,
              segment IN (SELECT DISTINCT Segment FROM feature_counts WHERE ${IN_STREAM} AND Variable = '') AS known
       FROM predictions ARRAY JOIN {dimensions:Array(String)} AS dimension
       WHERE ${SAMPLES_WHERE} AND ${DIMENSION_VALUE('dimension')} != ''
       GROUP BY dimension, segment ORDER BY known DESC, rows DESC, segment)
     GROUP BY dimension HAVING total > ${MAX_SEGMENT_VALUES}`,
    {
      ...sampleParameters(project, stream.population, range),
      ...streamParameters(project, stream),
      dimensions: stream.segments,
    },
    { tag: 'feature-counts.crowded' },
  );
  return {
    dimensions: rows.map(({ dimension }) => dimension),
    named: rows.flatMap(({ segments }) => segments),
  };
}

/** The cells of a grid's variables, of the kind that a stream counts: truth, or all others. */
const profilesOf = ({ truth }: ValueSource, join = ''): string => `FROM baseline_profiles FINAL ${join}
  WHERE Project = {project:String} AND Model = {model:String} AND Name = {gridName:String} AND Version = {gridVersion:UInt64}
    AND ${truth === null ? 'NOT ' : ''}startsWith(Feature, 'truth:')`;

/** One row per variable of the grid that this part counts. */
const gridsOf = (
  source: ValueSource,
): string => `SELECT toString(Feature) AS variable, Type = 'numeric' AS isNumeric, Mean AS center,
    toUInt32(${FIRST_CELL} + if(isNumeric, length(Edges) + 1, length(CategoryNames))) AS cells,
    toUInt32(${FIRST_CELL} + if(isNumeric, intDiv(length(Edges) + 1, 2), 1)) AS split ${profilesOf(source)}
    AND cityHash64(Feature) % {parts:UInt32} = {part:UInt32}`;
/** One row per edge or category, numbered from 1. */
const edgesOf = (
  source: ValueSource,
): string => `SELECT toString(Feature) AS ofVariable, edge, toUInt32(position) AS position
  ${profilesOf(source, 'ARRAY JOIN Edges AS edge, arrayEnumerate(Edges) AS position')}`;
const categoriesOf = (
  source: ValueSource,
): string => `SELECT toString(Feature) AS ofVariable, category, toUInt32(position) AS position
  ${profilesOf(source, 'ARRAY JOIN CategoryNames AS category, arrayEnumerate(CategoryNames) AS position')}`;

/**
 * Every value with its cell. The bin of a number is the number of edges at or below it, which the ASOF JOIN finds by binary
 * search in the sorted edges of its variable: a scan of the edges per value would cost a thousand comparisons.
 */
const cellsOf = (
  source: ValueSource,
): string => `SELECT bucket, version, variant, segments, session, time, id, variable, center, split, number,
    multiIf(kind = 2, 0,
      isNumeric, multiIf(kind = 0, multiIf(isNaN(number), 1, isInfinite(number), 2, ${FIRST_CELL} + edges.position),
                         text = 'NaN', 1, text IN ('Infinity', '-Infinity'), 2, 3),
      kind = 0, 3, categories.position > 0, ${FIRST_CELL - 1} + categories.position, 4)::UInt32 AS cell
  FROM (SELECT * FROM (${valuesOfSamples(
    source,
    `${BUCKET_OF} AS bucket, toString(ModelVersion) AS version, toString(Variant) AS variant, ${SEGMENTS} AS segments,
     SessionId AS session, Timestamp AS time, PredictionId AS id`,
    SAMPLES_WHERE,
  )}) AS samples INNER JOIN (${gridsOf(source)}) AS grids USING (variable)) AS known
  LEFT JOIN (${categoriesOf(source)}) AS categories ON known.variable = categories.ofVariable AND known.text = categories.category
  ASOF LEFT JOIN (${edgesOf(source)}) AS edges ON known.variable = edges.ofVariable AND known.number >= edges.edge`;

/** With whether the usable value before, of the same session and bucket, was on the same side of the grid's middle. */
const pairedOf = (
  source: ValueSource,
): string => `SELECT bucket, version, variant, segments, variable, cell, number - center AS distance, cell >= ${FIRST_CELL} AS usable,
    lagInFrame(toInt8(cell < split), 1, toInt8(-1)) OVER order AS before, toInt8(cell < split) AS side
  FROM (${cellsOf(source)})
  WINDOW order AS (PARTITION BY bucket, variable, session, cell >= ${FIRST_CELL} ORDER BY time, id
                   ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`;

const byCellOf = (
  source: ValueSource,
): string => `SELECT bucket, version, variant, segment, variable, cell, toUInt32(count()) AS c,
    countIf(usable) AS n, sumIf(distance, usable) AS s1, sumIf(pow(distance, 2), usable) AS s2,
    sumIf(pow(distance, 3), usable) AS s3, sumIf(pow(distance, 4), usable) AS s4,
    minIf(distance, usable) AS low, maxIf(distance, usable) AS high,
    countIf(usable AND segment = '' AND before >= 0) AS pairs,
    countIf(usable AND segment = '' AND before = side) AS same
  FROM (${pairedOf(source)}) ARRAY JOIN segments AS segment
  GROUP BY bucket, version, variant, segment, variable, cell`;

const byVariableOf = (
  source: ValueSource,
): string => `SELECT bucket, version, variant, segment, variable, groupArrayInsertAt(toUInt32(0))(c, cell) AS filled,
    sum(c) AS present, sum(n) AS finite, sum(s1) AS t1, sum(s2) AS t2, sum(s3) AS t3, sum(s4) AS t4,
    minIf(low, n > 0) AS least, maxIf(high, n > 0) AS most, sum(pairs) AS allPairs, sum(same) AS allSame
  FROM (${byCellOf(source)}) GROUP BY bucket, version, variant, segment, variable`;

const SAMPLES = `SELECT ${BUCKET_OF} AS bucket, toString(ModelVersion) AS version, toString(Variant) AS variant, segment,
    count() AS rows
  FROM predictions FINAL ARRAY JOIN ${SEGMENTS} AS segment WHERE ${SAMPLES_WHERE}
  GROUP BY bucket, version, variant, segment`;

/** Samples that lack a variable altogether count as null; central moments from sums about the baseline's mean. */
const countSql = (
  source: ValueSource,
): string => `INSERT INTO feature_counts (Project, Model, Stream, Grid, Variable, Segment, Bucket, ModelVersion, Variant,
    Counts, Finite, Mean, M2, M3, M4, Min, Max, Pairs, SameSide, ComputedAt)
  SELECT {project:String}, {model:String}, {stream:String}, {grid:String}, variable, segment, bucket, version, variant,
    arrayMap((count, index) -> if(index = 1 AND NOT has({repeated:Array(String)}, variable), count + toUInt32(rows - present), count),
      arrayResize(filled, cells) AS resized, arrayEnumerate(resized)),
    if(isNumeric, finite, 0), if(isNumeric AND finite > 0, center + t1 / finite AS mean, 0),
    if(isNumeric AND finite > 0, greatest(0, t2 - t1 * (t1 / finite AS d)), 0),
    if(isNumeric AND finite > 0, t3 - 3 * d * t2 + 2 * finite * pow(d, 3), 0),
    if(isNumeric AND finite > 0, greatest(0, t4 - 4 * d * t3 + 6 * d * d * t2 - 3 * finite * pow(d, 4)), 0),
    if(isNumeric AND finite > 0, center + least, inf), if(isNumeric AND finite > 0, center + most, -inf),
    allPairs, allSame, {computedAt:UInt64}
  FROM (SELECT * FROM (${SAMPLES}) AS samples CROSS JOIN (${gridsOf(source)}) AS grids) AS wanted
  LEFT JOIN (${byVariableOf(source)}) AS found USING (bucket, version, variant, segment, variable)`;

/** Says of every bucket that it was counted, and how many samples of each version, variant and segment it has. */
const MARK_SQL = `INSERT INTO feature_counts (Project, Model, Stream, Grid, Variable, Segment, Bucket, ModelVersion, Variant,
    Counts, Finite, Mean, M2, M3, M4, Min, Max, Pairs, SameSide, ComputedAt)
  SELECT {project:String}, {model:String}, {stream:String}, {grid:String}, '', segment, bucket, version, variant,
    [toUInt32(rows)], 0, 0, 0, 0, 0, inf, -inf, 0, 0, {computedAt:UInt64} FROM (${SAMPLES})
  UNION ALL
  SELECT {project:String}, {model:String}, {stream:String}, {grid:String}, '', '', bucket, '', '',
    [], 0, 0, 0, 0, 0, inf, -inf, 0, 0, {computedAt:UInt64} - 1
  FROM (SELECT fromUnixTimestamp64Milli({from:Int64} + number * {bucketMs:Int64}, 'UTC') AS bucket
        FROM numbers(toUInt64(intDiv({to:Int64} - {from:Int64}, {bucketMs:Int64}))))`;

import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import { IN_STREAM, streamParameters, type CountStream } from './count-stream.js';
import { KEPT_PER_BUCKET } from './kept-samples.js';
import { planCounting, type CountingPiece, type CountingWork } from './plan-counting.js';
import {
  DIMENSION_VALUE,
  REPEATED_VARIABLES,
  sampleParameters,
  SAMPLES_WHERE,
  SEGMENTS,
} from './variables-sql.js';
import { samplesOf, sourceParameters, valuesIn, valuesOfSamples, type ValueSource } from './value-source.js';

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
  const { cells, ...work } = await workOf(database, project, stream, range);
  for (const piece of planCounting(work)) {
    await countPiece(database, project, stream, { ...piece, cells });
  }
}

/** How much there is to count. */
async function workOf(
  database: Database,
  project: string,
  stream: CountStream,
  range: TimeRange,
): Promise<CountingWork & { readonly cells: number }> {
  const { population, bucketMs, segments, grid } = stream;
  const within = sampleParameters(project, population, range);
  const rows = await database.query<{ bucket: string; rows: string }>(
    `SELECT toUnixTimestamp64Milli(${BUCKET_OF}) AS bucket, count() AS rows FROM predictions
     WHERE ${SAMPLES_WHERE} GROUP BY bucket ORDER BY bucket`,
    { ...within, bucketMs },
    { tag: 'feature-counts.rows' },
  );
  const [variables] = await database.query<{ count: string; cells: string }>(
    `SELECT count() AS count, max(${CELLS_OF_PROFILE}) AS cells ${profilesOf(stream)}`,
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
    cells: toNumber(variables?.cells ?? 0),
    segmentsPerSample: 1 + segments.length,
    segments: Math.min(toNumber(named?.count ?? 1), 1 + segments.length * (MAX_SEGMENT_VALUES + 1)),
  };
}

async function countPiece(
  database: Database,
  project: string,
  stream: CountStream,
  { range, parts, cells }: CountingPiece & { readonly cells: number },
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
  const sampled = {
    ...sampleParameters(project, population, range),
    stream: stream.stream,
    bucketMs,
    dimensions: segments,
    crowded: others.dimensions,
    named: others.named,
    computedAt: now + 1,
  };
  const marked = { ...sampled, grid: inStream.grid };
  const counted = {
    ...marked,
    ...sourceParameters(project, stream, range),
    gridName: grid.name,
    gridVersion: grid.version,
    repeated: REPEATED_VARIABLES,
  };
  for (let part = 0; part < parts; part += 1) {
    await database.insertSelect(
      countSql(stream, Math.max(1, cells)),
      { ...counted, part, parts },
      { tag: 'feature-counts.count' },
    );
  }
  await database.insertSelect(MARK_SQL, marked, { tag: 'feature-counts.mark' });
  await database.insertSelect(
    keepSql(stream),
    { ...sampled, ...sourceParameters(project, stream, range) },
    { tag: 'feature-counts.keep' },
  );
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

/** SQL of the cells that a profile has. */
const CELLS_OF_PROFILE = `${FIRST_CELL} + if(Type = 'numeric', length(Edges) + 1, length(CategoryNames))`;

/** The cells of a grid's variables, of the kind that a stream counts: truth, or all others. */
const profilesOf = ({ truth }: ValueSource, join = ''): string => `FROM baseline_profiles FINAL ${join}
  WHERE Project = {project:String} AND Model = {model:String} AND Name = {gridName:String} AND Version = {gridVersion:UInt64}
    AND ${truth === null ? 'NOT ' : ''}startsWith(Feature, 'truth:')`;

/**
 * One row per variable of the grid that this part counts. Variables and places (a bucket's version, variant and segment) are
 * told apart by 64-bit hashes: joining and grouping millions of values by text takes several times as long.
 */
const gridsOf = (
  source: ValueSource,
): string => `SELECT toString(Feature) AS variable, cityHash64(variable) AS feature, Type = 'numeric' AS isNumeric, Mean AS center,
    toUInt32(${CELLS_OF_PROFILE}) AS cells,
    toUInt32(${FIRST_CELL} + if(isNumeric, intDiv(length(Edges) + 1, 2), 1)) AS split ${profilesOf(source)}
    AND feature % {parts:UInt32} = {part:UInt32}`;
/** One row per edge or category, numbered from 1. */
const edgesOf = (
  source: ValueSource,
): string => `SELECT cityHash64(toString(Feature)) AS ofFeature, edge, toUInt32(position) AS position
  ${profilesOf(source, 'ARRAY JOIN Edges AS edge, arrayEnumerate(Edges) AS position')}`;
const categoriesOf = (
  source: ValueSource,
): string => `SELECT cityHash64(toString(Feature)) AS ofFeature, category, toUInt32(position) AS position
  ${profilesOf(source, 'ARRAY JOIN CategoryNames AS category, arrayEnumerate(CategoryNames) AS position')}`;

/** SQL of a place's hash. */
const PLACE = (segment: string): string =>
  `cityHash64(toUnixTimestamp64Milli(bucket), version, variant, toString(${segment}))`;

/**
 * Every value with its cell. The bin of a number is the number of edges at or below it, which the ASOF JOIN finds by binary
 * search in the sorted edges of its variable: a scan of the edges per value would cost a thousand comparisons.
 */
const cellsOf = (
  source: ValueSource,
): string => `SELECT bucket, places, session, time, id, feature, center, split, number,
    multiIf(kind = 2, 0,
      isNumeric, multiIf(kind = 0, multiIf(isNaN(number), 1, isInfinite(number), 2, ${FIRST_CELL} + edges.position),
                         text = 'NaN', 1, text IN ('Infinity', '-Infinity'), 2, 3),
      kind = 0, 3, categories.position > 0, ${FIRST_CELL - 1} + categories.position, 4)::UInt32 AS cell
  FROM (SELECT * FROM (SELECT *, cityHash64(variable) AS feature FROM (${valuesOfSamples(
    source,
    `${BUCKET_OF} AS bucket, toString(ModelVersion) AS version, toString(Variant) AS variant,
     arrayMap(each -> ${PLACE('each')}, ${SEGMENTS}) AS places, SessionId AS session, Timestamp AS time, PredictionId AS id`,
    SAMPLES_WHERE,
  )})) AS samples INNER JOIN (${gridsOf(source)}) AS grids USING (feature)) AS known
  LEFT JOIN (${categoriesOf(source)}) AS categories ON known.feature = categories.ofFeature AND known.text = categories.category
  ASOF LEFT JOIN (${edgesOf(source)}) AS edges ON known.feature = edges.ofFeature AND known.number >= edges.edge`;

/** With whether the usable value before, of the same session and bucket, was on the same side of the grid's middle. */
const pairedOf = (
  source: ValueSource,
): string => `SELECT places, feature, cell, number - center AS distance, distance * distance AS squared, cell >= ${FIRST_CELL} AS usable,
    lagInFrame(toInt8(cell < split), 1, toInt8(-1)) OVER order AS before, toInt8(cell < split) AS side
  FROM (${cellsOf(source)})
  WINDOW order AS (PARTITION BY bucket, feature, session, cell >= ${FIRST_CELL} ORDER BY time, id
                   ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`;

/** Counts straight into an array per place and variable: a group per cell, put together afterwards, takes twice as long. */
const countedOf = (
  source: ValueSource,
  cells: number,
): string => `SELECT cityHash64(place, feature) AS counted, countResample(0, ${cells}, 1)(cell) AS filled,
    count() AS present, countIf(usable) AS finite, sumIf(distance, usable) AS t1, sumIf(squared, usable) AS t2,
    sumIf(squared * distance, usable) AS t3, sumIf(squared * squared, usable) AS t4,
    minIf(distance, usable) AS least, maxIf(distance, usable) AS most,
    countIf(usable AND number = 1 AND before >= 0) AS pairs, countIf(usable AND number = 1 AND before = side) AS same
  FROM (${pairedOf(source)}) ARRAY JOIN places AS place, arrayEnumerate(places) AS number
  GROUP BY counted`;

const SAMPLES = `SELECT ${BUCKET_OF} AS bucket, toString(ModelVersion) AS version, toString(Variant) AS variant, segment,
    count() AS rows
  FROM predictions FINAL ARRAY JOIN ${SEGMENTS} AS segment WHERE ${SAMPLES_WHERE}
  GROUP BY bucket, version, variant, segment`;

/** Samples that lack a variable altogether count as null; central moments from sums about the baseline's mean. */
const countSql = (
  source: ValueSource,
  mostCells: number,
): string => `INSERT INTO feature_counts (Project, Model, Stream, Grid, Variable, Segment, Bucket, ModelVersion, Variant,
    Counts, Finite, Mean, M2, M3, M4, Min, Max, Pairs, SameSide, ComputedAt)
  SELECT {project:String}, {model:String}, {stream:String}, {grid:String}, variable, segment, bucket, version, variant,
    arrayConcat([toUInt64(filled[1] + if(has({repeated:Array(String)}, variable), 0, rows - present))], arraySlice(arrayResize(filled, cells), 2)),
    if(isNumeric, finite, 0), if(isNumeric AND finite > 0, center + t1 / finite AS mean, 0),
    if(isNumeric AND finite > 0, greatest(0, t2 - t1 * (t1 / finite AS d)), 0),
    if(isNumeric AND finite > 0, t3 - 3 * d * t2 + 2 * finite * pow(d, 3), 0),
    if(isNumeric AND finite > 0, greatest(0, t4 - 4 * d * t3 + 6 * d * d * t2 - 3 * finite * pow(d, 4)), 0),
    if(isNumeric AND finite > 0, center + least, inf), if(isNumeric AND finite > 0, center + most, -inf),
    pairs, same, {computedAt:UInt64}
  FROM (SELECT *, cityHash64(${PLACE('segment')}, feature) AS counted
        FROM (${SAMPLES}) AS samples CROSS JOIN (${gridsOf(source)}) AS grids) AS wanted
  LEFT JOIN (${countedOf(source, mostCells)}) AS found USING (counted)`;

/** Keeps some samples of each bucket. Their ids are chosen first: sorting whole samples would hold them all in memory. */
const keepSql = (
  source: ValueSource,
): string => `INSERT INTO sample_reservoir (Project, Model, Stream, Bucket, PredictionId, Hash, Timestamp, ModelVersion, Variant,
    Segments, Variables, Kinds, Numbers, Texts, ComputedAt)
  SELECT {project:String}, {model:String}, {stream:String}, ${BUCKET_OF}, PredictionId, cityHash64(PredictionId), Timestamp,
    ModelVersion, Variant, ${SEGMENTS}, arrayMap(item -> tupleElement(item, 1), items), arrayMap(item -> tupleElement(item, 2), items),
    arrayMap(item -> tupleElement(item, 3), items), arrayMap(item -> tupleElement(item, 4), items), {computedAt:UInt64}
  FROM (SELECT *, ${valuesIn(source)} AS items FROM ${samplesOf(source)}
        WHERE ${SAMPLES_WHERE} AND PredictionId IN (
          SELECT id FROM (SELECT DISTINCT ${BUCKET_OF} AS bucket, PredictionId AS id FROM predictions WHERE ${SAMPLES_WHERE})
          ORDER BY cityHash64(id), id LIMIT ${KEPT_PER_BUCKET} BY bucket))`;

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

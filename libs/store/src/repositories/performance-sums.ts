import { spanOf, type TimeRange } from '@tidewatch/core';
import type { PerformanceSums, Population, ScoreBin, SegmentPerformance } from '@tidewatch/drift';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { choice, CHOSEN } from './choice-sql.js';
import { labelParameters, LABELS_BY_PREDICTION, MATURE_LABEL, PREDICTED_CLASS } from './labelled-sql.js';
import { rangeParameters, slotOf } from './ranges-sql.js';
import { DIMENSION_VALUE, sampleParameters, SAMPLES_WHERE, SEGMENTS } from './variables-sql.js';

/** Which predictions are summed, and which labels count for them. */
export interface PerformanceQuery {
  readonly population: Population;
  /** Stretches that do not overlap. */
  readonly ranges: readonly TimeRange[];
  /** How long after its prediction a label counts. */
  readonly maturityMs: number;
  /** Labels of this source only; empty for any. */
  readonly labelSource: string;
  /** `null` for a model of several equal classes. */
  readonly positive: string | null;
  readonly segments: readonly string[];
  readonly versions?: readonly string[];
  readonly variants?: readonly string[];
}

/** As many as the drift library's `PERFORMANCE_GROUPS` and `SCORE_BINS`. */
const GROUPS = 20;
const SCORE_BINS = 1_000;
/** Classes beyond the most frequent ones count as one: a recommender has a million. */
const MAX_CLASSES = 200;
/** Values per query that become segments of their own. */
const MAX_SEGMENTS = 200;
/** Sums predictions with their labels, by segment and group; segments without predictions are absent. */
export async function sumPerformanceOf(
  database: Database,
  project: string,
  query: PerformanceQuery,
): Promise<SegmentPerformance[]> {
  if (query.ranges.length === 0) {
    return [];
  }
  const parameters = await performanceParameters(database, project, query);
  const bytes = await database.queryBinary(sumSql(query.ranges.length), parameters, {
    tag: 'performance.sums',
  });
  const bySegment = new Map<string, PerformanceSums[]>();
  const reader = new RowBinaryReader(bytes);
  while (reader.more) {
    const segment = reader.text();
    const group = reader.uint64();
    const groups = bySegment.get(segment) ?? Array.from({ length: GROUPS }, () => NOTHING);
    groups[group] = readSums(reader);
    bySegment.set(segment, groups);
  }
  return [...bySegment].map(([segment, groups]) => ({ segment, groups }));
}

async function performanceParameters(
  database: Database,
  project: string,
  query: PerformanceQuery,
): Promise<Parameters> {
  const { population, ranges, positive, segments, versions, variants } = query;
  const span = spanOf(ranges);
  const within = { ...sampleParameters(project, population, span), ...rangeParameters(ranges) };
  const classes =
    positive !== null
      ? [positive]
      : (
          await database.query<{ classes: string[] }>(
            `SELECT topK(${MAX_CLASSES})(${PREDICTED_CLASS}) AS classes FROM predictions
             WHERE ${SAMPLES_WHERE} AND ${slotOf(ranges.length)} >= 0`,
            within,
            { tag: 'performance.classes' },
          )
        ).flatMap((row) => row.classes);
  const named =
    segments.length === 0
      ? []
      : await database.query<{ segment: string }>(
          `SELECT concat(dimension, '=', ${DIMENSION_VALUE('dimension')}) AS segment
           FROM predictions ARRAY JOIN {dimensions:Array(String)} AS dimension
           WHERE ${SAMPLES_WHERE} AND ${slotOf(ranges.length)} >= 0 AND ${DIMENSION_VALUE('dimension')} != ''
           GROUP BY segment ORDER BY count() DESC, segment LIMIT ${MAX_SEGMENTS}`,
          { ...within, dimensions: segments },
          { tag: 'performance.segments' },
        );
  return {
    ...within,
    ...labelParameters(span, query),
    ...choice('version', versions),
    ...choice('variant', variants),
    positive: positive ?? '',
    classes,
    dimensions: segments,
    crowded: segments,
    named: named.map(({ segment }) => segment),
  };
}

/** The probability of the event, within [0, 1]; a score beyond that is no probability. */
const SCORE = `if({positive:String} != '',
    if(mapContains(PredictionScores, {positive:String}), toNullable(PredictionScores[{positive:String}]), PredictionScore),
    if(notEmpty(PredictionScores), toNullable(arrayMax(mapValues(PredictionScores))), PredictionScore))`;

/** A class that keeps its name, or `other`. */
const NAMED_CLASS = (name: string): string => `if(has({classes:Array(String)}, ${name}), ${name}, 'other')`;

/** A prediction, its label, and what follows from both; see `PerformanceSums` of the drift library. */
const rowsSql = (ranges: number): string => `SELECT ${SEGMENTS} AS segments,
    cityHash64(PredictionId) % ${GROUPS} AS grp,
    ${MATURE_LABEL('labels', 'predictions.Timestamp')} AS label,
    tupleElement(label, 3) AS truth, tupleElement(label, 4) AS trueValue, tupleElement(label, 5) AS outcome,
    (truth != '' OR isNotNull(trueValue) OR isNotNull(outcome)) AS isLabelled,
    ${SCORE} AS rawScore,
    if(rawScore >= 0 AND rawScore <= 1, rawScore, NULL) AS score,
    if({positive:String} != '' AND PredictionLabel = '' AND empty(PredictionScores) AND isNotNull(score),
       if(assumeNotNull(score) >= 0.5, {positive:String}, concat('not ', {positive:String})), ${PREDICTED_CLASS}) AS predicted,
    startsWith(predicted, concat('not ', {positive:String})) AND {positive:String} != '' AS isDerived,
    (truth != '' AND predicted != '') AS isClassified,
    if(isDerived, truth != {positive:String}, predicted = truth) AS isRight,
    if({positive:String} != '', truth = {positive:String}, isRight) AS isHit,
    (isClassified AND isNotNull(score)) AS isScored,
    if({positive:String} != '' OR empty(PredictionScores), if(isHit, assumeNotNull(score), 1 - assumeNotNull(score)),
       PredictionScores[truth]) AS likelihood,
    (isScored AND ({positive:String} != '' OR notEmpty(PredictionScores))) AS hasLikelihood,
    if({positive:String} != '', pow(1 - likelihood, 2),
       arraySum(each -> each * each, mapValues(PredictionScores)) - 2 * likelihood + 1) AS squaredDistance,
    (isNotNull(PredictionValue) AND isNotNull(trueValue) AND isFinite(assumeNotNull(PredictionValue)) AND isFinite(assumeNotNull(trueValue))) AS isMeasured,
    assumeNotNull(PredictionValue) - assumeNotNull(trueValue) AS error,
    toUInt32(2 * least(${SCORE_BINS - 1}, toUInt32(assumeNotNull(score) * ${SCORE_BINS} + 1e-9))
      + ({positive:String} = '' OR predicted = {positive:String})) AS bin
  FROM predictions FINAL
  LEFT JOIN (${LABELS_BY_PREDICTION(`SELECT PredictionId FROM predictions WHERE ${SAMPLES_WHERE}`)}) AS known
    ON predictions.PredictionId = known.labelOf
  WHERE ${SAMPLES_WHERE} AND ${slotOf(ranges)} >= 0
    AND ${CHOSEN('ModelVersion', 'version')} AND ${CHOSEN('Variant', 'variant')}`;

const sumSql = (ranges: number): string => `SELECT segment, toUInt64(grp),
    [toFloat64(count()), toFloat64(countIf(isLabelled)), toFloat64(countIf(isClassified)), toFloat64(countIf(isClassified AND isRight)),
     toFloat64(countIf(hasLikelihood)), sumIf(-log(greatest(1e-15, likelihood)), hasLikelihood), sumIf(squaredDistance, hasLikelihood),
     toFloat64(countIf(isMeasured)), sumIf(error, isMeasured), sumIf(abs(error), isMeasured), sumIf(error * error, isMeasured),
     if(countIf(isMeasured) = 0, 0, avgIf(assumeNotNull(trueValue), isMeasured)),
     if(countIf(isMeasured) = 0, 0, varPopStableIf(assumeNotNull(trueValue), isMeasured) * countIf(isMeasured)),
     toFloat64(countIf(isNotNull(outcome))), sumIf(assumeNotNull(outcome), isNotNull(outcome))],
    tupleElement(sumMapIf([concat(${NAMED_CLASS('predicted')}, '\\0', ${NAMED_CLASS('truth')})], [toUInt64(1)], isClassified) AS pairs, 1),
    CAST(tupleElement(pairs, 2), 'Array(Float64)'),
    CAST(tupleElement(sumMapIf([bin], [toUInt64(1)], [toUInt64(isClassified)], [toUInt64(isClassified AND isHit)],
      [if(isClassified, assumeNotNull(score), 0)], isNotNull(score) AND predicted != '') AS bins, 1), 'Array(Float64)'),
    CAST(tupleElement(bins, 2), 'Array(Float64)'), CAST(tupleElement(bins, 3), 'Array(Float64)'),
    CAST(tupleElement(bins, 4), 'Array(Float64)'), CAST(tupleElement(bins, 5), 'Array(Float64)')
  FROM (${rowsSql(ranges)}) ARRAY JOIN segments AS segment
  GROUP BY segment, grp ORDER BY segment, grp`;

const NOTHING: PerformanceSums = {
  ...{ predictions: 0, labelled: 0, classified: 0, correct: 0 },
  confusion: new Map(),
  logLoss: { count: 0, sum: 0 },
  brier: { count: 0, sum: 0 },
  scores: new Map(),
  errors: { error: 0, absolute: 0, squared: 0, truth: { count: 0, mean: 0, m2: 0 } },
  outcome: { count: 0, sum: 0 },
};

function readSums(reader: RowBinaryReader): PerformanceSums {
  const values = reader.float64Array();
  const at = (index: number): number => values[index] ?? 0;
  const pairs = reader.textArray();
  const cases = reader.float64Array();
  const [bins, predictions, labelled, hits, scores] = Array.from({ length: 5 }, () =>
    reader.float64Array(),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const binOf = (index: number): ScoreBin => ({
    predictions: predictions[index] ?? 0,
    labelled: labelled[index] ?? 0,
    hits: hits[index] ?? 0,
    scores: scores[index] ?? 0,
  });
  return {
    predictions: at(0),
    labelled: at(1),
    classified: at(2),
    correct: at(3),
    confusion: new Map(pairs.map((pair, index) => [pair, cases[index] ?? 0])),
    logLoss: { count: at(4), sum: at(5) },
    brier: { count: at(4), sum: at(6) },
    scores: new Map([...bins].map((bin, index) => [bin, binOf(index)])),
    errors: {
      error: at(8),
      absolute: at(9),
      squared: at(10),
      truth: { count: at(7), mean: at(11), m2: at(12) },
    },
    outcome: { count: at(13), sum: at(14) },
  };
}

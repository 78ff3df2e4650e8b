import type { TimeRange } from '@tidewatch/core';
import type { PairedOutcomes, PairedVariants, Population, SegmentPerformance } from '@tidewatch/drift';
import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import type { CountedArm } from './feature-counts.js';
import { labelParameters, LABELS_BY_PREDICTION, MATURE_LABEL, PREDICTED_CLASS } from './labelled-sql.js';
import { sumPerformanceOf, type PerformanceQuery } from './performance-sums.js';
import { sampleParameters, SAMPLES_WHERE } from './variables-sql.js';

/** What is counted of predictions and their labels. */
export interface PerformanceRepository {
  /** Sums by segment and group; segments without predictions are absent. */
  sums(project: string, query: PerformanceQuery): Promise<SegmentPerformance[]>;
  /** What two variants answered to the same requests of `range`. Of several answers to one, the first counts. */
  pairs(
    project: string,
    query: Pick<PerformanceQuery, 'population' | 'maturityMs' | 'labelSource'> & {
      readonly range: TimeRange;
      readonly variants: PairedVariants;
    },
  ): Promise<PairedOutcomes>;
  /** Versions and variants with samples in `range`, the latest to appear first. */
  arms(project: string, population: Population, range: TimeRange): Promise<CountedArm[]>;
}

/** Opens the repository. */
export function performanceRepository(database: Database): PerformanceRepository {
  return {
    sums: (project, query) => sumPerformanceOf(database, project, query),
    pairs: async (project, { population, range, variants, ...labels }) => {
      const { control, candidate, by, tolerance } = variants;
      const [row] = await database.query<Record<keyof PairedOutcomes, string | number>>(
        PAIRS_SQL,
        {
          ...sampleParameters(project, population, range),
          ...labelParameters(range, labels),
          control,
          candidate,
          by,
          tolerance: tolerance ?? Number.MAX_VALUE,
        },
        { tag: 'performance.pairs' },
      );
      const count = (name: keyof PairedOutcomes): number => toNumber(row?.[name] ?? 0);
      return {
        pairs: count('pairs'),
        classified: count('classified'),
        disagreements: count('disagreements'),
        numeric: count('numeric'),
        beyondTolerance: count('beyondTolerance'),
        largestDifference: count('largestDifference'),
        labelled: count('labelled'),
        onlyControl: count('onlyControl'),
        onlyCandidate: count('onlyCandidate'),
      };
    },
    arms: async (project, population, range) => {
      const rows = await database.query<Record<keyof CountedArm, string>>(
        `SELECT toString(ModelVersion) AS version, toString(Variant) AS variant, count() AS rows,
           toUnixTimestamp64Milli(min(Timestamp)) AS firstAt, toUnixTimestamp64Milli(max(Timestamp)) AS lastAt
         FROM predictions FINAL WHERE ${SAMPLES_WHERE}
         GROUP BY version, variant ORDER BY firstAt DESC, version, variant LIMIT 1000`,
        sampleParameters(project, population, range),
        { tag: 'performance.arms' },
      );
      return rows.map(({ version, variant, rows: samples, firstAt, lastAt }) => ({
        version,
        variant,
        rows: toNumber(samples),
        firstAt: toNumber(firstAt),
        lastAt: toNumber(lastAt),
      }));
    },
  };
}

/** The first answer of each variant to each request: (class, score, value, prediction id, time). */
const ANSWERS = `SELECT if({by:String} = 'request_id', RequestId, InputHash) AS asked, toString(Variant) AS arm,
    argMin((${PREDICTED_CLASS}, PredictionScore, PredictionValue, PredictionId, Timestamp), (Timestamp, PredictionId)) AS answer
  FROM predictions FINAL
  WHERE ${SAMPLES_WHERE} AND Variant IN ({control:String}, {candidate:String}) AND asked != ''
  GROUP BY asked, arm`;

const DIFFERENCE = (element: number): string =>
  `abs(tupleElement(ours, ${element}) - tupleElement(theirs, ${element}))`;

const PAIRS_SQL = `SELECT count() AS pairs,
    countIf(first != '' AND second != '') AS classified,
    countIf(first != '' AND second != '' AND first != second) AS disagreements,
    countIf(isNotNull(difference)) AS numeric,
    countIf(difference > {tolerance:Float64}) AS beyondTolerance,
    ifNull(max(difference), 0) AS largestDifference,
    countIf(known) AS labelled,
    countIf(known AND first = truth AND second != truth) AS onlyControl,
    countIf(known AND first != truth AND second = truth) AS onlyCandidate
  FROM (
    SELECT tupleElement(ours, 1) AS first, tupleElement(theirs, 1) AS second,
      arrayMax(arrayFilter(each -> isNotNull(each), [${DIFFERENCE(2)}, ${DIFFERENCE(3)}])) AS largest,
      if(isNotNull(${DIFFERENCE(2)}) OR isNotNull(${DIFFERENCE(3)}), largest, NULL) AS difference,
      tupleElement(${MATURE_LABEL('labels', 'tupleElement(ours, 5)')}, 3) AS truth,
      (truth != '' AND first != '' AND second != '') AS known
    FROM (
      SELECT asked, anyIf(answer, arm = {control:String}) AS ours, anyIf(answer, arm = {candidate:String}) AS theirs
      FROM (${ANSWERS}) GROUP BY asked HAVING count() = 2) AS compared
    LEFT JOIN (
      SELECT asked AS labelledRequest, arraySort(groupArrayArray(labels)) AS labels
      FROM (${ANSWERS}) AS answered
      INNER JOIN (${LABELS_BY_PREDICTION(`SELECT PredictionId FROM predictions WHERE ${SAMPLES_WHERE}`)}) AS marked
        ON tupleElement(answered.answer, 4) = marked.labelOf
      GROUP BY labelledRequest) AS truths ON compared.asked = truths.labelledRequest)`;

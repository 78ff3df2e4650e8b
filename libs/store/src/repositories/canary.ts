import type { TimeRange } from '@tidewatch/core';
import type { ArmCounts, Population, Stratum } from '@tidewatch/drift';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import { labelParameters, LABELS_BY_PREDICTION, MATURE_LABEL, PREDICTED_CLASS } from './labelled-sql.js';
import type { PerformanceQuery } from './performance-sums.js';
import { DIMENSION_VALUE, sampleParameters, SAMPLES_WHERE } from './variables-sql.js';

/** Two arms that serve at the same time. */
export interface CanaryQuery extends Pick<PerformanceQuery, 'population' | 'maturityMs' | 'labelSource'> {
  readonly range: TimeRange;
  /** What tells the arms apart. */
  readonly by: 'variant' | 'version';
  readonly control: string;
  readonly candidate: string;
  /** `hour`, a tag or a column; empty for one stratum. */
  readonly stratify: string;
}

/** What is counted to compare two arms. */
export interface CanaryRepository {
  /** Both arms by stratum, in the minutes that have requests of both. At most 200 strata; the others are one. */
  strata(project: string, query: CanaryQuery): Promise<Stratum[]>;
  /** When the first request of an arm within `range` came; `null` for none. */
  startedAt(
    project: string,
    query: { readonly population: Population; readonly by: CanaryQuery['by']; readonly arm: string },
    range: TimeRange,
  ): Promise<number | null>;
}

const MAX_STRATA = 200;
const MAX_CLASSES = 200;

/** Opens the repository. */
export function canaryRepository(database: Database): CanaryRepository {
  return {
    strata: (project, query) => strata(database, project, query),
    startedAt: async (project, { population, by, arm }, range) => {
      const [row] = await database.query<{ requests: string; first: string }>(
        `SELECT count() AS requests, toUnixTimestamp64Milli(min(Timestamp)) AS first
         FROM predictions WHERE ${SAMPLES_WHERE} AND ${ARM} = {arm:String}`,
        { ...sampleParameters(project, population, range), by, arm },
        { tag: 'canary.started-at' },
      );
      return row === undefined || toNumber(row.requests) === 0 ? null : toNumber(row.first);
    },
  };
}

const ARM = `if({by:String} = 'version', toString(ModelVersion), toString(Variant))`;
const IN_ARMS = `${SAMPLES_WHERE} AND ${ARM} IN ({control:String}, {candidate:String})`;
/** Minutes in which both arms answered. */
const SHARED_MINUTES = `SELECT toStartOfMinute(Timestamp) FROM predictions WHERE ${IN_ARMS}
  GROUP BY toStartOfMinute(Timestamp) HAVING uniqExact(${ARM}) = 2`;
const STRATUM = `multiIf({stratify:String} = '', '', {stratify:String} = 'hour', toString(toStartOfHour(Timestamp)),
  ${DIMENSION_VALUE('{stratify:String}')})`;

/** As the drift library's `valueBin`: bins that grow by 1 %, in the order of values. */
const VALUE_BIN = (value: string): string =>
  `if(abs(${value}) < 1e-9, 0, sign(${value}) * (floor(log(abs(${value}) / 1e-9) / log(1.01)) + 1))`;
/** Counts per bin of what is there: two arrays. */
const BINS = (value: string, name: string): string =>
  `tupleElement(sumMapIf([toFloat64(ifNull(${VALUE_BIN(`assumeNotNull(${value})`)}, 0))], [toUInt64(1)],
     isNotNull(${value}) AND isFinite(assumeNotNull(${value}))) AS ${name}, 1), CAST(tupleElement(${name}, 2), 'Array(Float64)')`;

const STRATA_SQL = `SELECT stratum, arm,
    [toFloat64(count()), toFloat64(countIf(Status != 'ok' AND Status != '')), toFloat64(countIf(known)), toFloat64(countIf(known AND truth = predicted))],
    tupleElement(sumMapIf([if(has({classes:Array(String)}, predicted), predicted, 'other')], [toUInt64(1)], predicted != '') AS labels, 1),
    CAST(tupleElement(labels, 2), 'Array(Float64)'),
    ${BINS('LatencyMs', 'latencies')}, ${BINS('PredictionScore', 'scores')}, ${BINS('PredictionValue', 'numbers')}
  FROM (
    SELECT if(has({kept:Array(String)}, ${STRATUM}), ${STRATUM}, 'other') AS stratum, ${ARM} AS arm, Status, LatencyMs, PredictionScore,
      PredictionValue, ${PREDICTED_CLASS} AS predicted,
      tupleElement(${MATURE_LABEL('marks', 'predictions.Timestamp')}, 3) AS truth, (truth != '' AND predicted != '') AS known
    FROM predictions FINAL
    LEFT JOIN (SELECT labelOf, labels AS marks FROM (${LABELS_BY_PREDICTION(`SELECT PredictionId FROM predictions WHERE ${IN_ARMS}`)})) AS marked
      ON predictions.PredictionId = marked.labelOf
    WHERE ${IN_ARMS} AND toStartOfMinute(Timestamp) IN (${SHARED_MINUTES}))
  GROUP BY stratum, arm ORDER BY stratum, arm`;

async function strata(database: Database, project: string, query: CanaryQuery): Promise<Stratum[]> {
  const { population, range, by, control, candidate, stratify } = query;
  const within: Parameters = {
    ...sampleParameters(project, population, range),
    ...{ by, control, candidate, stratify },
  };
  const [common] = await database.query<{ classes: string[]; kept: string[] }>(
    `SELECT topK(${MAX_CLASSES})(${PREDICTED_CLASS}) AS classes, topK(${MAX_STRATA})(${STRATUM}) AS kept
     FROM predictions WHERE ${IN_ARMS}`,
    within,
    { tag: 'canary.common' },
  );
  const bytes = await database.queryBinary(
    STRATA_SQL,
    {
      ...within,
      ...labelParameters(range, query),
      classes: common?.classes ?? [],
      kept: common?.kept ?? [],
    },
    { tag: 'canary.strata' },
  );
  const found = new Map<string, { control: ArmCounts; candidate: ArmCounts }>();
  const reader = new RowBinaryReader(bytes);
  while (reader.more) {
    const name = reader.text();
    const arm = reader.text();
    const stratum = found.get(name) ?? { control: NOTHING, candidate: NOTHING };
    stratum[arm === control ? 'control' : 'candidate'] = readArm(reader);
    found.set(name, stratum);
  }
  return [...found].map(([name, arms]) => ({ name, ...arms }));
}

function readArm(reader: RowBinaryReader): ArmCounts {
  const [requests = 0, failures = 0, labelled = 0, correct = 0] = reader.float64Array();
  const names = reader.textArray();
  const cases = reader.float64Array();
  const bins = (): Map<number, number> => {
    const keys = reader.float64Array();
    const counts = reader.float64Array();
    return new Map([...keys].map((key, index) => [key, counts[index] ?? 0]));
  };
  return {
    ...{ requests, failures, labelled, correct },
    labels: new Map(names.map((name, index) => [name, cases[index] ?? 0])),
    latencies: bins(),
    scores: bins(),
    values: bins(),
  };
}

const NOTHING: ArmCounts = {
  ...{ requests: 0, failures: 0, labelled: 0, correct: 0 },
  latencies: new Map(),
  labels: new Map(),
  scores: new Map(),
  values: new Map(),
};

import { spanOf, type TimeRange } from '@tidewatch/core';
import type {
  BatchJob,
  DeployedArtifacts,
  OutsideLimits,
  Population,
  SourceTraffic,
  TrafficWindow,
  ValueLimits,
} from '@tidewatch/drift';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { toNumber } from '../row-values.js';
import { rangeParameters, slotOf } from './ranges-sql.js';
import { DIMENSION_VALUE, sampleParameters, SAMPLES_WHERE } from './variables-sql.js';
import { asSent, valuesOfSamples } from './value-source.js';

/** What is counted of samples to judge the quality of data. */
export interface QualityRepository {
  /**
   * Samples of each range, in the order of `ranges`. Ranges do not overlap.
   *
   * @param skew from which difference in milliseconds between the time stamp and the arrival a sample counts as off
   */
  traffic(
    project: string,
    population: Population,
    ranges: readonly TimeRange[],
    skew: { readonly aheadMs: number; readonly behindMs: number },
  ): Promise<TrafficWindow[]>;
  /** Times of the first and of the last of a population's samples in `range`; `null` when there is none. */
  span(project: string, population: Population, range: TimeRange): Promise<TimeRange | null>;
  /** Samples per value of each dimension: in the first range as `current`, in the others as `history`. At most 10,000 values. */
  sources(
    project: string,
    population: Population,
    dimensions: readonly string[],
    ranges: readonly TimeRange[],
  ): Promise<SourceTraffic[]>;
  /** The last 50 batch jobs that have samples in `range`, oldest first. */
  jobs(project: string, population: Population, range: TimeRange): Promise<BatchJob[]>;
  /** Numbers of variables outside their limits, one entry per variable that has limits. */
  outside(
    project: string,
    population: Population,
    range: TimeRange,
    limits: Readonly<Record<string, ValueLimits>>,
  ): Promise<OutsideLimits[]>;
  /** The checksums of every version, and variant of it, that has samples in `range`. */
  artifacts(project: string, population: Population, range: TimeRange): Promise<DeployedArtifacts[]>;
}

const MAX_SOURCES = 10_000;
const MAX_JOBS = 50;
const MAX_ARTIFACTS = 100;

/** Opens the repository. */
export function qualityRepository(database: Database): QualityRepository {
  return {
    traffic: (...query) => traffic(database, ...query),
    span: (...query) => span(database, ...query),
    sources: (...query) => sources(database, ...query),
    jobs: (...query) => jobs(database, ...query),
    outside: (project, population, range, limits) =>
      outside(database, project, { population, range, limits }),
    artifacts: (...query) => artifacts(database, ...query),
  };
}

const COUNTED = {
  samples: 'count()',
  ids: 'uniqExact(cityHash64(PredictionId))',
  hashed: "countIf(InputHash != '')",
  inputs: "uniqExactIf(cityHash64(InputHash), InputHash != '')",
  ahead: 'countIf(toUnixTimestamp64Milli(Timestamp) - toUnixTimestamp64Milli(ReceivedAt) > {aheadMs:Int64})',
  behind:
    'countIf(toUnixTimestamp64Milli(ReceivedAt) - toUnixTimestamp64Milli(Timestamp) > {behindMs:Int64})',
} as const;

/** Parameters of {@link SAMPLES_WHERE} over the whole of `ranges`, and of {@link slotOf}. */
function samplesIn(project: string, population: Population, ranges: readonly TimeRange[]): Parameters {
  return { ...sampleParameters(project, population, spanOf(ranges)), ...rangeParameters(ranges) };
}

async function outside(
  database: Database,
  project: string,
  {
    population,
    range,
    limits,
  }: {
    readonly population: Population;
    readonly range: TimeRange;
    readonly limits: Readonly<Record<string, ValueLimits>>;
  },
): Promise<OutsideLimits[]> {
  const names = Object.keys(limits);
  if (names.length === 0) {
    return [];
  }
  const rows = await database.query<{ variable: string; numbers: string; under: string; over: string }>(
    `SELECT variable, count() AS numbers,
       countIf(number < {mins:Array(Float64)}[indexOf({names:Array(String)}, variable)]) AS under,
       countIf(number > {maxs:Array(Float64)}[indexOf({names:Array(String)}, variable)]) AS over
     FROM (${valuesOfSamples(asSent(population), '1', SAMPLES_WHERE)})
     WHERE has({names:Array(String)}, variable) AND kind = 0 AND isFinite(number) GROUP BY variable`,
    {
      ...sampleParameters(project, population, range),
      names,
      mins: names.map((name) => limits[name]?.min ?? -Number.MAX_VALUE),
      maxs: names.map((name) => limits[name]?.max ?? Number.MAX_VALUE),
    },
    { tag: 'quality.outside' },
  );
  return names.map((variable) => {
    const row = rows.find((each) => each.variable === variable);
    return {
      variable,
      values: toNumber(row?.numbers ?? 0),
      below: toNumber(row?.under ?? 0),
      above: toNumber(row?.over ?? 0),
    };
  });
}

async function traffic(
  database: Database,
  project: string,
  population: Population,
  ranges: readonly TimeRange[],
  { aheadMs, behindMs }: { readonly aheadMs: number; readonly behindMs: number },
): Promise<TrafficWindow[]> {
  // Hashes of ids and not ids: eight bytes each, and two equal ones among a million are one in fifty million.
  const rows = await database.query<Record<keyof typeof COUNTED | 'slot', string>>(
    `SELECT ${slotOf(ranges.length)} AS slot, ${Object.entries(COUNTED)
      .map(([name, sql]) => `${sql} AS ${name}`)
      .join(', ')}
     FROM predictions FINAL WHERE ${SAMPLES_WHERE} AND slot >= 0 GROUP BY slot`,
    { ...samplesIn(project, population, ranges), aheadMs, behindMs },
    { tag: 'quality.traffic' },
  );
  const bySlot = new Map(rows.map((row) => [toNumber(row.slot), row]));
  return ranges.map((range, slot) => {
    const row = bySlot.get(slot);
    const count = (name: keyof typeof COUNTED): number => (row === undefined ? 0 : toNumber(row[name]));
    const [samples, hashed] = [count('samples'), count('hashed')];
    return {
      range,
      samples,
      repeatedIds: samples - count('ids'),
      hashed,
      repeatedInputs: hashed - count('inputs'),
      ahead: count('ahead'),
      behind: count('behind'),
    };
  });
}

async function span(
  database: Database,
  project: string,
  population: Population,
  range: TimeRange,
): Promise<TimeRange | null> {
  const [row] = await database.query<{ samples: string; first: string; last: string }>(
    `SELECT count() AS samples, toUnixTimestamp64Milli(min(Timestamp)) AS first, toUnixTimestamp64Milli(max(Timestamp)) AS last
     FROM predictions WHERE ${SAMPLES_WHERE}`,
    sampleParameters(project, population, range),
    { tag: 'quality.span' },
  );
  return row === undefined || toNumber(row.samples) === 0
    ? null
    : { from: toNumber(row.first), to: toNumber(row.last) };
}

async function sources(
  database: Database,
  project: string,
  population: Population,
  dimensions: readonly string[],
  ranges: readonly TimeRange[],
): Promise<SourceTraffic[]> {
  if (dimensions.length === 0) {
    return [];
  }
  const rows = await database.query<{ dimension: string; value: string; counts: string[] }>(
    `SELECT dimension, ${DIMENSION_VALUE('dimension')} AS value,
       sumForEach(arrayMap(each -> toUInt64(each = slot), range(${ranges.length}))) AS counts
     FROM (SELECT *, ${slotOf(ranges.length)} AS slot FROM predictions FINAL WHERE ${SAMPLES_WHERE} AND slot >= 0)
     ARRAY JOIN {dimensions:Array(String)} AS dimension
     WHERE value != ''
     GROUP BY dimension, value ORDER BY sum(1) DESC, dimension, value LIMIT ${MAX_SOURCES}`,
    { ...samplesIn(project, population, ranges), dimensions },
    { tag: 'quality.sources' },
  );
  return rows.map(({ dimension, value, counts }) => {
    const [current = 0, ...history] = counts.map(toNumber);
    return { dimension, value, current, history };
  });
}

async function jobs(
  database: Database,
  project: string,
  population: Population,
  range: TimeRange,
): Promise<BatchJob[]> {
  const rows = await database.query<{ jobId: string; began: string; ended: string; records: string }>(
    `SELECT JobId AS jobId, toUnixTimestamp64Milli(min(Timestamp)) AS began, toUnixTimestamp64Milli(max(Timestamp)) AS ended,
       count() AS records
     FROM predictions FINAL WHERE ${SAMPLES_WHERE} AND JobId != ''
     GROUP BY JobId ORDER BY began DESC, JobId DESC LIMIT ${MAX_JOBS}`,
    sampleParameters(project, population, range),
    { tag: 'quality.jobs' },
  );
  return rows
    .map(({ jobId, began, ended, records }) => ({
      jobId,
      from: toNumber(began),
      to: toNumber(ended),
      records: toNumber(records),
    }))
    .reverse();
}

async function artifacts(
  database: Database,
  project: string,
  population: Population,
  range: TimeRange,
): Promise<DeployedArtifacts[]> {
  const rows = await database.query<{ version: string; variant: string; checksums: string[] }>(
    `SELECT toString(ModelVersion) AS version, toString(Variant) AS variant,
       arraySort(groupUniqArray(ArtifactSha256)) AS checksums
     FROM deployments FINAL
     WHERE Project = {project:String} AND Model = {model:String} AND ModelVersion != '' AND ArtifactSha256 != ''
       AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
       AND ({service:String} = '' OR Service = {service:String}) AND ({region:String} = '' OR Region = {region:String})
       AND ModelVersion IN (SELECT ModelVersion FROM predictions WHERE ${SAMPLES_WHERE})
     GROUP BY version, variant ORDER BY version, variant LIMIT ${MAX_ARTIFACTS}`,
    sampleParameters(project, population, range),
    { tag: 'quality.artifacts' },
  );
  return rows;
}

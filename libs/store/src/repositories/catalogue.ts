import { LABEL_ATTRIBUTES, type LabelName } from '@tidewatch/core';
import type {
  CatalogueLabel,
  CatalogueMetric,
  MetricCatalogue,
  PredictionStream,
  TelemetrySource,
} from '@tidewatch/slo';
import type { Database } from '../database.js';
import type { Parameters } from '../parameters.js';
import { labelValue } from '../slices/series-condition.js';

/** Values listed of a label. */
const VALUES = 20;
/** Labels listed of a metric. */
const LABELS = 100;
/** Sources listed of a metric. */
const SOURCES = 200;
/** Prediction streams listed. */
const STREAMS = 500;
/** Labels whose predictions are looked up to learn which streams have any. */
const LABEL_SAMPLE = 5_000;
const DAY_MS = 86_400_000;
/** Labels may come so much later than their predictions. */
const LABELLED_DAYS = 14;
/** Rows of predictions that are looked at. Beyond them the list may lack a stream, and the query stays quick. */
const PREDICTION_ROWS = { max_rows_to_read: 20_000_000, read_overflow_mode: 'break' } as const;

/** What to list. */
export interface CatalogueQuery {
  /** Milliseconds since the epoch. Series are known by the day, so whatever arrived on its day is listed. */
  readonly since: number;
  /** Metrics listed at most. */
  readonly limit: number;
}

/** A catalogue that may be cut. */
export interface StoredCatalogue extends MetricCatalogue {
  /** There are more metrics than the limit. */
  readonly more: boolean;
}

/** Answers what arrives. */
export interface CatalogueRepository {
  /** Metrics by name, with who sends them and their labels, and the streams of prediction samples. Everything is bounded. */
  catalogue(project: string, query: CatalogueQuery): Promise<StoredCatalogue>;
}

/** Opens the repository. */
export function catalogueRepository(database: Database): CatalogueRepository {
  return {
    catalogue: async (project, query) => {
      const found = await metrics(database, project, query);
      const listed = found.slice(0, query.limit);
      const labels = await labelsOf(database, project, query, listed);
      return {
        items: listed.map((row) => metricOf(row, labels.get(identityOf(row)) ?? [])),
        more: found.length > listed.length,
        predictions: await predictionStreams(database, project, query.since),
      };
    },
  };
}

interface MetricIdentity extends Pick<
  CatalogueMetric,
  'name' | 'type' | 'unit' | 'temporality' | 'monotonic'
> {
  readonly name: string;
}

interface MetricRow extends MetricIdentity {
  /** `[service, region, model]` each. */
  readonly sources: readonly (readonly [string, string, string])[];
}

const IDENTITY = `MetricName AS name, MetricType AS type, MetricUnit AS unit,
  AggregationTemporality AS temporality, IsMonotonic AS monotonic`;
const BY_IDENTITY = 'name, type, unit, temporality, monotonic';
const SINCE = 'Project = {project:String} AND Day >= toDate({firstDay:UInt16})';

function identityOf({ name, type, unit, temporality, monotonic }: MetricIdentity): string {
  return JSON.stringify([name, type, unit, temporality, monotonic]);
}

/** SQL of a mapped label's value in a series row. */
function mapped(label: LabelName): string {
  return labelValue(LABEL_ATTRIBUTES[label], label);
}

/** The attribute keys of mapped labels, under the names that {@link mapped} reads them by. */
function mappedKeys(labels: readonly LabelName[]): Parameters {
  return Object.fromEntries(
    labels.flatMap((label) =>
      LABEL_ATTRIBUTES[label].map((key, position) => [`${label}_key${position}`, key] as const),
    ),
  );
}

/** Up to one metric more than the limit. */
async function metrics(
  database: Database,
  project: string,
  { since, limit }: CatalogueQuery,
): Promise<MetricRow[]> {
  const labels = ['service', 'region', 'model'] as const;
  return database.query<MetricRow>(
    `SELECT ${BY_IDENTITY}, arraySort(groupUniqArray(${SOURCES + 1})(source)) AS sources
     FROM (SELECT ${IDENTITY}, [${labels.map(mapped).join(', ')}] AS source FROM metric_series WHERE ${SINCE})
     GROUP BY ${BY_IDENTITY} ORDER BY ${BY_IDENTITY} LIMIT {rows:UInt32}`,
    { project, firstDay: Math.floor(since / DAY_MS), rows: limit + 1, ...mappedKeys(labels) },
    { tag: 'catalogue.metrics' },
  );
}

async function labelsOf(
  database: Database,
  project: string,
  { since, limit }: CatalogueQuery,
  listed: readonly MetricRow[],
): Promise<Map<string, CatalogueLabel[]>> {
  const [first, last] = [listed[0], listed.at(-1)];
  if (first === undefined || last === undefined) {
    return new Map();
  }
  const labels = Object.keys(LABEL_ATTRIBUTES) as LabelName[];
  const pairs = labels.map((label) => `('${label}', ${mapped(label)})`).join(', ');
  const rows = await database.query<MetricIdentity & { key: string; values: string[] }>(
    `SELECT ${BY_IDENTITY}, pair.1 AS key, arraySort(groupUniqArray(${VALUES + 1})(pair.2)) AS values
     FROM (
       SELECT ${IDENTITY},
         mapUpdate(ResourceAttributes, mapFilter((key, value) -> value != '', Attributes)) AS attributes,
         arrayJoin(arrayFilter(each -> each.2 != '', arrayConcat([${pairs}],
           arrayFilter(each -> NOT has({mapped:Array(String)}, each.1),
             arrayMap((key, value) -> (toString(key), value), mapKeys(attributes), mapValues(attributes)))))) AS pair
       FROM metric_series
       WHERE ${SINCE} AND MetricName >= {first:String} AND MetricName <= {last:String})
     GROUP BY ${BY_IDENTITY}, key ORDER BY ${BY_IDENTITY}, key LIMIT ${LABELS} BY ${BY_IDENTITY}`,
    {
      ...{ project, firstDay: Math.floor(since / DAY_MS), first: first.name, last: last.name },
      mapped: Object.values(LABEL_ATTRIBUTES).flat(),
      ...mappedKeys(labels),
    },
    { tag: 'catalogue.labels', rows: (limit + 1) * LABELS },
  );
  const found = new Map<string, CatalogueLabel[]>();
  for (const row of rows) {
    const list = found.get(identityOf(row)) ?? [];
    list.push({ key: row.key, values: row.values.slice(0, VALUES), more: row.values.length > VALUES });
    found.set(identityOf(row), list);
  }
  return found;
}

function metricOf(
  { name, type, unit, temporality, monotonic, sources }: MetricRow,
  labels: readonly CatalogueLabel[],
): CatalogueMetric {
  return {
    ...{ name, type, unit, temporality, monotonic, labels },
    sources: sources.slice(0, SOURCES).map(([service, region, model]) => ({ service, region, model })),
    moreSources: sources.length > SOURCES,
  };
}

async function predictionStreams(
  database: Database,
  project: string,
  since: number,
): Promise<PredictionStream[]> {
  const streams = await database.query<TelemetrySource & { variants: string[] }>(
    `SELECT Service AS service, Region AS region, Model AS model,
       arraySort(arrayFilter(each -> each != '', groupUniqArray(${VALUES + 1})(toString(Variant)))) AS variants
     FROM predictions
     WHERE Project = {project:String} AND Timestamp >= fromUnixTimestamp64Milli({since:Int64})
     GROUP BY service, region, model ORDER BY service, region, model LIMIT ${STREAMS}`,
    { project, since },
    { tag: 'catalogue.predictions', settings: PREDICTION_ROWS },
  );
  const labelled = await labelledStreams(database, project, since);
  return streams.map(({ service, region, model, variants }) => ({
    ...{ service, region, model, variants: variants.slice(0, VALUES) },
    labelled: labelled.has(JSON.stringify([service, region, model])),
  }));
}

async function labelledStreams(database: Database, project: string, since: number): Promise<Set<string>> {
  const rows = await database.query<TelemetrySource>(
    `SELECT DISTINCT Service AS service, Region AS region, Model AS model
     FROM predictions
     WHERE Project = {project:String} AND Timestamp >= fromUnixTimestamp64Milli({from:Int64})
       AND PredictionId IN (
         SELECT PredictionId FROM labels
         WHERE Project = {project:String} AND Timestamp >= fromUnixTimestamp64Milli({since:Int64})
         LIMIT ${LABEL_SAMPLE})
     LIMIT ${STREAMS}`,
    { project, since, from: since - LABELLED_DAYS * DAY_MS },
    { tag: 'catalogue.labelled', settings: PREDICTION_ROWS },
  );
  return new Set(rows.map(({ service, region, model }) => JSON.stringify([service, region, model])));
}

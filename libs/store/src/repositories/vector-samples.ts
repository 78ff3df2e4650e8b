import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { slotOf } from './ranges-sql.js';
import { SAMPLES_WHERE } from './variables-sql.js';
import { readOrigins } from './vector-origins.js';
import { SAMPLE_IDS, SAMPLE_OF, VECTOR_SETTINGS, vectorParameters, type VectorQuery } from './vector-sql.js';
import type { SampledValues, SampledVectors, VectorSampleQuery } from './vectors.js';

/** A query for one origin. */
type SettledQuery = VectorQuery & Required<Pick<VectorQuery, 'encoder' | 'dimension'>>;

const NO_VECTORS: SampledVectors = {
  ids: [],
  times: new Float64Array(0),
  encoder: { name: '', sha256: '' },
  dimension: 0,
  data: new Float32Array(0),
};

/** The query for one origin: the one asked for, else the one with most vectors; `null` when there is none. */
async function settle(database: Database, project: string, query: VectorQuery): Promise<SettledQuery | null> {
  const { encoder, dimension } = query;
  if (query.ranges.length > 0 && encoder !== undefined && dimension !== undefined) {
    return { ...query, encoder, dimension };
  }
  const origins = await readOrigins(database, project, query);
  // The latest first among equals, as they come.
  const [most] = origins.sort((a, b) => b.rows - a.rows);
  return most === undefined ? null : { ...query, encoder: most.encoder, dimension: most.dimension };
}

/** Vectors of certain ids, or with `null` of those with the smallest hashes. */
export async function readVectors(
  database: Database,
  project: string,
  query: VectorQuery,
  { ids, limit }: { readonly ids: readonly string[] | null; readonly limit: number },
): Promise<SampledVectors> {
  const settled = limit > 0 ? await settle(database, project, query) : null;
  if (settled === null) {
    return NO_VECTORS;
  }
  const bytes = await database.queryBinary(
    SAMPLE_OF(
      settled,
      'PredictionId, toUnixTimestamp64Milli(Timestamp), Vector',
      ids === null ? SAMPLE_IDS(settled) : 'SELECT arrayJoin({ids:Array(String)})',
    ),
    { ...vectorParameters(project, settled), limit, ...(ids === null ? {} : { ids }) },
    { tag: ids === null ? 'vectors.sample' : 'vectors.by-ids', settings: VECTOR_SETTINGS },
  );
  const { encoder, dimension } = settled;
  const reader = new RowBinaryReader(bytes);
  // As many as fit the result in any case; the rest of the memory is never touched.
  const most = Math.ceil(bytes.length / (4 * dimension));
  const data = new Float32Array(most * dimension);
  const times = new Float64Array(most);
  const found: string[] = [];
  while (reader.more) {
    const id = reader.text();
    times[found.length] = reader.int64();
    reader.float32Into(data, found.length * dimension);
    found.push(id);
  }
  return {
    ids: found,
    times: times.slice(0, found.length),
    encoder,
    dimension,
    data: data.slice(0, found.length * dimension),
  };
}

/** What the encoder measured on the inputs of a sample. */
export function readFeatures(
  database: Database,
  project: string,
  query: VectorSampleQuery,
): Promise<SampledValues> {
  return readValues(database, project, query, (settled) =>
    SAMPLE_OF(settled, 'PredictionId, mapKeys(Features), mapValues(Features)', SAMPLE_IDS(settled)),
  );
}

/** The class scores of the predictions of a sample, as far as they are there. */
export function readScores(
  database: Database,
  project: string,
  query: VectorSampleQuery,
): Promise<SampledValues> {
  return readValues(
    database,
    project,
    query,
    (
      settled,
    ) => `SELECT PredictionId, mapKeys(PredictionScores), mapValues(PredictionScores) FROM predictions FINAL
      WHERE ${SAMPLES_WHERE} AND ${slotOf(settled.ranges.length)} >= 0 AND notEmpty(PredictionScores)
        AND PredictionId IN (${SAMPLE_IDS(settled)})
      ORDER BY cityHash64(PredictionId), PredictionId, Timestamp LIMIT 1 BY PredictionId`,
  );
}

/** Of rows of an id, names, and as many values. */
async function readValues(
  database: Database,
  project: string,
  query: VectorSampleQuery,
  sqlOf: (settled: SettledQuery) => string,
): Promise<SampledValues> {
  const settled = await settle(database, project, query);
  if (settled === null) {
    return { ids: [], values: new Map() };
  }
  const bytes = await database.queryBinary(
    sqlOf(settled),
    { ...vectorParameters(project, settled), limit: query.limit },
    { tag: 'vectors.values', settings: VECTOR_SETTINGS },
  );
  const reader = new RowBinaryReader(bytes);
  const rows: { readonly id: string; readonly names: string[]; readonly numbers: Float64Array }[] = [];
  while (reader.more) {
    rows.push({ id: reader.text(), names: reader.textArray(), numbers: reader.float64Array() });
  }
  const values = new Map<string, Float64Array>();
  rows.forEach(({ names, numbers }, row) =>
    names.forEach((name, index) => {
      const known = values.get(name) ?? new Float64Array(rows.length).fill(NaN);
      known[row] = numbers[index] ?? NaN;
      values.set(name, known);
    }),
  );
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ids: rows.map(({ id }) => id), values: new Map(sorted) };
}

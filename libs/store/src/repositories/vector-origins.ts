import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import type { CountedArm } from './feature-counts.js';
import { VECTOR_SETTINGS, vectorParameters, VECTORS_WHERE, type VectorQuery } from './vector-sql.js';
import type { VectorOrigin } from './vectors.js';

/** Encoders and lengths of vectors, the latest first. */
export async function readOrigins(
  database: Database,
  project: string,
  query: VectorQuery,
): Promise<VectorOrigin[]> {
  if (query.ranges.length === 0) {
    return [];
  }
  const rows = await database.query<
    Record<'encoder' | 'sha256' | Exclude<keyof VectorOrigin, 'encoder'>, string>
  >(
    `SELECT toString(Encoder) AS encoder, toString(EncoderSha256) AS sha256, Vector.size0 AS dimension, count() AS rows,
       toUnixTimestamp64Milli(min(Timestamp)) AS firstAt, toUnixTimestamp64Milli(max(Timestamp)) AS lastAt
     FROM embeddings FINAL WHERE ${VECTORS_WHERE(query)}
     GROUP BY encoder, sha256, dimension ORDER BY max(Timestamp) DESC, encoder, sha256, dimension LIMIT 1000`,
    vectorParameters(project, query),
    { tag: 'vectors.encoders', settings: VECTOR_SETTINGS },
  );
  return rows.map(({ encoder, sha256, dimension, rows: vectors, firstAt, lastAt }) => ({
    encoder: { name: encoder, sha256 },
    dimension: toNumber(dimension),
    rows: toNumber(vectors),
    firstAt: toNumber(firstAt),
    lastAt: toNumber(lastAt),
  }));
}

/** Model versions and variants of vectors, the latest to appear first. */
export async function readArms(
  database: Database,
  project: string,
  query: VectorQuery,
): Promise<CountedArm[]> {
  if (query.ranges.length === 0) {
    return [];
  }
  const rows = await database.query<Record<keyof CountedArm, string>>(
    `SELECT toString(ModelVersion) AS version, toString(Variant) AS variant, count() AS rows,
       toUnixTimestamp64Milli(min(Timestamp)) AS firstAt, toUnixTimestamp64Milli(max(Timestamp)) AS lastAt
     FROM embeddings FINAL WHERE ${VECTORS_WHERE(query)}
     GROUP BY version, variant ORDER BY min(Timestamp) DESC, version, variant LIMIT 1000`,
    vectorParameters(project, query),
    { tag: 'vectors.arms', settings: VECTOR_SETTINGS },
  );
  return rows.map(({ version, variant, rows: vectors, firstAt, lastAt }) => ({
    version,
    variant,
    rows: toNumber(vectors),
    firstAt: toNumber(firstAt),
    lastAt: toNumber(lastAt),
  }));
}

import { spanOf, type TimeRange } from '@tidewatch/core';
import type { Population } from '@tidewatch/drift';
import type { Parameters } from '../parameters.js';
import { choice, CHOSEN } from './choice-sql.js';
import type { EncoderIdentity } from './embedding-tables.js';
import { rangeParameters, slotOf } from './ranges-sql.js';
import { DIMENSION_VALUE, sampleParameters, SAMPLES_WHERE } from './variables-sql.js';

/** Which vectors. */
export interface VectorQuery {
  readonly population: Population;
  /** Of the embedding. */
  readonly name: string;
  /** Half-open, of event time; they do not overlap. */
  readonly ranges: readonly TimeRange[];
  /** Such as `region=eu-1`; absent or empty for all. */
  readonly segment?: string;
  readonly versions?: readonly string[];
  readonly variants?: readonly string[];
  /** Only vectors that this encoder made. Default: any. */
  readonly encoder?: EncoderIdentity;
  /** Only vectors of this length. Default: any. */
  readonly dimension?: number;
}

/** Rows of one key never lie in different partitions: the key has the hour, the partition is the day. */
export const VECTOR_SETTINGS = { do_not_merge_across_partitions_select_final: 1 };

/** Condition on a row of `embeddings` that is read with FINAL; {@link vectorParameters} has its parameters. */
export const VECTORS_WHERE = ({ ranges }: VectorQuery): string => `${SAMPLES_WHERE} AND Name = {name:String}
  AND ${slotOf(ranges.length)} >= 0 AND ${CHOSEN('ModelVersion', 'version')} AND ${CHOSEN('Variant', 'variant')}
  AND ({segmentDimension:String} = '' OR ${DIMENSION_VALUE('{segmentDimension:String}')} = {segmentValue:String})
  AND ({anyEncoder:Bool} OR (Encoder = {encoder:String} AND EncoderSha256 = {encoderSha256:String}))
  AND ({vectorLength:UInt64} = 0 OR Vector.size0 = {vectorLength:UInt64})`;

/**
 * The ids of the samples with the smallest hashes: a uniform sample, and the same one whoever asks. Chosen without reading a
 * single vector.
 */
export const SAMPLE_IDS = (query: VectorQuery): string => `SELECT PredictionId FROM embeddings FINAL
  WHERE ${VECTORS_WHERE(query)} ORDER BY cityHash64(PredictionId), PredictionId LIMIT {limit:UInt64}`;

/**
 * Reads `columns` of the rows whose ids `ids` selects, in the order of the ids' hashes. The ids stand in PREWHERE, where they
 * keep other rows' vectors from being read: safe with FINAL, because they are part of the key.
 */
export const SAMPLE_OF = (
  query: VectorQuery,
  columns: string,
  ids: string,
): string => `SELECT ${columns} FROM embeddings FINAL
  PREWHERE Project = {project:String} AND Model = {model:String} AND Name = {name:String} AND PredictionId IN (${ids})
  WHERE ${VECTORS_WHERE(query)}
  ORDER BY cityHash64(PredictionId), PredictionId, Timestamp LIMIT {limit:UInt64}`;

/** The parameters of {@link VECTORS_WHERE}. */
export function vectorParameters(project: string, query: VectorQuery): Parameters {
  const { population, name, ranges, segment = '', versions, variants, encoder, dimension } = query;
  const [, segmentDimension = '', segmentValue = ''] = /^([^=]+)=(.*)$/s.exec(segment) ?? [];
  return {
    ...sampleParameters(project, population, spanOf(ranges)),
    ...rangeParameters(ranges),
    ...choice('version', versions),
    ...choice('variant', variants),
    ...{ name, segmentDimension, segmentValue },
    anyEncoder: encoder === undefined,
    encoder: encoder?.name ?? '',
    encoderSha256: encoder?.sha256 ?? '',
    vectorLength: dimension ?? 0,
  };
}

import type { Database } from '../database.js';
import type { EncoderIdentity, KeptInput } from './embedding-tables.js';
import type { CountedArm } from './feature-counts.js';
import { readKeptInput } from './kept-inputs.js';
import { readArms, readOrigins } from './vector-origins.js';
import { readFeatures, readScores, readVectors } from './vector-samples.js';
import type { VectorQuery } from './vector-sql.js';

/** Which vectors, and how many at most. */
export interface VectorSampleQuery extends VectorQuery {
  readonly limit: number;
}

/** Vectors of one encoder and one length, in the order of the hashes of their ids. */
export interface SampledVectors {
  readonly ids: readonly string[];
  /** Event times, milliseconds. */
  readonly times: Float64Array;
  readonly encoder: EncoderIdentity;
  /** Length of each vector; 0 when there is none. */
  readonly dimension: number;
  /** The vectors one after another. */
  readonly data: Float32Array;
}

/** Numbers that samples have beside their vectors. */
export interface SampledValues {
  readonly ids: readonly string[];
  /** By name, one value per id; NaN where a sample has none. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** An encoder that vectors under one name came from, with one length: of several, only one can be compared with itself. */
export interface VectorOrigin {
  readonly encoder: EncoderIdentity;
  readonly dimension: number;
  readonly rows: number;
  /** Event times of the first and of the last vector, milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Reads vectors. A resent sample counts once. */
export interface VectorsRepository {
  /**
   * A uniform sample: the vectors whose prediction id has the smallest hash. Without `encoder` or `dimension` in the query,
   * of the origin that has most of the vectors: two encoders' vectors are never in one sample.
   */
  sample(project: string, query: VectorSampleQuery): Promise<SampledVectors>;
  /** What the encoder measured on the inputs of the same vectors as in {@link sample}. */
  features(project: string, query: VectorSampleQuery): Promise<SampledValues>;
  /** The scores that the served model gave its classes for the predictions of the same vectors, as far as they are there. */
  scores(project: string, query: VectorSampleQuery): Promise<SampledValues>;
  /** Where the vectors come from, the latest first. More than one is a change, or a mistake. */
  encoders(project: string, query: VectorQuery): Promise<VectorOrigin[]>;
  /** Versions and variants with vectors; times are those of the first and last vector. The latest to appear first. */
  arms(project: string, query: VectorQuery): Promise<CountedArm[]>;
  /** The vectors of certain predictions. Origin as in {@link sample}. */
  byIds(project: string, query: VectorQuery, ids: readonly string[]): Promise<SampledVectors>;
  /** The input of a prediction, if a rule kept it; of several times the latest. */
  keptInput(project: string, model: string, name: string, predictionId: string): Promise<KeptInput | null>;
}

/** An id that is used again in another hour has another vector. */
const VECTORS_OF_AN_ID = 10;

/** Opens the repository. */
export function vectorsRepository(database: Database): VectorsRepository {
  return {
    sample: (project, query) => readVectors(database, project, query, { ids: null, limit: query.limit }),
    byIds: (project, query, ids) =>
      readVectors(database, project, query, { ids, limit: VECTORS_OF_AN_ID * ids.length }),
    features: (project, query) => readFeatures(database, project, query),
    scores: (project, query) => readScores(database, project, query),
    encoders: (project, query) => readOrigins(database, project, query),
    arms: (project, query) => readArms(database, project, query),
    keptInput: (project, model, name, predictionId) =>
      readKeptInput(database, { project, model, name, predictionId }),
  };
}

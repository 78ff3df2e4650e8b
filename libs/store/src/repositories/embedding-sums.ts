import { spanOf, type TimeRange } from '@tidewatch/core';
import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import { choice, CHOSEN } from './choice-sql.js';
import {
  readSpace,
  saveSpace,
  type NewEmbeddingSpace,
  type StoredEmbeddingSpace,
} from './embedding-spaces.js';
import {
  SUMMED_WITHIN,
  summedParameters,
  type EmbeddingStream,
  type SummedStream,
} from './embedding-stream.js';
import type { EncoderIdentity } from './embedding-tables.js';
import { writeSums } from './write-sums.js';

/** Sums over vectors, in one space; the sums of two stretches of time add up. */
export interface SummedVectors {
  readonly count: number;
  /** Per dimension: sum, and sum of squares. */
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  /** Of the random Fourier features. */
  readonly fourier: Float64Array;
  /** Of the distances from the space's centre, and of their squares. */
  readonly distance: number;
  readonly distanceSquares: number;
  /** Vectors nearest to each cluster. */
  readonly clusters: Float64Array;
}

/** The sums of one bucket, segment, model version and variant. */
export interface BucketSums extends SummedVectors {
  /** Beginning, milliseconds. */
  readonly bucket: number;
  /** Such as `region=eu-1`; empty for all vectors. */
  readonly segment: string;
  readonly modelVersion: string;
  readonly variant: string;
}

/** Which sums to add up. */
export interface SumsQuery {
  /** Half-open, at multiples of the bucket; they may overlap. Each is summed on its own. */
  readonly ranges: readonly TimeRange[];
  /** Default: all vectors. */
  readonly segment?: string;
  readonly versions?: readonly string[];
  readonly variants?: readonly string[];
}

/** Keeps sums over vectors, and the coordinates they were taken in, beyond the vectors themselves. */
export interface EmbeddingSumsRepository {
  /** The latest version of a stream's space, or the one asked for; `null` when it is not there. */
  space(project: string, stream: EmbeddingStream, version?: number): Promise<StoredEmbeddingSpace | null>;
  /** Stores the next version of a stream's space. */
  saveSpace(project: string, space: NewEmbeddingSpace): Promise<StoredEmbeddingSpace>;
  /** Beginnings of the buckets in `range` that were summed, with or without vectors, oldest first. */
  counted(project: string, stream: SummedStream, range: TimeRange): Promise<number[]>;
  /**
   * Stores the sums of `buckets`, and that those without rows are empty. Whatever was stored of these buckets is replaced,
   * also where the rows have other segments, versions or variants.
   *
   * @param encoder which made all of the vectors
   */
  write(
    project: string,
    stream: SummedStream & { readonly encoder: EncoderIdentity },
    buckets: readonly number[],
    rows: readonly BucketSums[],
  ): Promise<void>;
  /** The sums of each range, in the order of the ranges; of nothing a count of 0 and empty arrays. */
  sums(project: string, stream: SummedStream, query: SumsQuery): Promise<SummedVectors[]>;
}

/** Opens the repository. */
export function embeddingSumsRepository(database: Database, writer: BlockWriter): EmbeddingSumsRepository {
  // Two spaces of one stream at once must not become the same version, nor may an older sum end up on top.
  let writing: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const done = writing.then(work);
    writing = done.catch(() => undefined);
    return done;
  };
  return {
    space: (project, stream, version) => readSpace(database, project, stream, version ?? null),
    saveSpace: (project, space) => inTurn(() => saveSpace(database, writer, project, space)),
    counted: async (project, stream, range) => {
      const rows = await database.query<{ start: string }>(
        `SELECT DISTINCT toUnixTimestamp64Milli(Bucket) AS start FROM embedding_sums
         WHERE ${SUMMED_WITHIN} ORDER BY start`,
        { ...summedParameters(project, stream), ...range },
        { tag: 'embedding-sums.counted' },
      );
      return rows.map(({ start }) => toNumber(start));
    },
    write: (project, stream, buckets, rows) =>
      inTurn(() => writeSums(database, writer, { project, stream, buckets, rows })),
    sums: (project, stream, query) => readSums(database, project, stream, query),
  };
}

/** One thread: added in the order of the key, the same rows have the same sum to the last bit. */
const SUM_SETTINGS = { max_threads: 1, do_not_merge_across_partitions_select_final: 1 };

const SUM_SQL = `SELECT toUInt64(position - 1), [toFloat64(sum(Count)), sum(Distance), sum(DistanceSquares)],
    sumForEach(Sums), sumForEach(Squares), sumForEach(Fourier), CAST(sumForEach(Clusters), 'Array(Float64)')
  FROM (
    SELECT * FROM embedding_sums FINAL
    WHERE ${SUMMED_WITHIN} AND Segment = {segment:String} AND Count > 0
      AND ${CHOSEN('ModelVersion', 'version')} AND ${CHOSEN('Variant', 'variant')}
    ORDER BY Bucket, ModelVersion, Variant)
  ARRAY JOIN arrayFilter(i -> toUnixTimestamp64Milli(Bucket) >= {starts:Array(Int64)}[i]
                           AND toUnixTimestamp64Milli(Bucket) < {ends:Array(Int64)}[i],
                         arrayEnumerate({starts:Array(Int64)})) AS position
  GROUP BY position`;

async function readSums(
  database: Database,
  project: string,
  stream: SummedStream,
  { ranges, segment = '', versions, variants }: SumsQuery,
): Promise<SummedVectors[]> {
  const sums = ranges.map(() => NOTHING);
  if (ranges.length === 0) {
    return sums;
  }
  const bytes = await database.queryBinary(
    SUM_SQL,
    {
      ...summedParameters(project, stream),
      ...spanOf(ranges),
      segment,
      starts: ranges.map(({ from }) => from),
      ends: ranges.map(({ to }) => to),
      ...choice('version', versions),
      ...choice('variant', variants),
    },
    { tag: 'embedding-sums.sums', settings: SUM_SETTINGS },
  );
  const reader = new RowBinaryReader(bytes);
  while (reader.more) {
    sums[reader.uint64()] = readSum(reader);
  }
  return sums;
}

const NOTHING: SummedVectors = {
  count: 0,
  sum: new Float64Array(0),
  squares: new Float64Array(0),
  fourier: new Float64Array(0),
  distance: 0,
  distanceSquares: 0,
  clusters: new Float64Array(0),
};

function readSum(reader: RowBinaryReader): SummedVectors {
  const [count = 0, distance = 0, distanceSquares = 0] = reader.float64Array();
  const [sum, squares, fourier, clusters] = [
    reader.float64Array(),
    reader.float64Array(),
    reader.float64Array(),
    reader.float64Array(),
  ];
  return { count, sum, squares, fourier, distance, distanceSquares, clusters };
}

import { spanOf, type TimeRange } from '@tidewatch/core';
import {
  emptySums,
  spaceDocument,
  spaceFromDocument,
  type EmbeddingMonitor,
  type EmbeddingSpace,
  type SpaceDocument,
  type VectorSums,
} from '@tidewatch/drift';
import type { EmbeddingAnalysis } from '@tidewatch/encoder';
import { matrix } from '@tidewatch/stats';
import type {
  BucketSums,
  EmbeddingStream,
  Store,
  StoredEmbeddingSpace,
  VectorOrigin,
  VectorQuery,
} from '@tidewatch/store';
import type { Logger } from 'pino';
import { sameOrigin } from './embedding-sides.js';

/** A space with what made the vectors in it. */
export interface OpenSpace {
  readonly version: number;
  readonly origin: Pick<VectorOrigin, 'encoder' | 'dimension'>;
  readonly space: EmbeddingSpace;
}

/** Vectors that a bucket's sums are taken of at most, those with the smallest hashes of their ids. */
const MOST_PER_BUCKET = 20_000;
/** Buckets summed up in one run of a monitor, the newest first: the others follow in the next runs. */
const MOST_BUCKETS = 400;
/** Buckets stored together. */
const AT_ONCE = 50;
/** The seed of everything random in a space: the same baseline gives the same space. */
const SEED = 1;

/** Which vectors are added up where. */
export interface FillOptions {
  readonly project: string;
  readonly stream: EmbeddingStream;
  readonly space: OpenSpace;
  readonly query: VectorQuery;
  readonly bucketMs: number;
}

type StreamStore = Pick<Store, 'vectors' | 'embeddingSums'>;

/** Keeps the sums of vectors by bucket: makes a monitor's space once, and adds up what has not been. */
export class VectorStreams {
  private readonly store: StreamStore;
  private readonly analysis: EmbeddingAnalysis;
  private readonly logger: Logger;

  constructor(store: StreamStore, analysis: EmbeddingAnalysis, logger: Logger) {
    this.store = store;
    this.analysis = analysis;
    this.logger = logger;
  }

  /** The latest space of a stream; `null` before there is one. */
  async stored(project: string, stream: EmbeddingStream): Promise<OpenSpace | null> {
    const stored = await this.store.embeddingSums.space(project, stream);
    return stored === null ? null : opened(stored);
  }

  /**
   * The space of a stream for vectors of one origin: the stored one, else one made of a sample of the baseline.
   *
   * @returns `null` while the baseline has fewer vectors than the monitor asks for
   */
  async space(
    project: string,
    stream: EmbeddingStream,
    monitor: EmbeddingMonitor,
    { origin, reference }: { readonly origin: VectorOrigin; readonly reference: VectorQuery },
  ): Promise<OpenSpace | null> {
    const stored = await this.stored(project, stream);
    if (stored !== null && sameOrigin(stored.origin, origin)) {
      return stored;
    }
    const { encoder, dimension } = origin;
    const sample = await this.store.vectors.sample(project, {
      ...reference,
      ...{ encoder, dimension, limit: monitor.sampleSize },
    });
    if (sample.ids.length < monitor.minimumSamples) {
      return null;
    }
    const { ids, data } = sample;
    const space = await this.analysis.makeSpace(
      { ids, vectors: matrix(ids.length, dimension, data) },
      { clusters: monitor.clusters, seed: SEED, learnedFrom: spanOf(reference.ranges) },
    );
    const { facts, numbers } = spaceDocument(space);
    const saved = await this.store.embeddingSums.saveSpace(project, {
      ...stream,
      ...{ encoder, dimension, numbers },
      document: JSON.stringify(facts),
    });
    this.logger.info(
      { monitor: monitor.name, version: saved.version, vectors: space.vectors, dimension },
      'the coordinates of an embedding monitor were made from its baseline',
    );
    return { version: saved.version, origin, space };
  }

  /** Adds up the buckets of the query's ranges that have not been, and again those that `late` vectors reach into. */
  async fill(options: FillOptions, late: readonly TimeRange[] = []): Promise<void> {
    const { query, bucketMs } = options;
    const counted = await this.counted(options);
    const again = (bucket: number): boolean =>
      late.some(({ from, to }) => from < bucket + bucketMs && to > bucket);
    const missing = query.ranges
      .flatMap((range) => bucketsOf(range, bucketMs))
      .filter((bucket) => !counted.has(bucket) || again(bucket))
      .sort((a, b) => b - a)
      .slice(0, MOST_BUCKETS);
    for (let from = 0; from < missing.length; from += AT_ONCE) {
      await this.addUp(options, missing.slice(from, from + AT_ONCE));
    }
  }

  /** The sums of each range, in the order of the ranges; of all arms together that the query names. */
  async sums(
    { project, stream, space, query }: Omit<FillOptions, 'bucketMs'>,
    ranges: readonly TimeRange[],
  ): Promise<VectorSums[]> {
    const { versions, variants } = query;
    const found = await this.store.embeddingSums.sums(project, summed(stream, space), {
      ranges,
      ...(versions === undefined ? {} : { versions }),
      ...(variants === undefined ? {} : { variants }),
    });
    return found.map((sums) => (sums.count === 0 ? emptySums(space.space) : sums));
  }

  private async counted({ project, stream, space, query }: FillOptions): Promise<Set<number>> {
    const known = query.ranges.map((range) =>
      this.store.embeddingSums.counted(project, summed(stream, space), range),
    );
    return new Set((await Promise.all(known)).flat());
  }

  private async addUp(options: FillOptions, buckets: readonly number[]): Promise<void> {
    const { project, stream, space, bucketMs } = options;
    const rows: BucketSums[] = [];
    for (const from of buckets) {
      rows.push(...(await this.bucketSums(options, { from, to: from + bucketMs })));
    }
    const { encoder } = space.origin;
    await this.store.embeddingSums.write(project, { ...summed(stream, space), encoder }, buckets, rows);
  }

  /** The sums of one bucket, by model version and variant. */
  private async bucketSums({ project, space, query }: FillOptions, bucket: TimeRange): Promise<BucketSums[]> {
    const { population, name } = query;
    const inBucket: VectorQuery = { population, name, ranges: [bucket], ...space.origin };
    const rows: BucketSums[] = [];
    for (const { version, variant } of await this.store.vectors.arms(project, inBucket)) {
      const { ids, dimension, data } = await this.store.vectors.sample(project, {
        ...inBucket,
        ...{ versions: [version], variants: [variant], limit: MOST_PER_BUCKET },
      });
      if (ids.length > 0) {
        const vectors = matrix(ids.length, dimension, data);
        const sums = await this.analysis.sum({ ids, vectors }, { space: space.space, time: bucket });
        rows.push({ ...sums, bucket: bucket.from, segment: '', modelVersion: version, variant });
      }
    }
    return rows;
  }
}

/** A stored space, ready for use. */
export function opened({ version, encoder, dimension, document, numbers }: StoredEmbeddingSpace): OpenSpace {
  const facts = JSON.parse(document) as SpaceDocument['facts'];
  return { version, origin: { encoder, dimension }, space: spaceFromDocument({ facts, numbers }) };
}

function summed(stream: EmbeddingStream, { version }: OpenSpace) {
  return { ...stream, space: version };
}

function bucketsOf({ from, to }: TimeRange, bucketMs: number): number[] {
  return Array.from(
    { length: Math.max(0, Math.floor((to - from) / bucketMs)) },
    (_, index) => from + index * bucketMs,
  );
}

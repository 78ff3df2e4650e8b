import type { Block, BlockWriter } from '../block-writer.js';
import {
  array,
  count64,
  dateTime64Milli,
  float32,
  float64,
  lowCardinality,
  uint32,
} from '../column-types.js';
import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import { column, defineTable, encodeRows } from '../table-definition.js';
import { SUMMED_WITHIN, summedParameters, type SummedStream } from './embedding-stream.js';
import type { BucketSums } from './embedding-sums.js';
import type { EncoderIdentity } from './embedding-tables.js';

/** The sums of some buckets; `buckets` names them all. */
export interface SumsToWrite {
  readonly project: string;
  readonly stream: SummedStream & { readonly encoder: EncoderIdentity };
  readonly buckets: readonly number[];
  readonly rows: readonly BucketSums[];
}

interface SumRow {
  readonly project: string;
  readonly stream: SumsToWrite['stream'];
  readonly sums: BucketSums;
  readonly computedAt: number;
}

const SUMS = defineTable<SumRow>(
  'embedding_sums',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('Model', lowCardinality, ({ stream }) => stream.model),
    column('Stream', lowCardinality, ({ stream }) => stream.stream),
    column('Space', uint32, ({ stream }) => stream.space),
    column('Bucket', dateTime64Milli, ({ sums }) => sums.bucket),
    column('Segment', lowCardinality, ({ sums }) => sums.segment),
    column('ModelVersion', lowCardinality, ({ sums }) => sums.modelVersion),
    column('Variant', lowCardinality, ({ sums }) => sums.variant),
    column('Encoder', lowCardinality, ({ stream }) => stream.encoder.name),
    column('EncoderSha256', lowCardinality, ({ stream }) => stream.encoder.sha256),
    column('Count', count64, ({ sums }) => sums.count),
    column('Sums', array(float64), ({ sums }) => sums.sum),
    column('Squares', array(float64), ({ sums }) => sums.squares),
    column('Fourier', array(float32), ({ sums }) => sums.fourier),
    column('Distance', float64, ({ sums }) => sums.distance),
    column('DistanceSquares', float64, ({ sums }) => sums.distanceSquares),
    column('Clusters', array(uint32), ({ sums }) => sums.clusters),
    column('ComputedAt', count64, (row) => row.computedAt),
  ],
  { announced: false },
);

/** Enough for one insert: further rows only cost memory. */
const BLOCK_BYTES = 8 * 1024 * 1024;

/** Replaces what is stored of some buckets: new rows, and empty ones over those that have none any more. */
export async function writeSums(
  database: Database,
  writer: BlockWriter,
  written: SumsToWrite,
): Promise<void> {
  for (const block of blocksOf(written, await rowsByBucket(database, written))) {
    await writer.append(SUMS, block);
  }
}

/** Every bucket with at least one row, which says that it was looked at. */
async function rowsByBucket(
  database: Database,
  written: SumsToWrite,
): Promise<Map<number, readonly BucketSums[]>> {
  const { buckets, rows } = written;
  const found = new Map<number, Map<string, BucketSums>>();
  const put = (row: BucketSums): void => {
    const ofBucket = found.get(row.bucket) ?? new Map<string, BucketSums>();
    found.set(row.bucket, ofBucket.set(keyOf(row), row));
  };
  buckets.forEach((bucket) => put(nothing({ bucket, segment: '', modelVersion: '', variant: '' })));
  (await storedRows(database, written)).forEach(put);
  rows.forEach(put);
  return new Map([...found].map(([bucket, ofBucket]) => [bucket, [...ofBucket.values()]]));
}

/** A bucket's rows are in one block, and a block in one month: they become visible together. */
function* blocksOf(
  { project, stream }: SumsToWrite,
  byBucket: ReadonlyMap<number, readonly BucketSums[]>,
): Generator<Block> {
  const computedAt = Date.now();
  let block = { rows: 0, parts: [] as Uint8Array[], bytes: 0, month: 0 };
  for (const [bucket, ofBucket] of [...byBucket].sort(([a], [b]) => a - b)) {
    const month = monthOf(bucket);
    if (block.rows > 0 && (month !== block.month || block.bytes >= BLOCK_BYTES)) {
      yield { rows: block.rows, bytes: Buffer.concat(block.parts), day: block.month };
      block = { rows: 0, parts: [], bytes: 0, month };
    }
    const part = encodeRows(
      SUMS,
      ofBucket.map((sums) => ({ project, stream, sums, computedAt })),
    );
    block.parts.push(part);
    block = { ...block, rows: block.rows + ofBucket.length, bytes: block.bytes + part.length, month };
  }
  if (block.rows > 0) {
    yield { rows: block.rows, bytes: Buffer.concat(block.parts), day: block.month };
  }
}

/** What is stored of the buckets, as empty rows. */
async function storedRows(
  database: Database,
  { project, stream, buckets }: SumsToWrite,
): Promise<BucketSums[]> {
  if (buckets.length === 0) {
    return [];
  }
  const rows = await database.query<Record<'segment' | 'modelVersion' | 'variant' | 'start', string>>(
    `SELECT DISTINCT toString(Segment) AS segment, toString(ModelVersion) AS modelVersion, toString(Variant) AS variant,
       toUnixTimestamp64Milli(Bucket) AS start
     FROM embedding_sums WHERE ${SUMMED_WITHIN}
       AND toUnixTimestamp64Milli(Bucket) IN {buckets:Array(Int64)}`,
    {
      ...summedParameters(project, stream),
      from: buckets.reduce((a, b) => Math.min(a, b)),
      to: buckets.reduce((a, b) => Math.max(a, b)) + 1,
      buckets,
    },
    { tag: 'embedding-sums.stored' },
  );
  return rows.map(({ start, ...key }) => nothing({ ...key, bucket: toNumber(start) }));
}

function nothing(key: Pick<BucketSums, 'bucket' | 'segment' | 'modelVersion' | 'variant'>): BucketSums {
  const none = new Float64Array(0);
  return {
    ...key,
    count: 0,
    sum: none,
    squares: none,
    fourier: none,
    distance: 0,
    distanceSquares: 0,
    clusters: none,
  };
}

function keyOf({ segment, modelVersion, variant }: BucketSums): string {
  return JSON.stringify([segment, modelVersion, variant]);
}

/** A number of its own for every month, the table's partitions. */
function monthOf(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

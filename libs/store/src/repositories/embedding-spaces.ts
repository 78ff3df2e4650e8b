import type { BlockWriter } from '../block-writer.js';
import { dateTime64Milli, float32s, lowCardinality, string, uint32 } from '../column-types.js';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import { column, defineTable, encodeRows } from '../table-definition.js';
import { IN_EMBEDDING_STREAM, type EmbeddingStream } from './embedding-stream.js';
import type { EncoderIdentity } from './embedding-tables.js';

/** What to store as a new version of a stream's space. */
export interface NewEmbeddingSpace extends EmbeddingStream {
  readonly encoder: EncoderIdentity;
  readonly dimension: number;
  /** JSON: what the space is made of, and where in `numbers` each of its arrays lies. */
  readonly document: string;
  readonly numbers: Float32Array;
}

/** The frozen coordinates in which a stream's vectors are summed up. A version never changes. */
export interface StoredEmbeddingSpace extends NewEmbeddingSpace {
  /** 1 for the first of a stream, then rising; never used twice, even when the space itself is gone. */
  readonly version: number;
  readonly createdAt: number;
}

const SPACES = defineTable<StoredEmbeddingSpace & { readonly project: string }>(
  'embedding_spaces',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('Model', lowCardinality, (row) => row.model),
    column('Stream', lowCardinality, (row) => row.stream),
    column('Version', uint32, (row) => row.version),
    column('Encoder', lowCardinality, (row) => row.encoder.name),
    column('EncoderSha256', lowCardinality, (row) => row.encoder.sha256),
    column('Dimension', uint32, (row) => row.dimension),
    column('CreatedAt', dateTime64Milli, (row) => row.createdAt),
    column('Document', string, (row) => row.document),
    column('Numbers', float32s, (row) => row.numbers),
  ],
  { announced: false },
);

/** The latest version of a stream's space, or the one asked for; `null` when it is not there. */
export async function readSpace(
  database: Database,
  project: string,
  { model, stream }: EmbeddingStream,
  version: number | null,
): Promise<StoredEmbeddingSpace | null> {
  const bytes = await database.queryBinary(
    `SELECT Version, Encoder, EncoderSha256, Dimension, toUnixTimestamp64Milli(CreatedAt), Document, Numbers
     FROM embedding_spaces FINAL
     WHERE ${IN_EMBEDDING_STREAM} AND Version = if({version:UInt32} > 0, {version:UInt32},
       (SELECT max(Version) FROM embedding_spaces WHERE ${IN_EMBEDDING_STREAM}))`,
    { project, model, stream, version: version ?? 0 },
    { tag: 'embedding-spaces.read' },
  );
  const reader = new RowBinaryReader(bytes);
  return reader.more
    ? {
        ...{ model, stream },
        version: reader.uint32(),
        encoder: { name: reader.text(), sha256: reader.text() },
        dimension: reader.uint32(),
        createdAt: reader.int64(),
        document: reader.text(),
        numbers: reader.float32Array(),
      }
    : null;
}

/** Stores the next version of a stream's space. Calls for one stream must not overlap. */
export async function saveSpace(
  database: Database,
  writer: BlockWriter,
  project: string,
  { model, stream, ...space }: NewEmbeddingSpace,
): Promise<StoredEmbeddingSpace> {
  // Sums outlive the space they were taken in: its number must not be given to another.
  const [newest] = await database.query<{ version: string }>(
    `SELECT max(version) AS version FROM (
       SELECT max(Version) AS version FROM embedding_spaces WHERE ${IN_EMBEDDING_STREAM}
       UNION ALL SELECT max(Space) AS version FROM embedding_sums WHERE ${IN_EMBEDDING_STREAM})`,
    { project, model, stream },
    { tag: 'embedding-spaces.newest' },
  );
  const saved = {
    ...{ model, stream, ...space },
    version: toNumber(newest?.version ?? 0) + 1,
    createdAt: Date.now(),
  };
  await writer.append(SPACES, { rows: 1, bytes: encodeRows(SPACES, [{ ...saved, project }]), day: 0 });
  return saved;
}

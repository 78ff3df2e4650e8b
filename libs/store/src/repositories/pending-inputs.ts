import type { TimeRange } from '@tidewatch/core';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import type { PendingInput } from './embedding-tables.js';

/** The inputs of one name that one model gets: what an encoder rule is for. */
export interface InputStream {
  readonly project: string;
  readonly model: string;
  readonly name: string;
}

/** How many pending inputs to take at once. */
export interface PendingLimits {
  readonly rows: number;
  /** Of their data. One input is taken even when it is larger. */
  readonly bytes: number;
  /** Streams whose inputs are left where they are, because their encoder cannot work now. */
  readonly skip?: readonly InputStream[];
}

/** Length of a partition of `pending_inputs` and `encoded_inputs`. */
export const PENDING_PARTITION_MS = 600_000;

/** Inputs whose keys are looked at together: a few hundred megabytes at most, however long the backlog is. */
const ROWS_AT_ONCE = 250_000;

/** What makes a pending input the same as another, and the order of both tables. */
export const PENDING_KEY = 'ReceivedAt, Project, Model, Name, PredictionId, Timestamp';

/** Condition on a row of either table, by which its partitions and its index are pruned; a {@link TimeRange} has its parameters. */
export const RECEIVED_WITHIN = `ReceivedAt >= fromUnixTimestamp64Milli({from:Int64})
  AND ReceivedAt < fromUnixTimestamp64Milli({to:Int64})`;

/** Condition on a row of `pending_inputs`, beside {@link RECEIVED_WITHIN}: nothing became of it yet. */
export const UNMARKED = `(${PENDING_KEY}) NOT IN (SELECT ${PENDING_KEY} FROM encoded_inputs WHERE ${RECEIVED_WITHIN})`;

/**
 * The times in which pending inputs came, oldest first, each of whole partitions and of so few inputs that one query can look
 * at all of them.
 *
 * @param until only partitions that begin before
 */
export async function pendingSpans(
  database: Database,
  until = Number.MAX_SAFE_INTEGER,
): Promise<TimeRange[]> {
  const partitions = await database.query<{ start: string; rows: string }>(
    `SELECT toUnixTimestamp(_partition_value.1) * 1000 AS start, count() AS rows FROM pending_inputs
     WHERE start < {until:Int64} GROUP BY start ORDER BY start`,
    { until },
    { tag: 'encoding.spans' },
  );
  const spans: TimeRange[] = [];
  let rows = 0;
  for (const partition of partitions) {
    const from = toNumber(partition.start);
    const last = spans.at(-1);
    rows += toNumber(partition.rows);
    if (last === undefined || rows > ROWS_AT_ONCE) {
      spans.push({ from, to: from + PENDING_PARTITION_MS });
      rows = toNumber(partition.rows);
    } else {
      spans[spans.length - 1] = { from: last.from, to: from + PENDING_PARTITION_MS };
    }
  }
  return spans;
}

/** The oldest pending inputs by arrival, over all projects. */
export async function readPending(database: Database, limits: PendingLimits): Promise<PendingInput[]> {
  let found: PendingInput[] = [];
  let bytes = 0;
  for (const span of await pendingSpans(database)) {
    const rows = await readSpan(database, span, {
      ...limits,
      rows: limits.rows - found.length,
      bytes: limits.bytes - bytes,
      isFirst: found.length === 0,
    });
    found = found.concat(rows);
    bytes += rows.reduce((sum, { data }) => sum + data.byteLength, 0);
    if (found.length >= limits.rows || bytes >= limits.bytes) {
      break;
    }
  }
  return found;
}

/** Keys and sizes are read first; data only of what is taken. */
const PENDING_SQL = `SELECT Project, Model, ModelVersion, Name, PredictionId, toUnixTimestamp64Milli(Timestamp),
    toUnixTimestamp64Milli(ReceivedAt), Service, Region, Environment, Variant, DeploymentId, Tags,
    DataType, Shape, Data, MaskedBoxes, OcclusionRate
  FROM pending_inputs
  PREWHERE (${PENDING_KEY}) IN (
    SELECT ${PENDING_KEY} FROM (
      SELECT ${PENDING_KEY}, row_number() OVER inOrder AS number, sum(Bytes) OVER inOrder AS upTo
      FROM (
        SELECT ${PENDING_KEY}, Bytes FROM pending_inputs
        WHERE ${RECEIVED_WITHIN} AND ${UNMARKED}
          AND NOT arrayExists((p, m, n) -> p = Project AND m = Model AND n = Name,
                              {skipProjects:Array(String)}, {skipModels:Array(String)}, {skipNames:Array(String)})
        ORDER BY ${PENDING_KEY} LIMIT 1 BY ${PENDING_KEY} LIMIT {rows:UInt64})
      WINDOW inOrder AS (ORDER BY ${PENDING_KEY} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
    WHERE upTo <= {bytes:UInt64} OR ({isFirst:Bool} AND number = 1))
  WHERE ${RECEIVED_WITHIN}
  ORDER BY ${PENDING_KEY} LIMIT 1 BY ${PENDING_KEY}`;

async function readSpan(
  database: Database,
  span: TimeRange,
  { rows, bytes, skip = [], isFirst }: PendingLimits & { readonly isFirst: boolean },
): Promise<PendingInput[]> {
  const found = await database.queryBinary(
    PENDING_SQL,
    {
      ...span,
      ...{ rows, bytes, isFirst },
      skipProjects: skip.map(({ project }) => project),
      skipModels: skip.map(({ model }) => model),
      skipNames: skip.map(({ name }) => name),
    },
    { tag: 'encoding.pending' },
  );
  const reader = new RowBinaryReader(found);
  const inputs: PendingInput[] = [];
  while (reader.more) {
    inputs.push(readInput(reader));
  }
  return inputs;
}

/** Properties are read in the order in which they are written here: that of the columns. */
function readInput(reader: RowBinaryReader): PendingInput {
  const text = (): string => reader.text();
  return {
    project: text(),
    model: text(),
    modelVersion: text(),
    name: text(),
    predictionId: text(),
    timestamp: reader.int64(),
    receivedAt: reader.int64(),
    dimensions: {
      service: text(),
      region: text(),
      environment: text(),
      variant: text(),
      deploymentId: text(),
      tags: reader.map(text),
    },
    dataType: text(),
    shape: reader.array(() => reader.uint32()),
    data: reader.bytes(),
    maskedBoxes: reader.array(
      () => reader.array(() => reader.float32()) as unknown as readonly [number, number, number, number],
    ),
    occlusionRate: reader.nullable(() => reader.float64()),
  };
}

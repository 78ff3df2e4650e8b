/**
 * Rows of one table and one day on their way to ClickHouse, already in the bytes it reads.
 *
 * The store makes blocks and takes them back; the journal carries them without looking inside. Blocks of the same
 * layout may be concatenated.
 */
export interface RowBlock {
  /** Table and version of its byte layout, `metric_points/2`: a journal may outlive an upgrade. */
  readonly layout: string;
  /** Partition, in days since the epoch; 0 for a table that is not partitioned by day. */
  readonly day: number;
  readonly rows: number;
  /** Bounds of the rows' event times, milliseconds since the epoch, both inclusive. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly bytes: Uint8Array;
}

/** A project's share of a batch. */
export interface BatchPart {
  readonly project: string;
  readonly rows: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly bytes: readonly Uint8Array[];
}

/**
 * What one insert stores: rows of one layout and one day under one deduplication token. Repeated after a failure it has
 * the same token and the same rows in the same order.
 */
export interface SealedBatch {
  readonly token: string;
  readonly layout: string;
  readonly day: number;
  readonly rows: number;
  readonly parts: readonly BatchPart[];
}

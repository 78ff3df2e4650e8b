import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { keptRows, takeRows, takeTexts } from '../text/take-rows.js';
import type { LogBatch } from './batch.js';

/** What a sampling rule sees of a log record. Valid during the call only: the next record has the same object. */
export interface SampledLog {
  /** 16 bytes; zeros when the record belongs to no trace. */
  readonly traceId: Uint8Array;
  /** OTLP SeverityNumber, 0 to 24. */
  readonly severityNumber: number;
  readonly serviceName: string;
}

/**
 * Drops the records to which `weightOf` gives 0 (or anything that is not above 0), and stores the weight of the others.
 *
 * @param weightOf how many records this one stands for
 * @returns a batch whose `accepted` still counts the dropped ones; `batch` itself when all weights are as they were.
 *   Texts are not copied: the new batch refers to the same bytes
 */
export function sampleLogs(batch: LogBatch, weightOf: (record: SampledLog) => number): LogBatch {
  const cursor = new LogCursor(batch);
  const { rows, weight, isUnchanged } = keptRows(batch.weight, (row) => {
    cursor.row = row;
    return weightOf(cursor);
  });
  if (isUnchanged) {
    return batch;
  }
  return rows.length === batch.length ? { ...batch, weight } : { ...takeRecords(batch, rows), weight };
}

/** Reads what a rule asks for when it asks. */
class LogCursor implements SampledLog {
  row = 0;
  private readonly batch: LogBatch;

  constructor(batch: LogBatch) {
    this.batch = batch;
  }

  get traceId(): Uint8Array {
    return this.batch.traceId.subarray(this.row * TRACE_ID_BYTES, (this.row + 1) * TRACE_ID_BYTES);
  }

  get severityNumber(): number {
    return this.batch.severityNumber[this.row]!;
  }

  get serviceName(): string {
    return this.batch.scopes[this.batch.scopeIndex[this.row]!]!.serviceName;
  }
}

function takeRecords(batch: LogBatch, rows: Uint32Array): LogBatch {
  return {
    ...batch,
    length: rows.length,
    scopeIndex: takeRows(batch.scopeIndex, rows),
    timeUnixNano: takeRows(batch.timeUnixNano, rows),
    observedTimeUnixNano: takeRows(batch.observedTimeUnixNano, rows),
    severityNumber: takeRows(batch.severityNumber, rows),
    severityText: takeTexts(batch.severityText, rows),
    body: takeTexts(batch.body, rows),
    attributes: takeTexts(batch.attributes, rows),
    traceId: takeRows(batch.traceId, rows, TRACE_ID_BYTES),
    spanId: takeRows(batch.spanId, rows, SPAN_ID_BYTES),
    flags: takeRows(batch.flags, rows),
    eventName: takeTexts(batch.eventName, rows),
  };
}

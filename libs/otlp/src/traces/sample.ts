import { halvesOf } from '../text/grown.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../text/ids.js';
import { keptRows, takeBlocks, takeRows, takeTexts } from '../text/take-rows.js';
import { textAt } from '../text/text-column.js';
import type { SpanBatch } from './batch.js';

/** What a sampling rule sees of a span. Valid during the call only: the next span has the same object. */
export interface SampledSpan {
  /** 16 bytes. */
  readonly traceId: Uint8Array;
  /** The status code is error. */
  readonly isError: boolean;
  /** From start to end. */
  readonly durationMs: number;
  readonly serviceName: string;
  readonly name: string;
}

/**
 * Drops the spans to which `weightOf` gives 0 (or anything that is not above 0), and stores the weight of the others.
 *
 * @param weightOf how many spans this one stands for
 * @returns a batch whose `accepted` still counts the dropped ones; `batch` itself when all weights are as they were.
 *   Texts are not copied: the new batch refers to the same bytes
 */
export function sampleSpans(batch: SpanBatch, weightOf: (span: SampledSpan) => number): SpanBatch {
  const cursor = new SpanCursor(batch);
  const { rows, weight, isUnchanged } = keptRows(batch.weight, (row) => {
    cursor.row = row;
    return weightOf(cursor);
  });
  if (isUnchanged) {
    return batch;
  }
  return rows.length === batch.length ? { ...batch, weight } : { ...takeSpans(batch, rows), weight };
}

/** Reads what a rule asks for when it asks: most rules never look at the name, which would be a string per span. */
class SpanCursor implements SampledSpan {
  row = 0;
  private readonly batch: SpanBatch;
  private readonly start: Uint32Array;
  private readonly end: Uint32Array;

  constructor(batch: SpanBatch) {
    this.batch = batch;
    this.start = halvesOf(batch.startTimeUnixNano);
    this.end = halvesOf(batch.endTimeUnixNano);
  }

  get traceId(): Uint8Array {
    return this.batch.traceId.subarray(this.row * TRACE_ID_BYTES, (this.row + 1) * TRACE_ID_BYTES);
  }

  get isError(): boolean {
    return this.batch.statusCode[this.row] === 2;
  }

  get durationMs(): number {
    const low = 2 * this.row;
    const high = low + 1;
    // Exact up to 104 days, and to nine digits beyond.
    return ((this.end[high]! - this.start[high]!) * 2 ** 32 + (this.end[low]! - this.start[low]!)) / 1e6;
  }

  get serviceName(): string {
    return this.batch.scopes[this.batch.scopeIndex[this.row]!]!.serviceName;
  }

  get name(): string {
    return textAt(this.batch.name, this.row);
  }
}

function takeSpans(batch: SpanBatch, rows: Uint32Array): SpanBatch {
  const { events, links } = batch;
  const keptEvents = takeBlocks(batch.eventOffsets, rows);
  const keptLinks = takeBlocks(batch.linkOffsets, rows);
  return {
    ...batch,
    length: rows.length,
    scopeIndex: takeRows(batch.scopeIndex, rows),
    traceId: takeRows(batch.traceId, rows, TRACE_ID_BYTES),
    spanId: takeRows(batch.spanId, rows, SPAN_ID_BYTES),
    parentSpanId: takeRows(batch.parentSpanId, rows, SPAN_ID_BYTES),
    flags: takeRows(batch.flags, rows),
    startTimeUnixNano: takeRows(batch.startTimeUnixNano, rows),
    endTimeUnixNano: takeRows(batch.endTimeUnixNano, rows),
    kind: takeRows(batch.kind, rows),
    statusCode: takeRows(batch.statusCode, rows),
    name: takeTexts(batch.name, rows),
    traceState: takeTexts(batch.traceState, rows),
    statusMessage: takeTexts(batch.statusMessage, rows),
    attributes: takeTexts(batch.attributes, rows),
    eventOffsets: keptEvents.offsets,
    events: {
      length: keptEvents.rows.length,
      timeUnixNano: takeRows(events.timeUnixNano, keptEvents.rows),
      name: takeTexts(events.name, keptEvents.rows),
      attributes: takeTexts(events.attributes, keptEvents.rows),
    },
    linkOffsets: keptLinks.offsets,
    links: {
      length: keptLinks.rows.length,
      traceId: takeRows(links.traceId, keptLinks.rows, TRACE_ID_BYTES),
      spanId: takeRows(links.spanId, keptLinks.rows, SPAN_ID_BYTES),
      traceState: takeTexts(links.traceState, keptLinks.rows),
      attributes: takeTexts(links.attributes, keptLinks.rows),
    },
  };
}

import type { Rejection } from '../metrics/batch.js';
import type { ResourceScope } from '../text/resource-scope.js';
import type { AttributesColumn, TextColumn } from '../text/text-column.js';

/** Events of all spans of a batch, in the order of their spans. All columns have `length` elements. */
export interface SpanEvents {
  readonly length: number;
  /** Nanoseconds since the Unix epoch; 0 when the sender gave none. */
  readonly timeUnixNano: BigInt64Array;
  readonly name: TextColumn;
  readonly attributes: AttributesColumn;
}

/** Links of all spans of a batch, in the order of their spans. Ids may be zeros: the sender knew none. */
export interface SpanLinks {
  readonly length: number;
  /** 16 bytes each. */
  readonly traceId: Uint8Array;
  /** 8 bytes each. */
  readonly spanId: Uint8Array;
  readonly traceState: TextColumn;
  readonly attributes: AttributesColumn;
}

/** One decoded trace request in columns. Every column of a span has `length` elements unless it says otherwise. */
export interface SpanBatch {
  readonly length: number;
  readonly scopes: ResourceScope[];
  /** Index into `scopes`. */
  readonly scopeIndex: Uint32Array;
  /** 16 bytes each, never all zero. */
  readonly traceId: Uint8Array;
  /** 8 bytes each, never all zero. */
  readonly spanId: Uint8Array;
  /** 8 bytes each; zeros for a root span. */
  readonly parentSpanId: Uint8Array;
  /** OTLP span flags; bits 0-7 are the W3C trace flags. */
  readonly flags: Uint32Array;
  /** Nanoseconds since the Unix epoch, above 0. */
  readonly startTimeUnixNano: BigInt64Array;
  /** Nanoseconds since the Unix epoch, never before the start. */
  readonly endTimeUnixNano: BigInt64Array;
  /** OTLP SpanKind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: Uint8Array;
  /** OTLP StatusCode: 0 unset, 1 ok, 2 error. */
  readonly statusCode: Uint8Array;
  readonly name: TextColumn;
  /** W3C trace state. */
  readonly traceState: TextColumn;
  readonly statusMessage: TextColumn;
  readonly attributes: AttributesColumn;
  /** `length + 1` elements: events of span i are those from `eventOffsets[i]` up to, not including, `[i + 1]`. */
  readonly eventOffsets: Uint32Array;
  readonly events: SpanEvents;
  /** `length + 1` elements, as `eventOffsets`. */
  readonly linkOffsets: Uint32Array;
  readonly links: SpanLinks;
  readonly rejections: Rejection[];
  /** Spans of the request that were taken, whether sampling kept them or not. */
  readonly accepted: number;
  /** How many spans each stands for: 1 unless sampled. */
  readonly weight: Float64Array;
}

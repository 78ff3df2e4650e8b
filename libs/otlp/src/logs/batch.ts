import type { Rejection } from '../metrics/batch.js';
import type { ResourceScope } from '../text/resource-scope.js';
import type { AttributesColumn, TextColumn } from '../text/text-column.js';

/** One decoded logs request in columns. Every column has `length` elements unless it says otherwise. */
export interface LogBatch {
  readonly length: number;
  readonly scopes: ResourceScope[];
  /** Index into `scopes`. */
  readonly scopeIndex: Uint32Array;
  /** Nanoseconds since the Unix epoch, above 0: the record's time, else when it was observed, else when it arrived. */
  readonly timeUnixNano: BigInt64Array;
  /** Nanoseconds since the Unix epoch; 0 when the sender gave none. */
  readonly observedTimeUnixNano: BigInt64Array;
  /** OTLP SeverityNumber, 0 (unspecified) to 24. */
  readonly severityNumber: Uint8Array;
  readonly severityText: TextColumn;
  /** The text of the body's value, as `attributeText` defines it. */
  readonly body: TextColumn;
  readonly attributes: AttributesColumn;
  /** 16 bytes each; zeros when the record belongs to no trace. */
  readonly traceId: Uint8Array;
  /** 8 bytes each; zeros when the record belongs to no span. */
  readonly spanId: Uint8Array;
  /** OTLP log record flags; bits 0-7 are the W3C trace flags. */
  readonly flags: Uint32Array;
  /** Not empty for records that are events. */
  readonly eventName: TextColumn;
  readonly rejections: Rejection[];
  /** Records of the request that were taken, whether sampling kept them or not. */
  readonly accepted: number;
  /** How many records each stands for: 1 unless sampled. */
  readonly weight: Float64Array;
}

export { countItems } from './count-items.js';
export type { OtlpEncoding } from './encoding.js';
export type { LogBatch } from './logs/batch.js';
export { encodeLogsResponse } from './logs/response.js';
export { MALFORMED } from './malformed.js';
export type {
  HistogramPoints,
  MetricBatch,
  MetricSeries,
  MetricType,
  NumberPoints,
  Rejection,
  Temporality,
} from './metrics/batch.js';
export { NO_RECORDED_VALUE } from './metrics/faults.js';
export { decodeMetricsJson } from './metrics/json.js';
export { refuseOutOfRange } from './metrics/out-of-range.js';
export type { StorableTimes } from './metrics/out-of-range.js';
export { decodeMetricsProtobuf } from './metrics/protobuf.js';
export { summariseRejections } from './metrics/rejections.js';
export { encodeMetricsResponse } from './metrics/response.js';
export type { PartialSuccess } from './partial-success.js';
export { encodeStatus } from './status.js';
export type { OtlpStatus } from './status.js';
export type { ResourceScope } from './text/resource-scope.js';
export { attributeEntries, attributesAt, textAt } from './text/text-column.js';
export type { AttributesColumn, TextColumn } from './text/text-column.js';
export type { SpanBatch, SpanEvents, SpanLinks } from './traces/batch.js';
export { encodeTraceResponse } from './traces/response.js';

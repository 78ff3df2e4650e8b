export type { OtlpEncoding } from './encoding.js';
export type { LogBatch } from './logs/batch.js';
export { decodeLogs, decodeLogsSteps } from './logs/decode.js';
export type { LogContext } from './logs/decode.js';
export { encodeLogsResponse } from './logs/response.js';
export { sampleLogs } from './logs/sample.js';
export type { SampledLog } from './logs/sample.js';
export { MALFORMED } from './malformed.js';
export type {
  Exemplars,
  ExponentialHistogramPoints,
  HistogramPoints,
  MetricBatch,
  MetricSeries,
  MetricType,
  NumberPoints,
  PointColumns,
  Rejection,
  SummaryPoints,
  Temporality,
} from './metrics/batch.js';
export type { CardinalityLimits } from './metrics/cardinality.js';
export type { MetricContext } from './metrics/context.js';
export { decodeMetrics, decodeMetricsSteps } from './metrics/decode.js';
export { NO_RECORDED_VALUE } from './metrics/faults.js';
export { summariseRejections } from './metrics/rejections.js';
export { encodeMetricsResponse } from './metrics/response.js';
export { SeriesCache } from './metrics/series-cache.js';
export type { SeriesCacheOptions, SeriesCacheStats } from './metrics/series-cache.js';
export type { PartialSuccess } from './partial-success.js';
export { encodeStatus } from './status.js';
export type { FieldViolation, OtlpStatus } from './status.js';
export type { StorableTimes } from './storable-times.js';
export type { ResourceScope } from './text/resource-scope.js';
export { attributeEntries, attributesAt, textAt } from './text/text-column.js';
export type { AttributesColumn, TextColumn } from './text/text-column.js';
export type { SpanBatch, SpanEvents, SpanLinks } from './traces/batch.js';
export { decodeTraces, decodeTracesSteps } from './traces/decode.js';
export type { SpanContext } from './traces/decode.js';
export { encodeTraceResponse } from './traces/response.js';
export { sampleSpans } from './traces/sample.js';
export type { SampledSpan } from './traces/sample.js';

import type { IngestRuntime } from '../ingest/ingest-runtime.js';
import { single, type MetricFamily } from './metric-family.js';

/** The metrics of what lies in front of the journal. */
export function receiverMetrics(ingest: IngestRuntime): MetricFamily[] {
  const { admission, pipeline, requests } = ingest;
  const { bytes, capacityBytes, waiting, refused } = admission.stats;
  const series = pipeline.seriesCaches.stats;
  return [
    {
      type: 'counter',
      name: 'tidewatch_ingest_requests_total',
      help: 'OTLP requests by HTTP status or gRPC code.',
      values: requests
        .all()
        .map(({ signal, transport, code, count }) => ({ value: count, labels: { signal, transport, code } })),
    },
    single('gauge', 'tidewatch_admission_bytes', 'Memory that requests in flight hold.', bytes),
    single('gauge', 'tidewatch_admission_capacity_bytes', 'Memory they may hold.', capacityBytes),
    single('gauge', 'tidewatch_admission_waiting', 'Requests that wait for memory.', waiting),
    single('counter', 'tidewatch_admission_refused_total', 'Requests that got none in time.', refused),
    single('gauge', 'tidewatch_series_cache_entries', 'Series in the cache.', series.entries),
    single('gauge', 'tidewatch_series_cache_bytes', 'Memory of the series cache.', series.bytes),
    single('counter', 'tidewatch_series_cache_hits_total', 'Points whose series was known.', series.hits),
    single('counter', 'tidewatch_series_cache_misses_total', 'Points whose series was not.', series.misses),
    single(
      'counter',
      'tidewatch_series_refused_total',
      'Points refused because their metric or project has too many series.',
      series.seriesRefused,
    ),
  ];
}

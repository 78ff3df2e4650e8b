import { sqlLiteral } from '../parameters.js';

/**
 * The tables and views that SQL SLIs may read: those whose rows belong to a project. What is missing here cannot be read.
 */
export const READABLE_TABLES: readonly string[] = [
  'baseline_profiles',
  'baselines',
  'deployments',
  'embedding_spaces',
  'embedding_sums',
  'embeddings',
  'encoded_inputs',
  'feature_counts',
  'incident_events',
  'ingest_batches',
  'labels',
  'metric_exemplars',
  'metric_exp_histograms',
  'metric_histograms',
  'metric_histograms_1h',
  'metric_histograms_1m',
  'metric_points',
  'metric_points_1h',
  'metric_points_1m',
  'metric_series',
  'metric_series_monthly',
  'metric_summaries',
  'notification_events',
  'otel_logs',
  'otel_traces',
  'otel_traces_trace_id_ts',
  'pending_inputs',
  'prediction_inputs',
  'predictions',
  'rollup_hours',
  'sample_reservoir',
  'slo_slices',
  'verdicts',
];

/** Views over those tables, in the shape of the OpenTelemetry exporter for ClickHouse. */
export const READABLE_VIEWS: readonly string[] = [
  'otel_metrics_exp_histogram',
  'otel_metrics_exponential_histogram',
  'otel_metrics_gauge',
  'otel_metrics_histogram',
  'otel_metrics_sum',
  'otel_metrics_summary',
];

/**
 * The setting `additional_table_filters` under which every one of {@link READABLE_TABLES} shows the rows of `project` alone,
 * wherever in a statement it is read, and through views too.
 */
export function projectFilters(project: string): string {
  const condition = sqlLiteral(`Project = ${sqlLiteral(project)}`);
  return `{${READABLE_TABLES.map((table) => `${sqlLiteral(table)}: ${condition}`).join(', ')}}`;
}

export { openStore } from './store.js';
export type { Store } from './store.js';
export type { EmbeddedMode, Retention, ServerMode, StoreOptions } from './options.js';
export type { IngestSink } from './ingest-sink.js';
export type { BatchRow } from './ingest-batches-table.js';
export type { MigrationStatus } from './migrations.js';
export type {
  BaselineKey,
  BaselineProfile,
  BaselinesRepository,
  BaselineStatus,
  BaselineVersion,
  NewBaseline,
} from './repositories/baselines.js';
export type { DeploymentFilter, DeploymentsRepository } from './repositories/deployments.js';
export { DEFAULT_SAMPLE_ROWS } from './repositories/features.js';
export type {
  FeatureSample,
  FeatureSampleOptions,
  FeatureSamples,
  FeaturesRepository,
} from './repositories/features.js';
export type { DigestFiguresRepository } from './repositories/digest-figures.js';
export type { DiskSpace, HealthRepository } from './repositories/health.js';
export type { IncidentEventRow, IncidentFilter, IncidentsRepository } from './repositories/incidents.js';
export { VISIBILITY_MS } from './repositories/ingest.js';
export type { IngestRepository, IngestStatus, StoredBlock } from './repositories/ingest.js';
export type { LabelsRepository } from './repositories/labels.js';
export type { MetricsRepository } from './repositories/metrics.js';
export type {
  NotificationEventRow,
  NotificationsRepository,
  OutboxEntry,
} from './repositories/notifications.js';
export type { PredictionsRepository } from './repositories/predictions.js';
export type { SliMetricsRepository } from './repositories/sli-metrics.js';
export type {
  CountedSpan,
  Slice,
  SliceFilter,
  SliceKey,
  SliceSpanQuery,
  SloSlicesRepository,
} from './repositories/slo-slices.js';
export type { HistogramForm, PartBuckets } from './sli-metrics/sli-buckets.js';
export type { IncreaseSource, PartIncrease, SliceSpan } from './sli-metrics/sli-increases.js';
export type { SliSeries, SliSeriesQuery } from './sli-metrics/sli-series.js';
export type { SeriesParts } from './sli-metrics/series-parts.js';
export type { SliceResolution } from './slices/slice-lengths.js';
export type { SliceRow } from './slices/slice-table.js';
export type { WindowsQuery, WindowSum, WindowSums } from './slices/sum-windows.js';
export { finestAt } from './slices/window-parts.js';
export { LOOK_BACK_MS } from './semantics/increase-sql.js';
export type { RollupProgress, RollupsRepository } from './rollups/rollups.js';
export type {
  BucketCounts,
  DistributionNote,
  DistributionPoint,
  Distributions,
  DistributionSeries,
} from './semantics/distribution.js';
export type { QuantileEstimate } from './semantics/exponential-quantile.js';
export type { GaugeQuery, MetricQueries, MetricValues, QuantileQuery } from './semantics/metric-queries.js';
export type { AcrossSeries, OverTime, ValuePoint, ValueSeries } from './semantics/number-queries.js';
export type { QueryPlan, Resolution } from './semantics/query-plan.js';
export type { MetricQuery } from './semantics/query-scope.js';
export type { LogsRepository, TracesRepository } from './repositories/spans-and-logs.js';
export type { VerdictRow } from './repositories/verdict-row.js';
export type { LatestOptions, VerdictHistory, VerdictsRepository } from './repositories/verdicts.js';
export type { SliceMatcher, SliceSelector } from './slices/sli-query.js';
export { MAX_SEGMENT_VALUES } from './repositories/count-buckets.js';
export { ARRAYS_PER_STATEMENT } from './repositories/plan-counting.js';
export type {
  CountedArm,
  CountedVariable,
  CountQuery,
  FeatureCountsRepository,
} from './repositories/feature-counts.js';
export type { SampledVariable, VariablesRepository } from './repositories/variable-profiles.js';
export type { CountStream } from './repositories/count-stream.js';
export { asSent } from './repositories/value-source.js';
export type { TruthSource, ValueSource } from './repositories/value-source.js';
export type { CanaryQuery, CanaryRepository } from './repositories/canary.js';
export type { PerformanceRepository } from './repositories/performance.js';
export type { PerformanceQuery } from './repositories/performance-sums.js';
export type { QualityRepository } from './repositories/quality.js';
export type { EventExample, SampleEvent } from './repositories/event-sql.js';
export type { ReservoirQuery, ReservoirRepository } from './repositories/reservoir.js';
export type { EventQuery, SegmentScanRepository } from './repositories/segment-scan.js';
export type { NewEmbeddingSpace, StoredEmbeddingSpace } from './repositories/embedding-spaces.js';
export type { EmbeddingStream, SummedStream } from './repositories/embedding-stream.js';
export type {
  BucketSums,
  EmbeddingSumsRepository,
  SummedVectors,
  SumsQuery,
} from './repositories/embedding-sums.js';
export type {
  EncoderIdentity,
  InputKey,
  KeptInput,
  PendingInput,
  SampleDimensions,
} from './repositories/embedding-tables.js';
export type {
  EncodedOutcome,
  EncodedRow,
  EncodingBacklog,
  EncodingRepository,
} from './repositories/encoding.js';
export { PENDING_PARTITION_MS } from './repositories/pending-inputs.js';
export type { InputStream, PendingLimits } from './repositories/pending-inputs.js';
export type { VectorQuery } from './repositories/vector-sql.js';
export type {
  SampledValues,
  SampledVectors,
  VectorOrigin,
  VectorSampleQuery,
  VectorsRepository,
} from './repositories/vectors.js';
export type {
  ActionRunRow,
  ActionRunsRepository,
  ActionRunStatus,
  ActionTarget,
} from './repositories/action-runs.js';
export type { AuditEntry, AuditFilter, AuditRepository } from './repositories/audit.js';
export type { CorrectionsRepository } from './repositories/corrections.js';
export type { ProjectSilence, SilenceFilter, SilencesRepository } from './repositories/silences.js';
export type {
  EventCondition,
  SliEventQuery,
  SliEventSlice,
  SliValueQuery,
  SliValueSlice,
} from './sli-events/event-query.js';
export type { SliEventsRepository } from './sli-events/sli-events.js';
export type { CatalogueQuery, CatalogueRepository, StoredCatalogue } from './repositories/catalogue.js';
export type {
  DeliveryFigures,
  DeliveryFiguresQuery,
  DeliveryFiguresRepository,
} from './repositories/delivery-figures.js';

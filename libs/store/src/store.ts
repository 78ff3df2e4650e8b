import { BlockWriter } from './block-writer.js';
import { isAppError } from '@tidewatch/core';
import { datasetReader, type DatasetReader } from './datasets/dataset-reader.js';
import { Database } from './database.js';
import { openEmbeddedEngine } from './embedded-engine.js';
import { LateOpening } from './late-opening.js';
import { migrate } from './migrations.js';
import type { StoreOptions } from './options.js';
import { actionRunsRepository, type ActionRunsRepository } from './repositories/action-runs.js';
import { auditRepository, type AuditRepository } from './repositories/audit.js';
import { canaryRepository } from './repositories/canary.js';
import type { CanaryRepository } from './repositories/canary.js';
import { catalogueRepository, type CatalogueRepository } from './repositories/catalogue.js';
import { baselinesRepository } from './repositories/baselines.js';
import type { BaselinesRepository } from './repositories/baselines.js';
import { correctionsRepository, type CorrectionsRepository } from './repositories/corrections.js';
import { deliveryFiguresRepository } from './repositories/delivery-figures.js';
import type { DeliveryFiguresRepository } from './repositories/delivery-figures.js';
import { deploymentsRepository } from './repositories/deployments.js';
import type { DeploymentsRepository } from './repositories/deployments.js';
import { digestFiguresRepository, type DigestFiguresRepository } from './repositories/digest-figures.js';
import { embeddingSumsRepository, type EmbeddingSumsRepository } from './repositories/embedding-sums.js';
import { encodingRepository, type EncodingRepository } from './repositories/encoding.js';
import { featureCountsRepository } from './repositories/feature-counts.js';
import type { FeatureCountsRepository } from './repositories/feature-counts.js';
import { featuresRepository } from './repositories/features.js';
import type { FeaturesRepository } from './repositories/features.js';
import { healthRepository } from './repositories/health.js';
import type { HealthRepository } from './repositories/health.js';
import { incidentsRepository } from './repositories/incidents.js';
import type { IncidentsRepository } from './repositories/incidents.js';
import { ingestRepository } from './repositories/ingest.js';
import type { IngestRepository } from './repositories/ingest.js';
import { labelsRepository } from './repositories/labels.js';
import type { LabelsRepository } from './repositories/labels.js';
import { metricsRepository } from './repositories/metrics.js';
import type { MetricsRepository } from './repositories/metrics.js';
import { notificationsRepository } from './repositories/notifications.js';
import type { NotificationsRepository } from './repositories/notifications.js';
import { performanceRepository } from './repositories/performance.js';
import type { PerformanceRepository } from './repositories/performance.js';
import { predictionsRepository } from './repositories/predictions.js';
import type { PredictionsRepository } from './repositories/predictions.js';
import { qualityRepository } from './repositories/quality.js';
import type { QualityRepository } from './repositories/quality.js';
import { reservoirRepository, type ReservoirRepository } from './repositories/reservoir.js';
import { segmentScanRepository } from './repositories/segment-scan.js';
import type { SegmentScanRepository } from './repositories/segment-scan.js';
import { silencesRepository, type SilencesRepository } from './repositories/silences.js';
import { sliMetricsRepository, type SliMetricsRepository } from './repositories/sli-metrics.js';
import { sloSlicesRepository } from './repositories/slo-slices.js';
import type { SloSlicesRepository } from './repositories/slo-slices.js';
import { logsRepository, tracesRepository } from './repositories/spans-and-logs.js';
import type { LogsRepository, TracesRepository } from './repositories/spans-and-logs.js';
import { variablesRepository } from './repositories/variable-profiles.js';
import type { VariablesRepository } from './repositories/variable-profiles.js';
import { vectorsRepository, type VectorsRepository } from './repositories/vectors.js';
import { verdictsRepository } from './repositories/verdicts.js';
import type { VerdictsRepository } from './repositories/verdicts.js';
import { rollupsRepository } from './rollups/rollups.js';
import type { RollupsRepository } from './rollups/rollups.js';
import { metricQueries } from './semantics/metric-queries.js';
import type { MetricQueries } from './semantics/metric-queries.js';
import { openServerEngine } from './server-engine.js';
import { sliEventsRepository, type SliEventsRepository } from './sli-events/sli-events.js';

/** ClickHouse behind repositories. All SQL of Tidewatch lives on the other side of this. */
export interface Store {
  readonly kind: 'embedded' | 'server';
  /** Where the data lies, for people; without secrets. */
  readonly description: string;
  readonly metrics: MetricsRepository;
  readonly traces: TracesRepository;
  readonly logs: LogsRepository;
  readonly metricQueries: MetricQueries;
  readonly catalogue: CatalogueRepository;
  readonly rollups: RollupsRepository;
  readonly predictions: PredictionsRepository;
  readonly labels: LabelsRepository;
  readonly deployments: DeploymentsRepository;
  readonly baselines: BaselinesRepository;
  readonly features: FeaturesRepository;
  readonly featureCounts: FeatureCountsRepository;
  readonly variables: VariablesRepository;
  readonly segmentScan: SegmentScanRepository;
  readonly reservoir: ReservoirRepository;
  readonly quality: QualityRepository;
  readonly canary: CanaryRepository;
  readonly performance: PerformanceRepository;
  readonly encoding: EncodingRepository;
  readonly vectors: VectorsRepository;
  readonly embeddingSums: EmbeddingSumsRepository;
  readonly sliMetrics: SliMetricsRepository;
  readonly sliEvents: SliEventsRepository;
  readonly sloSlices: SloSlicesRepository;
  readonly corrections: CorrectionsRepository;
  readonly silences: SilencesRepository;
  readonly audit: AuditRepository;
  readonly actionRuns: ActionRunsRepository;
  readonly verdicts: VerdictsRepository;
  readonly incidents: IncidentsRepository;
  readonly notifications: NotificationsRepository;
  readonly deliveryFigures: DeliveryFiguresRepository;
  readonly digestFigures: DigestFiguresRepository;
  readonly datasets: Omit<DatasetReader, 'close'>;
  readonly ingest: IngestRepository;
  readonly health: HealthRepository;
  /** Waits for what is running, closes the engine and frees the data directory. Later calls fail with `store.closed`. */
  close(): Promise<void>;
}

/** Errors of a server that is not there now. A wrong password, in contrast, is for somebody to mend. */
const AWAY = ['store.unreachable', 'store.timeout', 'store.busy'];

/**
 * Opens the store and brings its tables to the newest migration.
 *
 * @throws AppError `store.locked` (the data directory is open elsewhere), `store.data-directory`, `store.engine`,
 *   `store.url`, `store.unreachable` (retryable), `store.auth`, `store.database`, `store.migration-changed`,
 *   `store.migration-missing`, `store.migration-order`, `store.migrations-missing`. Each has a hint for the operator.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { mode, whenUnreachable = 'fail' } = options;
  const engine = await (mode.kind === 'embedded'
    ? openEmbeddedEngine(mode)
    : openServerEngine(mode, whenUnreachable === 'fail'));
  const database = new Database(engine, options.onStatement);
  // Migrations go their own way to the engine: the database's own lets nothing through before they are done.
  const tables = new Database(engine);
  let opening: LateOpening | null = null;
  try {
    await migrate(tables, options);
  } catch (error) {
    if (whenUnreachable === 'fail' || !isAppError(error, ...AWAY)) {
      await database.close();
      throw error;
    }
    opening = new LateOpening(database, error, () => migrate(tables, options));
  }
  const writer = new BlockWriter(database, options.processName);
  const datasets = datasetReader(database, engine.temporaryDir);
  return {
    kind: database.kind,
    description: database.description,
    metrics: metricsRepository(),
    traces: tracesRepository(),
    logs: logsRepository(),
    metricQueries: metricQueries(database, options.retention),
    catalogue: catalogueRepository(database),
    rollups: rollupsRepository(database, options.retention),
    predictions: predictionsRepository(),
    labels: labelsRepository(),
    deployments: deploymentsRepository(database),
    baselines: baselinesRepository(database, writer),
    features: featuresRepository(database),
    featureCounts: featureCountsRepository(database),
    variables: variablesRepository(database),
    segmentScan: segmentScanRepository(database),
    reservoir: reservoirRepository(database),
    quality: qualityRepository(database),
    canary: canaryRepository(database),
    performance: performanceRepository(database),
    encoding: encodingRepository(database, writer, options.processName),
    vectors: vectorsRepository(database),
    embeddingSums: embeddingSumsRepository(database, writer),
    ...sloRepositories(database, writer, options),
    verdicts: verdictsRepository(database, writer),
    ...alertRepositories(database, writer),
    datasets,
    ingest: ingestRepository(database, options.processName),
    health: healthRepository(database, options),
    close: async () => {
      await opening?.stop();
      await writer.drained();
      await datasets.close();
      await database.close();
    },
  };
}

/** What alerts are kept by. */
function alertRepositories(
  database: Database,
  writer: BlockWriter,
): Pick<
  Store,
  'incidents' | 'notifications' | 'deliveryFigures' | 'digestFigures' | 'actionRuns' | 'silences'
> {
  return {
    incidents: incidentsRepository(database, writer),
    notifications: notificationsRepository(database, writer),
    deliveryFigures: deliveryFiguresRepository(database),
    digestFigures: digestFiguresRepository(database),
    actionRuns: actionRunsRepository(database, writer),
    silences: silencesRepository(database, writer),
  };
}

/** What SLOs are counted and kept by. */
function sloRepositories(
  database: Database,
  writer: BlockWriter,
  options: StoreOptions,
): Pick<Store, 'sliEvents' | 'sliMetrics' | 'sloSlices' | 'corrections' | 'audit'> {
  return {
    sliEvents: sliEventsRepository(database, metricQueries(database, options.retention)),
    sliMetrics: sliMetricsRepository(database, options.retention),
    sloSlices: sloSlicesRepository(database, writer),
    corrections: correctionsRepository(database, writer),
    audit: auditRepository(database, writer),
  };
}

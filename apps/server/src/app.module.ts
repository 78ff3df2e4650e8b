import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Role } from '@tidewatch/config';
import { EncodersController } from './encode/encoders.controller.js';
import { HealthController } from './health/health.controller.js';
import { IngestController } from './ingest/ingest.controller.js';
import { SamplesController } from './ingest/samples.controller.js';
import { AuditController } from './query/audit.controller.js';
import { CorrectionsController } from './query/corrections.controller.js';
import { MetricsCatalogueController } from './query/metrics-catalogue.controller.js';
import { CostsController } from './query/costs.controller.js';
import { MetricMonitorsController } from './query/metric-monitors.controller.js';
import { IncidentsController } from './query/incidents.controller.js';
import { BaselinesController } from './query/baselines.controller.js';
import { PerformanceController } from './query/performance.controller.js';
import { CanaryController } from './query/canary.controller.js';
import { EmbeddingsController } from './query/embeddings.controller.js';
import { MonitorsController } from './query/monitors.controller.js';
import { SloCountsController } from './query/slo/slo-counts.controller.js';
import { SlosController } from './query/slo/slos.controller.js';
import { StatusController } from './query/status.controller.js';
import { ActionsController } from './query/actions.controller.js';
import { ChartController } from './query/chart.controller.js';
import { InboundController } from './notify/inbound/inbound.controller.js';
import { NotificationsController } from './query/notifications.controller.js';
import { RoutesController } from './query/routes.controller.js';
import { SilencesController } from './query/silences.controller.js';
import { SuppressionsController } from './query/suppressions.controller.js';
import { DigestsController } from './query/digests.controller.js';
import { DeliveryController } from './query/delivery.controller.js';
import { DrillsController } from './query/drills.controller.js';
import { DELIVERY_STATUS, deliveryStatusOf } from './notify/delivery-health/delivery-status.js';
import { RUNTIME, type Runtime } from './runtime.js';
import { ScrapeTargetsController } from './scrape/scrape-targets.controller.js';
import { MetricsController } from './telemetry/metrics.controller.js';

/** The HTTP surface of each role, OTLP aside. Encoding, evaluation and notification have none: they run on timers. */
const CONTROLLERS: Readonly<Record<Role, readonly Type[]>> = {
  ingest: [SamplesController, IngestController, ScrapeTargetsController],
  encode: [],
  evaluate: [],
  notify: [],
  query: [
    StatusController,
    SlosController,
    SloCountsController,
    MonitorsController,
    MetricMonitorsController,
    CostsController,
    MetricsCatalogueController,
    PerformanceController,
    CanaryController,
    BaselinesController,
    EncodersController,
    EmbeddingsController,
    CorrectionsController,
    AuditController,
    ChartController,
    IncidentsController,
    NotificationsController,
    RoutesController,
    SilencesController,
    SuppressionsController,
    ActionsController,
    DigestsController,
    DrillsController,
    DeliveryController,
    InboundController,
  ],
};

/** The Nest application of one process: the controllers of its roles, and health and metrics for all. */
@Module({})
export class AppModule {
  static forRuntime(runtime: Runtime): DynamicModule {
    const controllers = [...runtime.config.roles].flatMap((role) => CONTROLLERS[role]);
    return {
      module: AppModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController, ...controllers],
      providers: [
        { provide: RUNTIME, useValue: runtime },
        { provide: DELIVERY_STATUS, useValue: deliveryStatusOf(runtime) },
      ],
    };
  }
}

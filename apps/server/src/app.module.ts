import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Role } from '@tidewatch/config';
import { EncodersController } from './encode/encoders.controller.js';
import { HealthController } from './health/health.controller.js';
import { IngestController } from './ingest/ingest.controller.js';
import { SamplesController } from './ingest/samples.controller.js';
import { IncidentsController } from './query/incidents.controller.js';
import { BaselinesController } from './query/baselines.controller.js';
import { PerformanceController } from './query/performance.controller.js';
import { CanaryController } from './query/canary.controller.js';
import { EmbeddingsController } from './query/embeddings.controller.js';
import { MonitorsController } from './query/monitors.controller.js';
import { RulesController } from './query/rules.controller.js';
import { StatusController } from './query/status.controller.js';
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
    RulesController,
    MonitorsController,
    PerformanceController,
    CanaryController,
    BaselinesController,
    EncodersController,
    EmbeddingsController,
    IncidentsController,
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
      providers: [{ provide: RUNTIME, useValue: runtime }],
    };
  }
}

import { Controller, Get, Inject } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { errorMessage, formatDuration } from '@tidewatch/core';
import { RUNTIME, type Runtime } from '../runtime.js';

/** Below this much free space new data soon cannot be stored. */
const MINIMUM_FREE_BYTES = 1_073_741_824;
/** Page tiers are judged every 10 s; six missed rounds mean that nobody would be paged. */
const MAXIMUM_EVALUATION_AGE_MS = 60_000;
/** From this share of its bytes on, a journal has no room for the next large request. */
const FULL_SHARE = 0.95;
/** A shorter pause of ClickHouse is what the journal is for. */
const MAXIMUM_SINK_FAILURE_MS = 60_000;

/** `GET /health/live`: the process answers. `GET /health/ready`: it can take data, store it, judge and page. */
@Controller('health')
export class HealthController {
  private readonly health: HealthCheckService;
  private readonly indicators: HealthIndicatorService;
  private readonly runtime: Runtime;

  constructor(
    @Inject(HealthCheckService) health: HealthCheckService,
    @Inject(HealthIndicatorService) indicators: HealthIndicatorService,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    this.health = health;
    this.indicators = indicators;
    this.runtime = runtime;
  }

  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      ...(this.needsStore()
        ? [() => this.storeReachable(), () => this.migrationsCurrent(), () => this.diskSpace()]
        : []),
      () => this.journal(),
      () => this.evaluationAge(),
    ]);
  }

  /** A process that only takes data goes on doing so while ClickHouse is away; its journal tells for how long. */
  private needsStore(): boolean {
    return [...this.runtime.config.roles].some((role) => role !== 'ingest');
  }

  private journal(): HealthIndicatorResult {
    const indicator = this.indicators.check('journal');
    if (this.runtime.ingest === null) {
      return indicator.up({ note: 'this process takes no data' });
    }
    const { bytes, maxBytes, oldestAgeMs, sinkFailingSince } = this.runtime.ingest.journal.status();
    const facts = { bytes, maxBytes, oldestAgeMs };
    if (bytes >= FULL_SHARE * maxBytes) {
      return indicator.down({ ...facts, reason: 'the journal is full; senders are told to come back' });
    }
    const failingMs = sinkFailingSince === null ? 0 : Date.now() - sinkFailingSince;
    return failingMs <= MAXIMUM_SINK_FAILURE_MS
      ? indicator.up(facts)
      : indicator.down({
          ...facts,
          reason: `ClickHouse has taken no data for ${formatDuration(Math.round(failingMs / 1_000) * 1_000)}; it waits in the journal`,
        });
  }

  private async storeReachable(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('store');
    try {
      await this.runtime.store.health.ping();
      return indicator.up({ kind: this.runtime.store.kind });
    } catch (error) {
      return indicator.down({ reason: errorMessage(error) });
    }
  }

  private async migrationsCurrent(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('migrations');
    try {
      const { applied, pending } = await this.runtime.store.health.migrationStatus();
      return pending.length === 0 ? indicator.up({ applied: applied.length }) : indicator.down({ pending });
    } catch (error) {
      return indicator.down({ reason: errorMessage(error) });
    }
  }

  private async diskSpace(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('disk');
    try {
      const { freeBytes } = await this.runtime.store.health.diskSpace();
      return freeBytes >= MINIMUM_FREE_BYTES
        ? indicator.up({ freeBytes })
        : indicator.down({
            freeBytes,
            reason: `less than ${MINIMUM_FREE_BYTES} bytes are free where the data lies`,
          });
    } catch (error) {
      return indicator.down({ reason: errorMessage(error) });
    }
  }

  private evaluationAge(): HealthIndicatorResult {
    const indicator = this.indicators.check('evaluation');
    if (!this.runtime.config.roles.has('evaluate')) {
      return indicator.up({ note: 'this process does not evaluate' });
    }
    const last = this.runtime.lastEvaluationAt();
    const ageMs = Date.now() - (last ?? this.runtime.startedAt);
    return ageMs <= MAXIMUM_EVALUATION_AGE_MS
      ? indicator.up({ lastAt: last === null ? null : new Date(last).toISOString() })
      : indicator.down({
          reason: `the last evaluation ended ${formatDuration(Math.round(ageMs / 1_000) * 1_000)} ago`,
        });
  }
}

import { Controller, Get, Inject, Req } from '@nestjs/common';
import { isAppError } from '@tidewatch/core';
import type { JobDriver } from '@tidewatch/jobs';
import type { FastifyRequest } from 'fastify';
import type { DeliveryReport } from '../notify/delivery-health/delivery-health.js';
import { DELIVERY_STATUS, type DeliveryStatus } from '../notify/delivery-health/delivery-status.js';
import type { HeartbeatState } from '../notify/heartbeat/heartbeats.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { projectOf } from './api-request.js';

/** How well messages reach people, and whether this process can send any. */
export interface DeliveryView extends DeliveryReport {
  /** Of this process; with a lease, only its holder sends them. */
  readonly heartbeats: readonly HeartbeatState[];
  /** Names of those that the rules ask for and only the holder of the lease sends; whether there is a holder is not known here. */
  readonly heartbeatsElsewhere: readonly string[];
  /** `waiting` and `active` are `null` while Redis does not answer. */
  readonly queue: {
    readonly driver: JobDriver['kind'];
    readonly waiting: number | null;
    readonly active: number | null;
  };
  /** `null` in a process that does not compete for the lease. */
  readonly lease: { readonly held: boolean; readonly epoch: number | null } | null;
  readonly now: number;
}

/** `GET /api/v1/delivery` */
@Controller('api/v1')
export class DeliveryController {
  private readonly runtime: Runtime;
  private readonly status: DeliveryStatus;

  constructor(@Inject(RUNTIME) runtime: Runtime, @Inject(DELIVERY_STATUS) status: DeliveryStatus) {
    this.runtime = runtime;
    this.status = status;
  }

  @Get('delivery')
  async delivery(@Req() request: FastifyRequest): Promise<DeliveryView> {
    const project = projectOf(this.runtime, request);
    const { health, queue } = this.status;
    const [report, counts] = await Promise.all([health.report(project), this.counts()]);
    return {
      ...report,
      heartbeats: this.status.heartbeats(),
      heartbeatsElsewhere: this.status.heartbeatsElsewhere(),
      queue: { driver: queue.driver, ...counts },
      lease: this.status.lease(),
      now: Date.now(),
    };
  }

  /** While Redis is away, the rest is what people want to see. */
  private async counts(): Promise<{ waiting: number | null; active: number | null }> {
    try {
      return await this.status.queue.counts();
    } catch (error) {
      if (isAppError(error) && error.retryable) {
        return { waiting: null, active: null };
      }
      throw error;
    }
  }
}

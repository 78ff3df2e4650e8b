import type { JobDriver } from '@tidewatch/jobs';
import type { Runtime } from '../../runtime.js';
import type { HeartbeatState } from '../heartbeat/heartbeats.js';
import { DeliveryHealth } from './delivery-health.js';

/** Injection token of the {@link DeliveryStatus}. */
export const DELIVERY_STATUS = Symbol('DeliveryStatus');

/** What a process knows of its part in delivery. */
export interface DeliveryStatus {
  readonly health: DeliveryHealth;
  /** Empty in a process that sends none. */
  heartbeats(): readonly HeartbeatState[];
  /** Names of the heartbeats that the rules ask for and this process does not send: without the lease, all of them. */
  heartbeatsElsewhere(): readonly string[];
  /** The queue of messages. */
  readonly queue: {
    readonly driver: JobDriver['kind'];
    /** @throws AppError `jobs.redis-unreachable` */
    counts(): Promise<{ readonly waiting: number; readonly active: number }>;
  };
  /** The lease of alerts; `null` in a process that does not compete for it. */
  lease(): { readonly held: boolean; readonly epoch: number | null } | null;
}

/** What this process knows. */
export function deliveryStatusOf(runtime: Runtime): DeliveryStatus {
  return {
    health: new DeliveryHealth(runtime.store.deliveryFigures),
    heartbeats: () => runtime.heartbeats(),
    heartbeatsElsewhere: () => {
      const own = new Set(runtime.heartbeats().map(({ name }) => name));
      return runtime
        .rules()
        .heartbeats.map(({ name }) => name)
        .filter((name) => !own.has(name));
    },
    queue: {
      driver: runtime.jobs.kind,
      counts: () => runtime.alerting.deliveries.counts(),
    },
    lease: () => {
      if (!runtime.config.roles.has('evaluate')) {
        return null;
      }
      const { lease } = runtime.alerting;
      return { held: lease !== null, epoch: lease?.epoch ?? null };
    },
  };
}

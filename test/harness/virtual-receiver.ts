import {
  startStandIn,
  type Failure,
  type Interference,
  type StandIn,
  type StandInEvent,
} from '../../examples/stand-ins/src/index.js';
import { slackApiService } from '../../examples/stand-ins/src/slack-api.js';
import { webhookService } from '../../examples/stand-ins/src/webhook.js';
import type { VirtualClock } from './virtual-clock.js';

/** The services that know what time it is, by the virtual clock. */
const SERVICES = {
  pagerduty: () => undefined,
  /** An incoming webhook: what it has posted is not changed. */
  slack: () => undefined,
  webhook: (clock: VirtualClock) => webhookService({ now: clock.now }),
  'slack-api': (clock: VirtualClock) => slackApiService({ now: clock.now }),
};

export type VirtualReceiverKind = keyof typeof SERVICES;

/** A request that arrived. */
export interface Arrival extends StandInEvent {
  /** Of the virtual clock, ms. */
  readonly arrivedAt: number;
}

/** A stand-in that can be taken down and up again. */
export interface VirtualReceiver {
  readonly url: string;
  readonly standIn: StandIn;
  /** Everything that arrived, failed requests included, oldest first. */
  readonly arrivals: readonly Arrival[];
  /** Makes requests fail from now on. */
  down(how: Failure | Interference | (() => Failure | Interference | null)): void;
  up(): void;
  close(): Promise<void>;
}

/** Starts a receiver that works. */
export async function startVirtualReceiver(
  kind: VirtualReceiverKind,
  clock: VirtualClock,
): Promise<VirtualReceiver> {
  let fails: () => Failure | Interference | null = () => null;
  const arrivals: Arrival[] = [];
  const service = SERVICES[kind](clock);
  const standIn = await startStandIn({
    kind,
    port: 0,
    ...(service && { service }),
    interfere: () => fails(),
    onEvent: (event) => arrivals.push({ ...event, arrivedAt: clock.now() }),
  });
  return {
    url: standIn.url,
    standIn,
    arrivals,
    down: (how) => {
      fails = typeof how === 'function' ? how : () => how;
    },
    up: () => {
      fails = () => null;
    },
    close: () => standIn.close(),
  };
}

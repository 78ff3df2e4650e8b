import type { Channel } from '@tidewatch/channels';
import { seededRandom } from '@tidewatch/core';
import type { NotificationEventRow, Store } from '@tidewatch/store';
import type { Failure, Interference } from '../../examples/stand-ins/src/index.js';
import { openScene, type Scene } from '../harness/virtual-scene.js';
import { planIncidents, stepsOf, type PlannedIncident, type PlannedStep } from './receiver-faults-plan.js';

/** How receivers fail. */
export const RECEIVER_FAULTS = [
  '429 with seconds',
  '429 with a date',
  '429',
  '500',
  'hanging',
  'resetting',
] as const;
export type ReceiverFault = (typeof RECEIVER_FAULTS)[number];

export interface ReceiverFaultOptions {
  readonly store: Store;
  readonly fault: ReceiverFault;
  readonly incidents: number;
  /** Of the virtual clock, ms. */
  readonly outageMs: number;
  readonly seed: number;
  /** Another way to deliver, to compare with. */
  readonly wrapChannel?: (channel: Channel) => Channel;
}

/** What was wrong once everything was over. */
export interface ReceiverFaultResult {
  /** Messages that were given up, or are still to be sent. */
  readonly undelivered: number;
  /** Receivers that show an incident in another state than it is in, or do not show one that is open. */
  readonly wrong: number;
  /** Messages that a receiver heard after a later one. */
  readonly outOfOrder: number;
  /** Objects that were opened although one was there. */
  readonly duplicates: number;
  /** Messages after the outage that opened what was over by then. */
  readonly late: number;
  readonly attempts: number;
  /** From the end of the outage to the last delivery, ms. */
  readonly recoveryMs: number;
}

const RECEIVERS = {
  pager: { kind: 'pagerduty' },
  hook: { kind: 'webhook' },
  chat: { kind: 'slack-api' },
} as const;
type Name = keyof typeof RECEIVERS;
const NAMES = Object.keys(RECEIVERS) as Name[];

const RETRY_AFTER_S = 120;
/** Real time after which an attempt breaks off: it has to pass for every attempt at a receiver that hangs. */
const TIMEOUT_MS = { hanging: 50, otherwise: 2_000 };
/** A message may wait 5 minutes for its next attempt, and then for its turn. */
const LONGEST_RECOVERY_MS = 30 * 60_000;

/** Takes three receivers down while incidents open, change and end, and looks at them when they are back. */
export async function runReceiverFault(options: ReceiverFaultOptions): Promise<ReceiverFaultResult> {
  const { store, fault, outageMs, seed, wrapChannel } = options;
  const scene = await openScene(store, {
    receivers: RECEIVERS,
    routes: [{ receivers: NAMES, groupWait: '0s', updateWait: '30s', repeat: '0s' }],
    random: seededRandom(seed),
    timeoutMs: fault === 'hanging' ? TIMEOUT_MS.hanging : TIMEOUT_MS.otherwise,
    slower: 2,
    ...(wrapChannel && { wrapChannel }),
  });
  try {
    const incidents = planIncidents(options.incidents, outageMs, seed);
    const steps = stepsOf(incidents);
    const begin = scene.clock.now() - Math.min(0, steps[0]?.at ?? 0);
    const until = (at: number): Promise<void> => scene.clock.advance(begin + at - scene.clock.now());
    const early = steps.filter(({ at }) => at < 0);
    await play(scene, early, until);
    await until(0);
    takeDown(scene, fault, seed);
    await play(scene, steps.slice(early.length), until);
    await until(outageMs);
    NAMES.forEach((name) => scene.receivers[name].up());
    const recoveredAt = scene.clock.now();
    await scene.clock.until(() => scene.current.delivery.pending === 0, LONGEST_RECOVERY_MS);
    return await judge(scene, incidents, recoveredAt);
  } finally {
    await scene.close();
  }
}

async function play(
  { current }: Scene<Name>,
  steps: readonly PlannedStep[],
  until: (at: number) => Promise<void>,
): Promise<void> {
  for (const { at, what, incident } of steps) {
    await until(at);
    const { service, severity } = incident;
    const second = { severity, member: 'SLO/availability/slow', tier: 'slow' };
    switch (what) {
      case 'opens':
      case 'reopens':
        await current.signal(service, { severity });
        break;
      case 'changes':
        await current.signal(service, second);
        break;
      case 'resolves':
        await current.signal(service, { ...second, condition: 'ok' });
        await current.signal(service, { severity, condition: 'ok' });
        break;
    }
  }
}

/** Half of the requests that fail without a clear no do their work all the same. */
function takeDown({ receivers }: Scene<Name>, fault: ReceiverFault, seed: number): void {
  const random = seededRandom(seed + 1);
  const unclear = (failure: Failure): Interference => ({ failure, afterEffect: random() < 0.5 });
  const failures: Readonly<Record<ReceiverFault, () => Failure | Interference>> = {
    '429 with seconds': () => ({ status: 429, headers: { 'retry-after': String(RETRY_AFTER_S) } }),
    '429 with a date': () => ({
      status: 429,
      headers: { 'retry-after': new Date(Date.now() + RETRY_AFTER_S * 1_000).toUTCString() },
    }),
    '429': () => ({ status: 429 }),
    '500': () => unclear({ status: 500 }),
    hanging: () => unclear('hang'),
    resetting: () => unclear('reset'),
  };
  NAMES.forEach((name) => receivers[name].down(failures[fault]));
}

async function judge(
  { current, receivers, store, project }: Scene<Name>,
  incidents: readonly PlannedIncident[],
  recoveredAt: number,
): Promise<ReceiverFaultResult> {
  const { attempts } = current;
  const outbox = await store.notifications.outbox();
  const status = new Map(current.incidents.all().map(({ id, status: is }) => [id, is]));
  const delivered = attempts.filter(({ outcome }) => outcome === 'delivered');
  let wrong = 0;
  let duplicates = 0;
  for (const { service, resolvesAt, reopensAt } of incidents) {
    const open = resolvesAt === null || reopensAt !== null;
    for (const name of NAMES) {
      const objects = receivers[name].standIn
        .objects()
        .filter(({ texts }) => texts.some((text) => text.includes(service)));
      const openNow = objects.filter(({ state }) => state !== 'closed').length;
      wrong += Number(open ? openNow === 0 : openNow > 0);
      const openings = reopensAt === null ? 1 : 2;
      duplicates += Math.max(0, openNow - 1, objects.length - openings);
    }
  }
  return {
    undelivered:
      outbox.filter((entry) => entry.project === project).length +
      attempts.filter(({ outcome }) => outcome === 'rejected').length,
    wrong,
    outOfOrder: outOfOrder(delivered),
    duplicates,
    late: delivered.filter(
      ({ at, action, incidentId }) =>
        at >= recoveredAt && action !== 'resolve' && status.get(incidentId) === 'resolved',
    ).length,
    attempts: attempts.length,
    recoveryMs: Math.max(0, ...delivered.map(({ at }) => at - recoveredAt)),
  };
}

function outOfOrder(delivered: readonly NotificationEventRow[]): number {
  const latest = new Map<string, number>();
  let count = 0;
  for (const { incidentId, receiver, sequence } of delivered) {
    const lane = `${incidentId}/${receiver}`;
    count += Number(sequence < (latest.get(lane) ?? 0));
    latest.set(lane, sequence);
  }
  return count;
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NotificationIntent, Signal } from '@tidewatch/alerts';
import { createOutboundClient, NO_CONTEXT, type Channel } from '@tidewatch/channels';
import { readConfig, readRules, type Environment } from '@tidewatch/config';
import { seededRandom } from '@tidewatch/core';
import { inProcessDriver, type JobQueue } from '@tidewatch/jobs';
import type { NotificationEventRow, NotificationsRepository, Store } from '@tidewatch/store';
import { pino } from 'pino';
import { Delivery, type DeliveryJob } from '../../apps/server/src/notify/delivery/delivery.js';
import { IncidentManager } from '../../apps/server/src/notify/incident-manager.js';
import { RulesInForce } from '../../apps/server/src/rules-in-force.js';
import { pageSignal, policed } from './alerting-parts.js';
import type { VirtualClock } from './virtual-clock.js';

/** How often incidents are asked what is due, of the virtual clock. */
const TICK_MS = 5_000;
const SEED = 7;
const NO_SUPPRESSION = { silences: [], windows: [], warmUps: [], warmUpMs: 0 };

export interface VirtualDeliveryOptions {
  readonly store: Store;
  /** Nothing of other projects in the store is seen. */
  readonly project: string;
  readonly clock: VirtualClock;
  /** Rule documents: receivers and routing. */
  readonly rules: string;
  readonly environment?: Environment;
  /** Real time after which an attempt breaks off, ms; default 5,000. */
  readonly timeoutMs?: number;
  /** For jitter; the same in every run unless a test says otherwise. */
  readonly random?: () => number;
  /** How much more seldom than usual incidents are asked and the outbox is read; for tests over days. */
  readonly slower?: number;
  /** Puts something between delivery and its jobs. */
  readonly wrapQueue?: (queue: JobQueue<DeliveryJob>) => JobQueue<DeliveryJob>;
  /** Puts something between delivery and its store. */
  readonly wrapNotifications?: (repository: NotificationsRepository) => NotificationsRepository;
  /** Puts something between incidents and their store. */
  readonly wrapIncidents?: (repository: Store['incidents']) => Store['incidents'];
  /** What happens while delivery begins: incidents are open for changes already. */
  readonly meanwhile?: (current: Pick<VirtualDelivery, 'signal'>) => Promise<void>;
  /** Puts something between delivery and its receivers. */
  readonly wrapChannel?: (channel: Channel) => Channel;
}

/** Incidents and delivery by a virtual clock, over a real store, with real requests. */
export interface VirtualDelivery {
  readonly incidents: IncidentManager;
  readonly delivery: Delivery;
  /** Attempts that have ended, oldest first. */
  readonly attempts: readonly NotificationEventRow[];
  /** Messages that delivery gave up, oldest first; one of which that could not be told comes again. */
  readonly gaveUp: readonly NotificationIntent[];
  /** Sends a signal of a service; firing, a page and without a grace time at its end unless it says otherwise. */
  signal(service: string, part?: Partial<Signal>): Promise<void>;
  /** The same of many services in one round. */
  signals(services: readonly string[], part?: Partial<Signal>): Promise<void>;
  /** Puts other rules in force. */
  reload(rules: string): void;
  /** Ends in order. */
  close(): Promise<void>;
}

/** Opens it and begins a term. */
export async function openVirtualDelivery(options: VirtualDeliveryOptions): Promise<VirtualDelivery> {
  const { clock, project, slower = 1 } = options;
  const logger = pino({ level: 'silent' });
  const incidentStore = clock.waitingFor(projectOnly(options.store.incidents, 'latestStates', project));
  const stored = clock.waitingFor(projectOnly(options.store.notifications, 'outbox', project));
  const { rules, reload, remove } = openRules(options);
  const wrapChannel = options.wrapChannel ?? ((channel: Channel) => channel);
  const attempts: NotificationEventRow[] = [];
  const gaveUp: NotificationIntent[] = [];

  const incidents = new IncidentManager({
    store: { incidents: options.wrapIncidents?.(incidentStore) ?? incidentStore },
    contextOf: (_project, now) => ({
      now,
      routing: rules.current.routing,
      receivers: rules.receivers,
      suppression: NO_SUPPRESSION,
    }),
    onIntents: (intents) => void delivery.enqueue(intents).catch(() => undefined),
    forward: null,
    logger,
  });
  const queue = inProcessDriver({ now: clock.now, setTimer: clock.setTimer }).open<DeliveryJob>('deliveries');
  const delivery = new Delivery({
    store: { notifications: options.wrapNotifications?.(stored) ?? stored },
    queue: options.wrapQueue?.(queue) ?? queue,
    source: {
      channelFor: (receiver, destination) => {
        const channel = rules.channelFor(receiver, destination);
        return channel && wrapChannel(channel);
      },
      destinationOf: (receiver, destination) => rules.destinationOf(receiver, destination),
    },
    newestOf: (incident) => incidents.newestOf(incident),
    contextOf: async () => NO_CONTEXT,
    observer: {
      attempted: (row) => attempts.push(row),
      gaveUp: async (intent) => {
        gaveUp.push(intent);
        if (intent.severity === 'page' && intent.action !== 'resolve') {
          await incidents.gaveUp(project, intent, clock.now());
        }
      },
    },
    logger,
    now: clock.now,
    setTimer: (callback, ms) => clock.setTimer(callback, ms * slower),
    random: options.random ?? seededRandom(SEED),
  });

  const signals = async (services: readonly string[], part: Partial<Signal> = {}): Promise<void> => {
    const round = services.map((service) => {
      const base = pageSignal(service, clock.now());
      return policed({ ...base, key: { ...base.key, project }, ...part }, { holdMs: 0, keepFiringMs: 0 });
    });
    await incidents.handle(round, clock.now());
  };

  await incidents.load();
  incidents.begin({ epoch: clock.now(), held: () => true });
  const beginning = delivery.begin(clock.now());
  await options.meanwhile?.({ signal: (service, part) => signals([service], part) });
  await beginning;
  let stopTicking = (): void => undefined;
  const tick = (): void => {
    void incidents.tick(clock.now());
    stopTicking = clock.setTimer(tick, TICK_MS * slower);
  };
  tick();

  return {
    incidents,
    delivery,
    attempts,
    gaveUp,
    signal: (service, part) => signals([service], part),
    signals,
    reload,
    close: async () => {
      stopTicking();
      await delivery.end();
      await delivery.close();
      await rules.close();
      remove();
    },
  };
}

/** A repository whose method `across` returns only what belongs to one project. */
function projectOnly<T extends object>(repository: T, across: keyof T & string, project: string): T {
  return new Proxy(repository, {
    get: (target, name): unknown => {
      const member: unknown = Reflect.get(target, name);
      if (name !== across || typeof member !== 'function') {
        return member;
      }
      return async (...given: unknown[]) => {
        const rows = (await member.apply(target, given)) as readonly { readonly project: string }[];
        return rows.filter((row) => row.project === project);
      };
    },
  });
}

function openRules({ clock, rules: text, environment = {}, timeoutMs = 5_000 }: VirtualDeliveryOptions): {
  readonly rules: RulesInForce;
  readonly reload: (rules: string) => void;
  readonly remove: () => void;
} {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-virtual-'));
  const rulesDir = join(dataDir, 'rules');
  mkdirSync(rulesDir);
  const write = (content: string): void => writeFileSync(join(rulesDir, 'rules.yaml'), content);
  write(text);
  const config = readConfig({ TIDEWATCH_DATA_DIR: dataDir, TIDEWATCH_RULES_DIR: rulesDir });
  const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
  const rules = new RulesInForce(
    readRules(rulesDir, true),
    { environment, logger: pino({ level: 'silent' }) },
    { outbound: clock.waitingFor(outbound), timeoutMs },
  );
  return {
    rules,
    reload: (content) => {
      write(content);
      const problem = rules.reload(config);
      if (problem !== null) {
        throw new Error(problem);
      }
    },
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

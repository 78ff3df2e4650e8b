import type {
  IncidentState,
  NotificationIntent,
  PlanContext,
  Severity,
  SuppressionSources,
} from '@tidewatch/alerts';
import type { NotificationContext } from '@tidewatch/channels';
import { errorMessage, isAppError } from '@tidewatch/core';
import type { JobDriver, JobQueue, Lease, LeaseSource } from '@tidewatch/jobs';
import type { NotificationEventRow, Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import { CleanupStack } from '../cleanup-stack.js';
import { startTicker, type Ticker } from '../evaluate/ticker.js';
import type { RulesInForce } from '../rules-in-force.js';
import { Delivery, type DeliveryJob } from './delivery/delivery.js';
import { ForwardedTaker, forwardTo, type ForwardedJob } from './forwarded-commands.js';
import { IncidentManager } from './incident-manager.js';

/** How often the clock is asked what is due. */
const TICK_MS = 1_000;
/** How often a process that is not the writer reads what the writer has stored. */
const FOLLOW_MS = 10_000;
/** After a term that could not begin. */
const RETRY_MS = 2_000;

/** What keeps members quiet, from memory; `revision` changes whenever it does. */
export interface SuppressionReader {
  of(project: string): SuppressionSources;
  readonly revision: number;
}

export interface AlertingOptions {
  readonly store: Store;
  readonly rules: RulesInForce;
  readonly suppressions: SuppressionReader;
  /** What a message says beyond the incident; ends in good time. */
  readonly contextOf: (
    incident: IncidentState,
    now: number,
    severity: Severity,
  ) => Promise<NotificationContext>;
  readonly driver: JobDriver;
  readonly leases: LeaseSource;
  /** Hears of every attempt that has ended. */
  readonly onAttempt: (row: NotificationEventRow) => void;
  readonly logger: Logger;
}

/** What runs in the process that holds the lease, besides incidents and delivery. */
export type TermWork = (lease: Lease) => Promise<Ticker[]> | Ticker[];

/**
 * The state of alerts and the way to people, of one process.
 *
 * Exactly one process holds the lease `alerts`: it judges, moves incidents along and delivers, for a term that ends when
 * the lease is lost. The others follow what it stores, and take over when it falls silent.
 */
export class Alerting {
  readonly incidents: IncidentManager;
  readonly delivery: Delivery;
  /** The queue of messages. */
  readonly deliveries: JobQueue<DeliveryJob>;
  private readonly options: AlertingOptions;
  private readonly commands: JobQueue<ForwardedJob>;
  private readonly taker: ForwardedTaker;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private current: Lease | null = null;
  private follower: Ticker | undefined;

  constructor(options: AlertingOptions) {
    this.options = options;
    const { store, rules, driver, logger } = options;
    this.commands = driver.open<ForwardedJob>('incident-commands');
    this.deliveries = driver.open<DeliveryJob>('deliveries');
    this.incidents = new IncidentManager({
      store,
      contextOf: (project, now) => this.planContext(project, now),
      onIntents: (stored) => {
        // What is lost here is found in the outbox.
        void this.delivery.enqueue(stored).catch((error: unknown) => {
          logger.error({ error: errorMessage(error) }, 'messages could not be queued; the outbox has them');
        });
      },
      forward: driver.shared ? forwardTo(this.commands, store) : null,
      logger,
    });
    this.taker = new ForwardedTaker(this.commands, this.incidents, { store, logger });
    this.delivery = new Delivery({
      store,
      queue: this.deliveries,
      source: rules,
      newestOf: (incident) => this.incidents.newestOf(incident),
      contextOf: (incident, severity) => options.contextOf(incident, Date.now(), severity),
      observer: {
        attempted: options.onAttempt,
        gaveUp: (intent) => this.gaveUp(intent),
      },
      logger,
    });
  }

  /** The lease that this process holds, or `null`. */
  get lease(): Lease | null {
    return this.current?.held() === true ? this.current : null;
  }

  /**
   * Competes for the lease, and works while it is held.
   *
   * @param work what else runs in a term; it is stopped with it
   * @returns when the first term has begun, or at once when another process has the lease
   * @throws what the store throws when the first term cannot begin
   */
  async start(work: TermWork): Promise<void> {
    await this.incidents.load();
    this.follow();
    if (this.options.driver.shared) {
      // The lease may come days from now: a term that cannot begin then is nobody's failed start, and is tried again.
      this.running = this.terms(work, null);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.running = this.terms(work, { begun: resolve, failed: reject });
    });
  }

  /** Follows what another process stores, without ever writing. */
  follow(): void {
    this.follower ??= startTicker('follow-incidents', FOLLOW_MS, this.options.logger, async () => {
      if (this.lease === null) {
        await this.incidents.load();
      }
    });
  }

  /** Ends the term and gives the lease back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.follower?.stop();
    await this.running;
    await this.commands.close();
    await this.delivery.close();
  }

  /** @param first hears of the first term, and ends it all when that cannot begin; `null` when nobody waits for it */
  private async terms(
    work: TermWork,
    first: { readonly begun: () => void; readonly failed: (error: unknown) => void } | null,
  ): Promise<void> {
    const { leases, logger } = this.options;
    const { signal } = this.stopping;
    for (let terms = 0; !signal.aborted; terms += 1) {
      let lease: Lease;
      try {
        lease = await leases.acquire('alerts', signal);
      } catch (error) {
        if (!isAppError(error, 'jobs.lease-aborted')) {
          logger.error({ error: errorMessage(error) }, 'the lease of alerts could not be asked for');
          await pause(RETRY_MS, signal);
        }
        continue;
      }
      try {
        await this.term(lease, work, () => first?.begun());
      } catch (error) {
        if (first !== null && terms === 0) {
          first.failed(error);
          return;
        }
        logger.error(
          { error: errorMessage(error) },
          'a term of alerting ended with an error; the next one is tried',
        );
        await pause(RETRY_MS, signal);
      } finally {
        await lease.release().catch(() => undefined);
      }
    }
  }

  private async term(lease: Lease, work: TermWork, begun: () => void): Promise<void> {
    const { logger } = this.options;
    const { signal } = this.stopping;
    const cleanup = new CleanupStack();
    const { taker } = this;
    const over = new Promise<void>((resolve) => {
      lease.onLost(() => {
        logger.warn({ epoch: lease.epoch }, 'the lease of alerts is lost; another process goes on');
        resolve();
      });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await this.incidents.load();
      this.incidents.begin(lease);
      this.current = lease;
      cleanup.push(async () => {
        this.current = null;
      });
      await this.delivery.begin(lease.epoch);
      cleanup.push(() => this.delivery.end());
      await taker.begin();
      cleanup.push(() => taker.end());
      const tickers = [this.startClock(), ...(await work(lease))];
      tickers.forEach((ticker) => cleanup.push(() => ticker.stop()));
      begun();
      await over;
    } finally {
      await cleanup.run(logger);
    }
  }

  private startClock(): Ticker {
    let revision = -1;
    return startTicker('alerts', TICK_MS, this.options.logger, async (now) => {
      const { suppressions, rules } = this.options;
      const current = suppressions.revision + rules.revision;
      if (current !== revision) {
        revision = current;
        await this.incidents.replan(now);
      }
      await this.incidents.tick(now);
    });
  }

  private planContext(project: string, now: number): PlanContext {
    const { rules, suppressions } = this.options;
    return {
      now,
      routing: rules.current.routing,
      receivers: rules.receivers,
      suppression: suppressions.of(project),
    };
  }

  /** Resolves when the fallback of the receiver, if there is one to be told, has been asked for and that is stored. */
  private async gaveUp(intent: NotificationIntent): Promise<void> {
    if (intent.severity !== 'page' || intent.action === 'resolve') {
      return;
    }
    const incident = this.incidents.all().find(({ id }) => id === intent.incidentId);
    if (incident !== undefined) {
      await this.incidents.gaveUp(incident.key.project, intent, Date.now());
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

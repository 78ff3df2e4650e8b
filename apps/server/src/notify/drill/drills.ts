import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import {
  explainRouting,
  incidentId,
  suppressionOf,
  type NotificationIntent,
  type RouteMatch,
} from '@tidewatch/alerts';
import { AppError, errorMessage } from '@tidewatch/core';
import type { Runtime } from '../../runtime.js';
import { drillLabels, type DrillRequest } from './drill-request.js';
import { DRILL_MOST_MS, drillKey, type Drill } from './drill-signal.js';

/** How often the delivery log is asked how far the messages are. */
const LOOK_EVERY_MS = 500;
/** What the messages have to arrive in, once they are due, before the drill is closed in any case. */
const DELIVERY_MS = 120_000;
const MOST_AT_ONCE = 5;
/** Outcomes after which nothing more happens to a message by itself. */
const FINAL = ['delivered', 'rejected', 'superseded'];

/** A drill on its way. */
export interface DrillView {
  readonly incidentId: string;
  /** Who has to hear of it, by which route, after which wait, and why. */
  readonly receivers: readonly RouteMatch[];
  /** When it is closed at the latest, ms. */
  readonly endsBy: number;
}

interface FollowedDrill extends DrillView {
  /** Until when it stays open although everybody has been told, ms. */
  readonly keepUntil: number;
}

type DrillRuntime = Pick<Runtime, 'incidents' | 'logger' | 'receivers' | 'rules' | 'store' | 'suppressions'>;

/**
 * Runs drills: marked incidents that go the real way to people, and are closed when everybody has been told.
 *
 * What a drill opens is closed like everything else; when this process goes away in the middle, the next writer of alert
 * state closes it within {@link DRILL_MOST_MS}.
 */
export class Drills {
  private readonly runtime: DrillRuntime;
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private starting = 0;

  constructor(runtime: DrillRuntime) {
    this.runtime = runtime;
  }

  /**
   * Begins a drill. It ends by itself.
   *
   * @param by who asks for it
   * @throws AppError `drill.nobody-is-told` with every decision of the routing table, `drill.too-many`, and what the
   *   incident manager throws
   */
  async start(project: string, request: DrillRequest, by: string): Promise<DrillView> {
    if (this.running.size + this.starting >= MOST_AT_ONCE) {
      throw new AppError({
        code: 'drill.too-many',
        message: `${MOST_AT_ONCE} drills are on their way already.`,
        hint: 'Each ends by itself once its messages have arrived. Try again then.',
      });
    }
    const now = Date.now();
    const receivers = this.audienceOf(project, request, now);
    const drill: Drill = { id: randomBytes(4).toString('hex'), project, by, request };
    const id = incidentId(drillKey(drill), 1);
    const longestWait = Math.max(...receivers.map(({ groupWaitMs }) => groupWaitMs));
    const endsBy = now + Math.max(longestWait + DELIVERY_MS, request.keepMs);
    const view = { incidentId: id, receivers, endsBy };
    this.starting += 1;
    try {
      await this.runtime.incidents.drill(drill, 'firing', now);
      this.follow(drill, { ...view, keepUntil: now + request.keepMs });
      return view;
    } catch (error) {
      // It may have begun although nothing says so.
      this.follow(drill, { ...view, endsBy: now, keepUntil: now });
      throw error;
    } finally {
      this.starting -= 1;
    }
  }

  /** Waits for no drill any more. Those that are open are closed by the next writer of alert state. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private follow(drill: Drill, view: FollowedDrill): void {
    const ending = this.endInTime(drill, view).finally(() => this.running.delete(ending));
    this.running.add(ending);
  }

  private audienceOf(project: string, request: DrillRequest, now: number): readonly RouteMatch[] {
    const { receivers, rules, suppressions } = this.runtime;
    const labels = drillLabels(project, request);
    const { matches, decisions } = explainRouting(rules().routing, labels, receivers());
    const suppression = suppressionOf(labels, now, suppressions.of(project));
    if (matches.length === 0 || suppression !== null) {
      throw new AppError({
        code: 'drill.nobody-is-told',
        message:
          suppression === null
            ? `Nobody would be told of this drill: ${decisions.join('; ')}.`
            : `Nobody would be told of this drill: ${suppression.reason}.`,
        hint:
          suppression === null
            ? 'Give it the labels of what you want to try, or add a route.'
            : 'A real alert of this kind would be kept quiet as well.',
      });
    }
    const slow = matches.find(({ groupWaitMs }) => groupWaitMs > DRILL_MOST_MS / 2);
    if (slow !== undefined) {
      throw new AppError({
        code: 'drill.nobody-is-told',
        message: `${slow.path} waits for longer than an hour before it tells ${slow.receiver}; a drill does not last that long.`,
        hint: 'Shorten its groupWait for the time of the drill.',
      });
    }
    return matches;
  }

  /** Waits until everybody has been told, then says that it is over. */
  private async endInTime(drill: Drill, view: FollowedDrill): Promise<void> {
    const { logger } = this.runtime;
    const { signal } = this.stopping;
    try {
      while (!signal.aborted && Date.now() < view.endsBy && !(await this.isDone(drill, view))) {
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
      while (!signal.aborted && !(await this.end(drill))) {
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) {
        logger.error({ error: errorMessage(error), incident: view.incidentId }, 'a drill could not be ended');
      }
    }
  }

  /** Also when a person has closed it meanwhile. */
  private async isDone(
    { project }: Drill,
    { incidentId: id, receivers, keepUntil }: FollowedDrill,
  ): Promise<boolean> {
    const { incidents, logger, store } = this.runtime;
    if (incidents.find(project, id)?.status === 'resolved') {
      return true;
    }
    if (Date.now() < keepUntil) {
      return false;
    }
    try {
      const [changes, attempts] = await Promise.all([
        store.incidents.changesOf(project, [id]),
        store.notifications.attemptsOf(project, [id]),
      ]);
      const opened = changes
        .flatMap(({ intents }) => JSON.parse(intents) as NotificationIntent[])
        .filter(({ action }) => action === 'trigger');
      const isFinal = ({ id: intentId }: NotificationIntent): boolean =>
        attempts.some((attempt) => attempt.intentId === intentId && FINAL.includes(attempt.outcome));
      return receivers.every(({ receiver }) =>
        opened.some((intent) => intent.receiver === receiver && isFinal(intent)),
      );
    } catch (error) {
      logger.warn({ error: errorMessage(error), incident: id }, 'the messages of a drill could not be read');
      return false;
    }
  }

  /** @returns whether it is over; what cannot be stored now is tried again */
  private async end(drill: Drill): Promise<boolean> {
    try {
      await this.runtime.incidents.drill(drill, 'ok', Date.now());
      return true;
    } catch (error) {
      this.runtime.logger.warn(
        { error: errorMessage(error), drill: drill.id },
        'a drill could not be closed yet',
      );
      return false;
    }
  }
}

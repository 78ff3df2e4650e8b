import {
  applyCommand,
  incidentKeyText,
  planFallback,
  planNotifications,
  readIncidentState,
  step,
  withoutWaits,
  type AlertPolicy,
  type IncidentCommand,
  type IncidentState,
  type NotificationIntent,
  type NotificationPlan,
  type PlanContext,
  type Signal,
} from '@tidewatch/alerts';
import { AppError } from '@tidewatch/core';
import type { IncidentEventRow, Store } from '@tidewatch/store';
import type { Logger } from 'pino';
import type { StoredIntents } from './delivery/lanes.js';
import { refuseIfResolved } from './command-refusals.js';
import { eventRow } from './event-row.js';
import { drillSignal, type Drill, type DrillCondition } from './drill/drill-signal.js';
import type { Forwarding } from './forwarded-commands.js';

/** A signal with the policy of the rule that sent it. */
export interface PolicedSignal {
  readonly signal: Signal;
  readonly policy: AlertPolicy;
}

/** The right to write alert state, and the number under which it is written. */
export interface WriterLease {
  readonly epoch: number;
  held(): boolean;
}

export interface IncidentManagerOptions {
  readonly store: Pick<Store, 'incidents'>;
  /** What decides who is told, in one project. */
  readonly contextOf: (project: string, now: number) => PlanContext;
  /** Takes messages that are stored. */
  readonly onIntents: (stored: readonly StoredIntents[]) => void;
  /** The way to the process that writes; `null` where there is none. */
  readonly forward: Forwarding | null;
  readonly logger: Logger;
}

/** What an operation has made of one incident, before it is stored. */
interface Next {
  readonly state: IncidentState | null;
  readonly nextAt: number | null;
}

/** Everything an operation changes; it becomes real when its rows are stored. */
interface Batch {
  readonly rows: IncidentEventRow[];
  readonly stored: StoredIntents[];
  readonly next: Map<string, Next>;
}

/**
 * The one writer of alert state.
 *
 * A change becomes real when its row, with the notifications it asks for, is stored; only then does memory follow. A
 * crash in between repeats the step and stores the same row again. What time asks for (waits, repeats, escalations, ends
 * of silences) comes by {@link tick}.
 */
export class IncidentManager {
  private readonly options: IncidentManagerOptions;
  private lease: WriterLease | null = null;
  /** The newest state per incident key, pending ones included. */
  private readonly states = new Map<string, IncidentState>();
  /** When to look at an incident although nothing happens, per incident key. */
  private readonly nextAt = new Map<string, number>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(options: IncidentManagerOptions) {
    this.options = options;
  }

  /** Reads back what is stored: at start, and while another process is the writer. */
  async load(): Promise<void> {
    const rows = await this.options.store.incidents.latestStates(null);
    if (this.isWriter) {
      // The term began while this was read: memory is ahead of the rows now.
      return;
    }
    for (const row of rows) {
      const state = withoutWaits(readIncidentState(row.state));
      const key = incidentKeyText(state.key);
      this.states.set(key, state);
      if (state.status === 'open') {
        // What became due while nobody looked is due now.
        this.nextAt.set(key, 0);
      }
    }
  }

  /** Becomes the writer. */
  begin(lease: WriterLease): void {
    this.lease = lease;
  }

  /** Whether this process may write. */
  get isWriter(): boolean {
    return this.lease?.held() ?? false;
  }

  /** The newest state of every incident key. */
  all(): IncidentState[] {
    return [...this.states.values()];
  }

  /** The newest known state of the incident key that `incident` belongs to. */
  newestOf(incident: IncidentState): IncidentState {
    return this.states.get(incidentKeyText(incident.key)) ?? incident;
  }

  /** The newest incident of a key, by its id. */
  find(project: string, incidentId: string): IncidentState | undefined {
    for (const state of this.states.values()) {
      if (state.id === incidentId && state.key.project === project) {
        return state;
      }
    }
    return undefined;
  }

  /** Takes signals in order, one caller at a time. Rejects when a change could not be stored; nothing is lost then. */
  handle(signals: readonly PolicedSignal[], now: number): Promise<void> {
    return this.inTurn(async () => {
      const batch = emptyBatch();
      for (const { signal, policy } of signals) {
        const key = incidentKeyText(signal.key);
        const result = step(this.current(batch, key), signal, policy, now);
        this.follow(batch, key, result, now);
      }
      await this.commit(batch);
    });
  }

  /**
   * Does to an incident what a person asks for.
   *
   * @throws AppError `incident.unknown`, `incident.resolved`, `alerts.not-the-writer` (retryable)
   */
  command(
    project: string,
    incidentId: string,
    command: IncidentCommand,
    now: number,
  ): Promise<IncidentState> {
    if (!this.isWriter && this.options.forward !== null) {
      return this.options.forward.command({ project, incidentId, command, at: now });
    }
    return this.inTurn(async () => {
      const state = this.find(project, incidentId);
      if (state === undefined || state.status === 'pending') {
        throw new AppError({
          code: 'incident.unknown',
          message: `There is no incident ${incidentId}, or a later one of the same service has taken its place.`,
          hint: 'GET /api/v1/incidents lists them.',
        });
      }
      refuseIfResolved(state, command);
      const batch = emptyBatch();
      const key = incidentKeyText(state.key);
      const result = applyCommand(state, command, now);
      if (result.state !== null && result.changes.length > 0) {
        const plan = planNotifications(result.state, result.changes, this.contextOf(state, now), command);
        this.take(batch, key, plan);
      }
      await this.commit(batch);
      return this.states.get(key) ?? state;
    });
  }

  /**
   * Begins a drill, or ends it.
   *
   * @throws AppError `alerts.not-the-writer` (retryable), and what the store throws
   */
  drill(drill: Drill, condition: DrillCondition, now: number): Promise<void> {
    if (!this.isWriter && this.options.forward !== null) {
      return this.options.forward.drill({ drill, condition, at: now });
    }
    return this.handle([drillSignal(drill, condition, now)], now);
  }

  /** Does what time asks for. */
  tick(now: number): Promise<void> {
    return this.inTurn(async () => {
      const due = [...this.nextAt].filter(([, at]) => at <= now).map(([key]) => key);
      await this.replanned(due, now);
    });
  }

  /** Looks at every open incident again: silences, windows, deployments or routes have changed. */
  replan(now: number): Promise<void> {
    return this.inTurn(async () => {
      const open = [...this.states].filter(([, { status }]) => status === 'open').map(([key]) => key);
      await this.replanned(open, now);
    });
  }

  /** Tells the fallback of a receiver that a page could not be delivered to. */
  gaveUp(project: string, intent: NotificationIntent, now: number): Promise<void> {
    return this.inTurn(async () => {
      const state = this.find(project, intent.incidentId);
      const plan = state === undefined ? null : planFallback(state, intent, this.contextOf(state, now));
      if (state !== undefined && plan !== null) {
        const batch = emptyBatch();
        this.take(batch, incidentKeyText(state.key), plan);
        await this.commit(batch);
      }
    });
  }

  private async replanned(keys: readonly string[], now: number): Promise<void> {
    const batch = emptyBatch();
    for (const key of keys) {
      const state = this.states.get(key);
      if (state === undefined) {
        this.nextAt.delete(key);
      } else {
        this.take(batch, key, planNotifications(state, [], this.contextOf(state, now)));
      }
    }
    await this.commit(batch);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      if (!this.isWriter) {
        throw new AppError({
          code: 'alerts.not-the-writer',
          message: 'This process does not hold the lease to write the state of alerts.',
          hint: 'Another process does, or will in a few seconds. Try again.',
          retryable: true,
        });
      }
      return work();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  private contextOf(state: IncidentState, now: number): PlanContext {
    return this.options.contextOf(state.key.project, now);
  }

  private current(batch: Batch, key: string): IncidentState | null {
    const known = batch.next.get(key);
    return known === undefined ? (this.states.get(key) ?? null) : known.state;
  }

  private follow(batch: Batch, key: string, result: ReturnType<typeof step>, now: number): void {
    const { state, changes } = result;
    if (state !== null && changes.length > 0) {
      this.take(batch, key, planNotifications(state, changes, this.contextOf(state, now)));
      return;
    }
    const at = batch.next.get(key)?.nextAt ?? this.nextAt.get(key) ?? null;
    batch.next.set(key, { state, nextAt: state === null ? null : at });
  }

  private take(batch: Batch, key: string, plan: NotificationPlan): void {
    const { state, rows, nextAt, unheard } = plan;
    batch.next.set(key, { state, nextAt });
    for (const { change, intents } of rows) {
      batch.rows.push(eventRow(change, state, intents, this.lease?.epoch ?? 0));
      if (intents.length > 0) {
        batch.stored.push({ project: state.key.project, intents, state });
      }
      if (unheard && change.kind === 'opened') {
        this.options.logger.warn(
          { incident: state.id, severity: change.severity, summary: state.summary },
          'no route matches an incident; nobody is told',
        );
      }
    }
  }

  private async commit({ rows, stored, next }: Batch): Promise<void> {
    if (rows.length > 0) {
      await this.append(rows);
    }
    for (const [key, { state, nextAt }] of next) {
      if (state === null) {
        this.states.delete(key);
      } else {
        this.states.set(key, state);
      }
      if (nextAt === null || state === null) {
        this.nextAt.delete(key);
      } else {
        this.nextAt.set(key, nextAt);
      }
    }
    if (stored.length > 0) {
      this.options.onIntents(stored);
    }
  }

  private async append(rows: readonly IncidentEventRow[]): Promise<void> {
    for (const project of new Set(rows.map((row) => row.project))) {
      await this.options.store.incidents.append(
        project,
        rows.filter((row) => row.project === project),
      );
    }
  }
}

function emptyBatch(): Batch {
  return { rows: [], stored: [], next: new Map() };
}

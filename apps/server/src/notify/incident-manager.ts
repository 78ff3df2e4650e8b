import {
  incidentKeyText,
  planNotifications,
  step,
  type AlertPolicy,
  type IncidentChange,
  type IncidentState,
  type NotificationIntent,
  type Routing,
  type Signal,
} from '@tidewatch/alerts';
import type { IncidentEventRow, Store } from '@tidewatch/store';
import type { Logger } from 'pino';

/** A signal with the policy of the rule that sent it. */
export interface PolicedSignal {
  readonly signal: Signal;
  readonly policy: AlertPolicy;
}

/**
 * The one writer of alert state.
 *
 * A change becomes real when its row, with the notifications it asks for, is stored; only then does memory follow. A
 * crash in between repeats the step and stores the same row again.
 */
export class IncidentManager {
  private readonly store: Store;
  private readonly routing: () => Routing;
  private readonly onIntents: () => void;
  /** Fences off a writer that was replaced: the later start wins. */
  private readonly epoch: number;
  private readonly logger: Logger;
  /** The newest state per incident key, pending ones included. */
  private readonly states = new Map<string, IncidentState>();
  private queue: Promise<void> = Promise.resolve();

  constructor(options: {
    store: Store;
    routing: () => Routing;
    onIntents: () => void;
    epoch: number;
    logger: Logger;
  }) {
    this.store = options.store;
    this.routing = options.routing;
    this.onIntents = options.onIntents;
    this.epoch = options.epoch;
    this.logger = options.logger;
  }

  /** Reads back what was known before a restart. */
  async load(): Promise<void> {
    for (const row of await this.store.incidents.latestStates(null)) {
      const state = JSON.parse(row.state) as IncidentState;
      this.states.set(incidentKeyText(state.key), state);
    }
  }

  /** The newest state of every incident key. */
  all(): IncidentState[] {
    return [...this.states.values()];
  }

  /** The newest known state of the incident key that `incident` belongs to. */
  newestOf(incident: IncidentState): IncidentState {
    return this.states.get(incidentKeyText(incident.key)) ?? incident;
  }

  /** Takes signals in order, one caller at a time. Rejects when a change could not be stored; nothing is lost then. */
  handle(signals: readonly PolicedSignal[], now: number): Promise<void> {
    const result = this.queue.then(() => this.handleAll(signals, now));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async handleAll(signals: readonly PolicedSignal[], now: number): Promise<void> {
    const rows: IncidentEventRow[] = [];
    const next = new Map<string, IncidentState | null>();
    for (const { signal, policy } of signals) {
      const key = incidentKeyText(signal.key);
      const known = next.get(key);
      const previous = known === undefined ? (this.states.get(key) ?? null) : known;
      const result = step(previous, signal, policy, now);
      let { state } = result;
      for (const change of result.changes) {
        if (state === null) {
          break;
        }
        const plan = planNotifications(change, state, this.routing());
        state = plan.state;
        if (change.kind === 'opened' && plan.intents.length === 0) {
          this.logger.warn(
            { incident: state.id, severity: change.severity, summary: state.summary },
            'no route matches an incident; nobody is told',
          );
        }
        rows.push(this.eventRow(change, state, plan.intents));
      }
      next.set(key, state);
    }
    if (rows.length > 0) {
      await this.append(rows);
    }
    for (const [key, state] of next) {
      if (state === null) {
        this.states.delete(key);
      } else {
        this.states.set(key, state);
      }
    }
    if (rows.some((row) => row.intents !== '[]')) {
      this.onIntents();
    }
  }

  private async append(rows: readonly IncidentEventRow[]): Promise<void> {
    for (const project of new Set(rows.map((row) => row.project))) {
      await this.store.incidents.append(
        project,
        rows.filter((row) => row.project === project),
      );
    }
  }

  private eventRow(
    change: IncidentChange,
    state: IncidentState,
    intents: readonly NotificationIntent[],
  ): IncidentEventRow {
    return {
      project: state.key.project,
      incidentId: change.incidentId,
      sequence: change.sequence,
      epoch: this.epoch,
      at: change.at,
      kind: change.kind,
      status: state.status,
      severity: change.severity,
      service: state.key.service,
      region: state.key.region,
      model: state.key.model,
      generation: state.generation,
      summary: state.summary,
      state: JSON.stringify(state),
      intents: JSON.stringify(intents),
    };
  }
}

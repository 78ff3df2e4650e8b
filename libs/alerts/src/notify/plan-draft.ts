import type { IncidentChange, IncidentState } from '../incident.js';
import type { NotificationIntent } from '../intent.js';
import { addedChange, intentOf, type DraftIntent } from './draft.js';
import type { PlanContext } from './plan-context.js';

/** One row of the history: a change with the messages that belong to it. */
export interface PlannedRow {
  readonly change: IncidentChange;
  readonly intents: readonly NotificationIntent[];
}

/** The messages that an incident asks for now, and the incident that remembers having asked. */
export interface NotificationPlan {
  /** What must be stored with {@link rows}, or, without rows, kept in memory. */
  readonly state: IncidentState;
  /** Empty when nothing happened. */
  readonly rows: readonly PlannedRow[];
  /** When to plan again although nothing happens, ms; `null` for never. */
  readonly nextAt: number | null;
  /** Whether it may speak and no route leads anywhere. */
  readonly unheard: boolean;
}

/** A plan while it is made. */
export class PlanDraft {
  state: IncidentState;
  readonly context: PlanContext;
  readonly drafts: DraftIntent[] = [];
  /** Members that a silence or a window kept quiet until now, and that may speak again. */
  readonly released = new Set<string>();
  private readonly changes: IncidentChange[];
  private nextAt: number | null = null;

  constructor(state: IncidentState, changes: readonly IncidentChange[], context: PlanContext) {
    this.state = state;
    this.changes = [...changes];
    this.context = context;
  }

  get now(): number {
    return this.context.now;
  }

  /** Whether one of these has just happened. */
  happened(...kinds: readonly IncidentChange['kind'][]): boolean {
    return this.changes.some(({ kind }) => kinds.includes(kind));
  }

  add(kind: IncidentChange['kind'], text: string): void {
    const { state, change } = addedChange(this.state, kind, text, this.now);
    this.state = state;
    this.changes.push(change);
  }

  /** One receiver gets at most one message at a time; a second one waits for the next plan. */
  isAddressed(receiver: string): boolean {
    return this.drafts.some((draft) => draft.receiver === receiver);
  }

  wakeAt(at: number | null): void {
    if (at !== null && (this.nextAt === null || at < this.nextAt)) {
      this.nextAt = at;
    }
  }

  finish(unheard: boolean): NotificationPlan {
    if (this.drafts.length > 0 && this.changes.length === 0) {
      this.add('notified', [...new Set(this.drafts.map(({ reason }) => reason))].join(', '));
    }
    const last = this.changes.at(-1);
    if (last === undefined) {
      return { state: this.state, rows: [], nextAt: this.nextAt, unheard };
    }
    const addressed = new Set(this.drafts.map(({ receiver }) => receiver));
    this.state = {
      ...this.state,
      opened: this.state.opened.map((entry) =>
        addressed.has(entry.receiver) ? { ...entry, sequence: last.sequence } : entry,
      ),
    };
    const intents = this.drafts.map((draft) => intentOf(draft, this.state.id, last.sequence, this.now));
    const rows = this.changes.map((change) => ({ change, intents: change === last ? intents : [] }));
    return { state: this.state, rows, nextAt: this.nextAt, unheard };
  }
}

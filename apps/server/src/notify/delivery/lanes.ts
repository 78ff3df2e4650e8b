import { readIncidentState, type IncidentState, type NotificationIntent } from '@tidewatch/alerts';
import type { NotificationEventRow, OutboxEntry, Store } from '@tidewatch/store';
import { addPending, emptyLane, laneKey, recall, type LaneMemory } from './lane-memory.js';

/** Messages that have just been stored with a change. */
export interface StoredIntents {
  readonly project: string;
  readonly intents: readonly NotificationIntent[];
  /** The incident after the change. */
  readonly state: IncidentState;
}

/** The lanes that something waits in, or whose receivers hold something open. */
export class Lanes {
  private readonly store: Pick<Store, 'notifications'>;
  private readonly lanes = new Map<string, LaneMemory>();
  /** By incident: the state that came with its newest message, and how many lanes it has. */
  private readonly states = new Map<string, { state: IncidentState; lanes: number }>();

  constructor(store: Pick<Store, 'notifications'>) {
    this.store = store;
  }

  get(key: string): LaneMemory | undefined {
    return this.lanes.get(key);
  }

  all(): IterableIterator<LaneMemory> {
    return this.lanes.values();
  }

  stateOf(incidentId: string): IncidentState | undefined {
    return this.states.get(incidentId)?.state;
  }

  /** Messages that wait or are on their way. */
  get pending(): number {
    let count = 0;
    for (const lane of this.lanes.values()) {
      count += lane.pending.length;
    }
    return count;
  }

  /** Forgets a lane in which nothing waits and whose receiver holds nothing. */
  release(lane: LaneMemory): void {
    if (lane.pending.length > 0 || lane.open || !this.lanes.delete(lane.key)) {
      return;
    }
    const incident = this.states.get(lane.incidentId);
    if (incident !== undefined) {
      incident.lanes -= 1;
      if (incident.lanes === 0) {
        this.states.delete(lane.incidentId);
      }
    }
  }

  /**
   * Takes messages of changes, looking up what is not known of their receivers.
   *
   * @returns the lanes that have something new
   */
  async take(stored: readonly StoredIntents[]): Promise<Set<LaneMemory>> {
    await this.recallUnknown(
      stored.filter((entry) => !entry.intents.every((intent) => this.isKnown(entry, intent))),
    );
    const touched = new Set<LaneMemory>();
    for (const { project, intents, state } of stored) {
      for (const intent of intents) {
        const lane = this.laneOf(project, intent, state);
        addPending(lane, [{ intent, attempts: 0 }]);
        touched.add(lane);
      }
    }
    return touched;
  }

  /**
   * Takes what the outbox holds and is not known here.
   *
   * @param isDone whether an intent has ended although the outbox has it: its end is not stored, or was stored meanwhile
   */
  async takeOutbox(
    entries: readonly OutboxEntry[],
    isDone: (intentId: string) => boolean,
  ): Promise<Set<LaneMemory>> {
    const known = new Set(
      [...this.lanes.values()].flatMap(({ pending }) => pending.map(({ intent }) => intent.id)),
    );
    const fresh = entries
      .map(parsedEntry)
      .filter(({ intent }) => !known.has(intent.id) && !isDone(intent.id));
    await this.recallUnknown(fresh.map(({ intent, ...entry }) => ({ ...entry, intents: [intent] })));
    const touched = new Set<LaneMemory>();
    for (const { project, intent, state, attempts, replayedAt } of fresh) {
      const lane = this.laneOf(project, intent, state);
      if (isDone(intent.id)) {
        this.release(lane);
      } else {
        addPending(lane, [{ intent, attempts, replayedAt, inherited: true }]);
        touched.add(lane);
      }
    }
    return touched;
  }

  /** An incident that has only just opened is known nowhere; of any other, what its receivers know is looked up. */
  private isKnown({ state }: StoredIntents, intent: NotificationIntent): boolean {
    const isNew = intent.action === 'trigger' && state.openedAt === intent.notBefore;
    return isNew || this.lanes.has(laneKey(intent.incidentId, intent.receiver));
  }

  private async recallUnknown(entries: readonly StoredIntents[]): Promise<void> {
    for (const project of new Set(entries.map((entry) => entry.project))) {
      const of = entries.filter((entry) => entry.project === project);
      const ids = [...new Set(of.map(({ state }) => state.id))];
      const byLane = new Map<string, NotificationEventRow[]>();
      for (const row of await this.store.notifications.attemptsOf(project, ids)) {
        const key = laneKey(row.incidentId, row.receiver);
        const rows = byLane.get(key);
        if (rows === undefined) {
          byLane.set(key, [row]);
        } else {
          rows.push(row);
        }
      }
      for (const { intents, state } of of) {
        for (const intent of intents) {
          if (!this.lanes.has(laneKey(intent.incidentId, intent.receiver))) {
            const lane = this.laneOf(project, intent, state);
            recall(lane, byLane.get(lane.key) ?? []);
          }
        }
      }
    }
  }

  private laneOf(
    project: string,
    { incidentId, receiver }: NotificationIntent,
    state: IncidentState,
  ): LaneMemory {
    const key = laneKey(incidentId, receiver);
    let lane = this.lanes.get(key);
    const incident = this.states.get(incidentId) ?? { state, lanes: 0 };
    if (lane === undefined) {
      lane = emptyLane(project, incidentId, receiver);
      this.lanes.set(key, lane);
      incident.lanes += 1;
    }
    if (state.sequence > incident.state.sequence) {
      incident.state = state;
    }
    this.states.set(incidentId, incident);
    return lane;
  }
}

interface ParsedEntry extends Pick<OutboxEntry, 'project' | 'attempts' | 'replayedAt'> {
  readonly intent: NotificationIntent;
  readonly state: IncidentState;
}

function parsedEntry({ project, intent, state, attempts, replayedAt }: OutboxEntry): ParsedEntry {
  const read = JSON.parse(intent) as Partial<NotificationIntent> & NotificationIntent;
  return {
    project,
    attempts,
    replayedAt,
    // An earlier version wrote less.
    intent: {
      ...read,
      reason: read.reason ?? (read.action === 'resolve' ? 'resolved' : 'opened'),
      explanation: read.explanation ?? [],
      destination: read.destination ?? '',
      by: read.by ?? '',
      text: read.text ?? '',
    },
    state: readIncidentState(state),
  };
}

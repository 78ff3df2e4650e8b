import type { IncidentEventRow, NotificationEventRow, Store } from '@tidewatch/store';

/** What the store says when the script is over. */
export interface Evidence {
  /** Every change of every incident, each incident's oldest first. */
  readonly changes: readonly IncidentEventRow[];
  readonly attempts: readonly NotificationEventRow[];
  /** Intents that still wait. */
  readonly waiting: readonly string[];
  /** The steps of the process that read this. */
  readonly steps: readonly string[];
}

/** Reads everything that is stored of incidents and messages. */
export async function readEvidence(store: Store, steps: readonly string[]): Promise<Evidence> {
  const { items } = await store.incidents.list('default', { limit: 1_000 });
  const ids = items.map(({ incidentId }) => incidentId);
  return {
    changes: await store.incidents.changesOf('default', ids),
    attempts: await store.notifications.attemptsOf('default', ids),
    waiting: (await store.notifications.outbox()).map(({ intent }) => intent),
    steps,
  };
}

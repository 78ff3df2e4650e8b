import type { NotificationIntent } from '@tidewatch/alerts';

/** An alert of a pager or a ticket of a tracker. */
export interface HeldObject {
  readonly dedupKey: string;
  /** ms */
  readonly openedAt: number;
  /** `null` while it is open. */
  readonly closedAt: number | null;
}

/**
 * The alerts that a pager would hold: what opens or changes an object that is not open makes a new alert, for somebody is
 * called then.
 */
export function pagerAlerts(intents: readonly NotificationIntent[]): HeldObject[] {
  return held(intents, (known) => known === undefined || known.closedAt !== null);
}

/** The tickets that a tracker would hold: a closed one is opened again. */
export function tickets(intents: readonly NotificationIntent[]): HeldObject[] {
  return held(intents, (known) => known === undefined);
}

function held(
  intents: readonly NotificationIntent[],
  isNew: (known: HeldObject | undefined) => boolean,
): HeldObject[] {
  const objects: HeldObject[] = [];
  for (const { dedupKey, action, notBefore } of intents) {
    const index = objects.findLastIndex((each) => each.dedupKey === dedupKey);
    const known = objects[index];
    if (action === 'resolve') {
      if (known !== undefined) {
        objects[index] = { ...known, closedAt: notBefore };
      }
    } else if (isNew(known)) {
      objects.push({ dedupKey, openedAt: notBefore, closedAt: null });
    } else if (known !== undefined) {
      objects[index] = { ...known, closedAt: null };
    }
  }
  return objects;
}

import type { ActionRunRow, Store } from '@tidewatch/store';

/** Who makes a step. The server itself has no request. */
export interface StepAuthor {
  readonly actor: string;
  /** Empty for the server itself. */
  readonly requestId: string;
}

export const SERVER: StepAuthor = { actor: 'tidewatch', requestId: '' };

/** Steps by the status that they lead to. */
const STEPS: Readonly<Record<ActionRunRow['status'], string>> = {
  requested: 'action.request',
  approved: 'action.approve',
  rejected: 'action.reject',
  expired: 'action.expire',
  'cooling-down': 'action.hold',
  sent: 'action.send',
  succeeded: 'action.succeed',
  failed: 'action.fail',
};

/**
 * Stores a step of a run and the entry of the audit log for it. The entry comes first: there may be one whose step failed, but
 * no step without one.
 *
 * @param before the version that it follows; `null` for the first
 */
export async function storeStep(
  store: Store,
  before: ActionRunRow | null,
  after: ActionRunRow,
  author: StepAuthor,
): Promise<void> {
  await store.audit.append(after.project, [
    {
      at: after.updatedAt,
      actor: author.actor,
      action: STEPS[after.status],
      objectKind: 'action',
      objectId: after.id,
      requestId: author.requestId === '' ? `${after.id}:${after.version}` : author.requestId,
      before: before === null ? '' : JSON.stringify(before),
      after: JSON.stringify(after),
    },
  ]);
  await store.actionRuns.append(after);
}

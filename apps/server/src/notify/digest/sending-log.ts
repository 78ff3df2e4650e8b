import type { DeliveryResult } from '@tidewatch/channels';
import type { Store } from '@tidewatch/store';

/** What is known of sending one digest to one receiver. */
export interface Sending {
  /** `sending`: begun, and nobody knows how it ended. */
  readonly state: 'sending' | 'sent' | 'failed' | 'rejected';
  /** When it was noted, ms. */
  readonly at: number;
  readonly attempts: number;
}

/** Far more than a day of attempts to many receivers. */
const MOST_ENTRIES = 10_000;

/**
 * The audit log as the memory of what was sent. An entry stands before each attempt, so that a digest whose sending broke off
 * is never sent a second time, and one after it says how it ended.
 */
export class SendingLog {
  private readonly audit: Store['audit'];

  constructor(store: Pick<Store, 'audit'>) {
    this.audit = store.audit;
  }

  /**
   * What was noted about a digest, by receiver.
   *
   * @param since nothing was sent before this time, ms
   */
  async read(project: string, id: string, since: number, now: number): Promise<ReadonlyMap<string, Sending>> {
    const entries = await this.audit.list(project, {
      // Nothing is written in the future, and clocks differ a little.
      range: { from: since, to: now + 3_600_000 },
      objectKind: 'digest',
      limit: MOST_ENTRIES,
    });
    const found = new Map<string, Sending>();
    // Newest first, and the newest decides.
    for (const { action, at, objectId, after } of [...entries].reverse()) {
      if (objectId === id) {
        const { receiver, attempt } = JSON.parse(after) as { receiver: string; attempt: number };
        const state = action.replace('digest.', '') as Sending['state'];
        found.set(receiver, { state, at, attempts: attempt });
      }
    }
    return found;
  }

  /** Notes that an attempt begins. Nothing may be sent before this resolves. */
  begin(project: string, id: string, receiver: string, attempt: number, at: number): Promise<void> {
    return this.write(project, { id, receiver, attempt, at, state: 'sending', reason: '' });
  }

  /** Notes how an attempt ended. */
  async end(
    project: string,
    id: string,
    receiver: string,
    attempt: number,
    { result, at }: { readonly result: DeliveryResult; readonly at: number },
  ): Promise<void> {
    const states = { delivered: 'sent', retry: 'failed', rejected: 'rejected' } as const;
    const reason = result.outcome === 'delivered' ? '' : result.reason;
    await this.write(project, { id, receiver, attempt, at, state: states[result.outcome], reason });
  }

  private write(
    project: string,
    note: {
      readonly id: string;
      readonly receiver: string;
      readonly attempt: number;
      readonly at: number;
      readonly state: Sending['state'];
      readonly reason: string;
    },
  ): Promise<void> {
    const { id, receiver, attempt, at, state, reason } = note;
    return this.audit.append(project, [
      {
        ...{ at, actor: 'tidewatch', action: `digest.${state}`, objectKind: 'digest', objectId: id },
        requestId: `${id}/${receiver}/${attempt}`,
        before: '',
        after: JSON.stringify({ receiver, attempt, ...(reason === '' ? {} : { reason }) }),
      },
    ]);
  }
}

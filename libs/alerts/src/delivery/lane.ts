import type { NotificationIntent } from '../intent.js';

/**
 * What is on its way to one receiver about one incident. Messages of a lane are sent one after the other, so a receiver
 * never hears of an end before its beginning.
 */
export interface Lane {
  /** Not yet delivered, in the order of their sequence. */
  readonly pending: readonly NotificationIntent[];
  /** Whether the receiver holds something open, as far as is known. */
  readonly open: boolean;
  /** Whether an attempt since then may have arrived although nothing says so. */
  readonly uncertain: boolean;
}

/** What to do next in a lane. */
export interface LaneStep {
  /** The message to send; `null` when nothing is left. */
  readonly send: NotificationIntent | null;
  /** Messages that need not be sent any more, and why. */
  readonly dropped: readonly { readonly intent: NotificationIntent; readonly reason: string }[];
}

const NEVER_HEARD = 'it was over before this receiver heard of it';
const OVERTAKEN = 'a later message says more';

/**
 * Only the newest state matters to somebody who has been waiting: messages that a later one makes pointless are dropped.
 *
 * An end that was never preceded by a beginning is dropped with its beginning: nobody is woken by what is over. When an
 * attempt may have arrived, the end is sent. What people said is not dropped for news of members.
 */
export function nextInLane({ pending, open, uncertain }: Lane): LaneStep {
  const end = pending.findIndex(({ action }) => action === 'resolve');
  if (end >= 0) {
    const overtaken = pending.slice(0, end);
    const resolve = pending[end];
    if (resolve !== undefined && (open || uncertain)) {
      return { send: resolve, dropped: overtaken.map((intent) => ({ intent, reason: OVERTAKEN })) };
    }
    const rest = nextInLane({ pending: pending.slice(end + 1), open, uncertain });
    const unheard = pending.slice(0, end + 1).map((intent) => ({ intent, reason: NEVER_HEARD }));
    return { send: rest.send, dropped: [...unheard, ...rest.dropped] };
  }
  const kept = pending.filter((intent, index) => !isOvertaken(intent, pending.slice(index + 1)));
  const dropped = pending
    .filter((intent) => !kept.includes(intent))
    .map((intent) => ({ intent, reason: OVERTAKEN }));
  const [first] = kept;
  // Who has heard of nothing cannot be told of a change: the first message opens, whatever it was meant to say.
  const send =
    first === undefined || open || first.action === 'trigger'
      ? first
      : { ...first, action: 'trigger' as const };
  return { send: send ?? null, dropped };
}

function isOvertaken(intent: NotificationIntent, later: readonly NotificationIntent[]): boolean {
  switch (intent.action) {
    case 'trigger':
      return later.some(({ action }) => action === 'trigger');
    case 'update':
      return intent.text === '' && later.some(({ action }) => action === 'trigger' || action === 'update');
    case 'acknowledge':
      return later.some(({ action }) => action === 'acknowledge');
    case 'resolve':
      return false;
  }
}

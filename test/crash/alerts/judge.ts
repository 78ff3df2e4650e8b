import { readIncidentState, type NotificationIntent } from '@tidewatch/alerts';
import type { IncidentEventRow } from '@tidewatch/store';
import type { Evidence } from './evidence.js';
import type { ReceivingEnd, Seen } from './receiving-end.js';
import { EXPECTED, summaryOf, type Expected } from './script.js';

/** What was wrong in the end of one run; one sentence each. */
export interface Verdict {
  /** Somebody was not told, or not of the end, or what is stored is not what the receiver holds. */
  readonly lost: readonly string[];
  /** Somebody was told twice. */
  readonly duplicates: readonly string[];
}

/** Ways in which a message ends. */
const ENDS = new Set(['delivered', 'rejected', 'superseded']);

/** Compares what the receivers hold with what the script asks for, and with what the store says. */
export function judge(receivers: ReceivingEnd, evidence: Evidence): Verdict {
  const lost: string[] = [...receivers.problems(), ...storeProblems(evidence)];
  const duplicates: string[] = [];
  for (const expected of EXPECTED) {
    const seen = receivers.seen(expected.service, expected.receiver);
    const about = (text: string): string => `${expected.service} at ${expected.receiver}: ${text}`;
    lost.push(...[...missing(expected, seen), ...storedOtherwise(expected, seen, evidence)].map(about));
    duplicates.push(...tooMuch(expected, seen).map(about));
  }
  return { lost, duplicates };
}

function missing({ openings: [least], ends, acknowledged, members }: Expected, seen: Seen): string[] {
  const never = least === 0 && seen.openings === 0;
  return [
    ...seen.disorder,
    ...(seen.openings < least ? [`told of ${seen.openings} openings of ${least}`] : []),
    ...(seen.state === ends || never ? [] : [`ends ${seen.state ?? 'unknown'} instead of ${ends}`]),
    ...(acknowledged && !seen.acknowledged ? ['not told that it was taken on'] : []),
    ...members
      .filter((member) => !seen.texts.includes(summaryOf(member)))
      .map((each) => `not told of ${each}`),
  ];
}

function tooMuch({ openings: [, most] }: Expected, seen: Seen): string[] {
  return [
    ...(seen.openings > most ? [`opened ${seen.openings} times instead of ${most}`] : []),
    ...seen.repeated,
  ];
}

/** Openings by the stored log of deliveries, and who is stored as knowing of it. */
function storedOtherwise({ service, receiver }: Expected, seen: Seen, evidence: Evidence): string[] {
  const history = evidence.changes.filter((change) => change.service === service);
  const intents = history.flatMap((change) => JSON.parse(change.intents) as NotificationIntent[]);
  const openings = intents.filter(({ receiver: to, action }) => to === receiver && action === 'trigger');
  const endedAs = (end: string): number =>
    openings.filter(({ id }) =>
      evidence.attempts.some(({ intentId, outcome }) => intentId === id && outcome === end),
    ).length;
  const delivered = endedAs('delivered');
  // What had arrived when the process died may have been over before the next one could send it again.
  const most = delivered + endedAs('superseded');
  const last = history.at(-1);
  const knows =
    last !== undefined && readIncidentState(last.state).opened.some((each) => each.receiver === receiver);
  const holds = seen.state !== null && seen.state !== 'closed';
  return [
    ...(delivered <= seen.openings && seen.openings <= most
      ? []
      : [`${delivered} openings stored as delivered, ${seen.openings} seen`]),
    ...(knows === holds
      ? []
      : [`stored as ${knows ? 'told' : 'not told'}, and holds ${seen.state ?? 'nothing'}`]),
  ];
}

function storeProblems({ changes, attempts, waiting }: Evidence): string[] {
  const ended = new Set(attempts.filter(({ outcome }) => ENDS.has(outcome)).map(({ intentId }) => intentId));
  const intents = changes.flatMap((change) => JSON.parse(change.intents) as NotificationIntent[]);
  return [
    ...waiting
      .map((intent) => (JSON.parse(intent) as NotificationIntent).id)
      .filter((id) => ended.has(id))
      .map((id) => `the outbox has ${id}, which has ended`),
    ...attempts
      .filter(({ outcome }) => outcome === 'rejected')
      .map(({ receiver, reason }) => `given up at ${receiver}: ${reason}`),
    ...intents.filter(({ id }) => !ended.has(id)).map(({ id }) => `no end is stored of ${id}`),
    ...changes.flatMap((change, index) => gapBefore(change, changes[index - 1])),
  ];
}

/** Sequence numbers begin at 1 and have no gaps. */
function gapBefore(change: IncidentEventRow, before: IncidentEventRow | undefined): string[] {
  const due = before?.incidentId === change.incidentId ? before.sequence + 1 : 1;
  return change.sequence === due
    ? []
    : [`change ${change.sequence} of ${change.service} is stored where ${due} is due`];
}

import type { IncidentKey } from './incident-key.js';
import type { IntentReason } from './intent.js';
import type { MemberState } from './member.js';
import type { Severity } from './severity.js';

/** A receiver that was told of an open incident and therefore has to be told of its end. */
export interface OpenedReceiver {
  readonly receiver: string;
  /** Severity of the latest message addressed to it. */
  readonly severity: Severity;
  /** Sequence of the latest message addressed to it. */
  readonly sequence: number;
  /** When it was first told, ms. */
  readonly openedAt: number;
  /** When the latest message that people hear (not a silent change in place) was addressed to it, ms. */
  readonly heardAt: number;
  /** Its `spec` at that time, JSON without secrets: the end is told where the beginning was. */
  readonly destination: string;
  /** Since when there is something new that it was not told, ms; `null` for nothing. */
  readonly newsSince: number | null;
  /** What the newest untold thing is. */
  readonly news: IntentReason;
}

/** A remark of a person. */
export interface IncidentComment {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/**
 * Everything known about one incident. Plain data: `JSON.parse(JSON.stringify(state))` gives an equal state, so the
 * stored row is all that a restarted process needs.
 */
export interface IncidentState {
  /** SHA-256 hex of key and generation. */
  readonly id: string;
  readonly key: IncidentKey;
  /** 1 for the first incident of the key; a re-opened incident keeps its generation. */
  readonly generation: number;
  /** Number of changes so far; each change has its own, one more than the change before. */
  readonly sequence: number;
  /** `pending`: rules fire, but none for its hold time yet, and nothing has been written or sent. */
  readonly status: 'pending' | 'open' | 'resolved';
  /** The most severe member that fires, or what time has raised it to; of a resolved incident, what it was just before. */
  readonly severity: Severity;
  /** When it first opened (of a pending one: when the first rule fired), ms. A re-opening does not move it. */
  readonly openedAt: number;
  /** Time of the latest change, ms. */
  readonly updatedAt: number;
  readonly resolvedAt: number | null;
  /** Sequence of the latest resolve, 0 before the first. Messages up to it are history. */
  readonly resolvedSequence: number;
  /** Who resolved it by hand; empty when it ended by itself. */
  readonly resolvedBy: string;
  /** The deployment that was live when it opened, or empty. */
  readonly deploymentId: string;
  /** By member name. */
  readonly members: Readonly<Record<string, MemberState>>;
  /** Receivers that know of it since it (re-)opened; empty after a resolve. */
  readonly opened: readonly OpenedReceiver[];
  /** Escalation steps of routes that have been taken, by `<route path>#<step>@<opening at the receiver, ms>`. */
  readonly escalations: readonly string[];
  /** A severity that time has raised it to, or `null`. */
  readonly raisedTo: Severity | null;
  /** Names of the members that `raisedTo` is for; absent in what earlier versions stored: all that fire. */
  readonly raisedMembers?: readonly string[];
  /** Who has taken it on and when; `null` for nobody. */
  readonly acknowledged: { readonly by: string; readonly at: number } | null;
  /** Who works on it, or empty. */
  readonly assignee: string;
  /** Oldest first, at most 50. */
  readonly comments: readonly IncidentComment[];
  /** What is wrong, in one line: the leading member's sentence and how many more there are. */
  readonly summary: string;
  /** `drill` for one that was made to try the way to people; every message says so. */
  readonly marker: '' | 'drill';
}

/**
 * What happened to an incident. `escalated` and `deescalated`: its severity rose or fell. `joined` and `left`: the set of
 * firing members grew or shrank, or one of them rose or fell in severity, and the incident goes on. `raised`: time raised
 * its severity. `suppressed` and `unsuppressed`: members were told to be quiet, or may speak again. `notified`: time asked
 * for messages.
 */
export const CHANGE_KINDS = [
  'opened',
  'escalated',
  'deescalated',
  'joined',
  'left',
  'resolved',
  'reopened',
  'raised',
  'acknowledged',
  'unacknowledged',
  'assigned',
  'commented',
  'suppressed',
  'unsuppressed',
  'notified',
] as const;
export type IncidentChangeKind = (typeof CHANGE_KINDS)[number];

/** One change of one incident: one row of its history. */
export interface IncidentChange {
  readonly kind: IncidentChangeKind;
  readonly incidentId: string;
  readonly sequence: number;
  /** ms */
  readonly at: number;
  /** The member whose signal caused it; empty when it was a person or the time. */
  readonly member: string;
  /** Severity of the incident afterwards. */
  readonly severity: Severity;
  /** The person who caused it; empty otherwise. */
  readonly by: string;
  /** A comment, the new assignee, or what is suppressed and why; empty otherwise. */
  readonly text: string;
}

/** What a person does to an incident. `by` is a name for people: an API key, a Slack or PagerDuty user. */
export interface IncidentCommand {
  readonly kind: 'acknowledge' | 'unacknowledge' | 'assign' | 'comment' | 'resolve';
  readonly by: string;
  /** Of a comment: what it says. Of an assignment: to whom. Of the others: a remark, or empty. */
  readonly text: string;
  /** The receiver through which it came; that one is not told what it knows. Empty for the API and the console. */
  readonly origin: string;
}

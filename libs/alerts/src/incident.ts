import type { IncidentKey } from './incident-key.js';
import type { MemberState } from './member.js';
import type { Severity } from './severity.js';

/** A receiver that was told of an open incident and therefore has to be told of its end. */
export interface OpenedReceiver {
  readonly receiver: string;
  /** The most severe trigger addressed to it. */
  readonly severity: Severity;
  /** Sequence of the latest trigger addressed to it. Earlier ones are superseded. */
  readonly sequence: number;
  /** Before this time (ms) nothing has been sent to it: an incident that resolves earlier stays silent. */
  readonly notBefore: number;
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
  /** The most severe member that fires; of a resolved incident, what it was just before. */
  readonly severity: Severity;
  /** When it first opened (of a pending one: when the first rule fired), ms. A re-opening does not move it. */
  readonly openedAt: number;
  /** Time of the latest change, ms. */
  readonly updatedAt: number;
  readonly resolvedAt: number | null;
  /** Sequence of the latest resolve, 0 before the first. Triggers up to it are history. */
  readonly resolvedSequence: number;
  /** The deployment that was live when it opened, or empty. */
  readonly deploymentId: string;
  /** By member name. */
  readonly members: Readonly<Record<string, MemberState>>;
  /** Receivers to which a trigger was addressed since it (re-)opened; empty after a resolve. */
  readonly opened: readonly OpenedReceiver[];
  /** What is wrong, in one line: the leading member's sentence and how many more there are. */
  readonly summary: string;
}

/**
 * What happened to an incident. `escalated`: its severity rose. `joined` and `left`: the set of firing members changed
 * and the incident goes on. Only `opened`, `escalated`, `reopened` and `resolved` make notifications.
 */
export type IncidentChangeKind = 'opened' | 'escalated' | 'joined' | 'left' | 'resolved' | 'reopened';

/** One change of one incident: one row of its history. */
export interface IncidentChange {
  readonly kind: IncidentChangeKind;
  readonly incidentId: string;
  readonly sequence: number;
  /** ms */
  readonly at: number;
  /** The member whose signal caused it. */
  readonly member: string;
  /** Severity of the incident afterwards. */
  readonly severity: Severity;
}

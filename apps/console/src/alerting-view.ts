import type { ListOf, Severity } from './api.js';
import type { IncidentNotification, Outcome, SuppressionNote } from './incident-view.js';

/** A rule that something keeps quiet. */
export interface HeldMember {
  incidentId: string;
  member: string;
  severity: Severity;
}

/** A silence, maintenance window or warm-up in force, and what it holds back. */
export interface QuietView extends SuppressionNote {
  /** Such as `service=ranker-api severity!=page`; empty for none. */
  matchers: string;
  comment: string;
  /** Empty for windows and deployments. */
  createdBy: string;
  /** At most 20; `held` counts all. */
  members: HeldMember[];
  held: number;
}

/** What became of the messages that were due in a stretch of time. `null` figures have nothing to be made of. */
export interface DeliveryWindow {
  /** `1h`, `24h`, `28d`. */
  window: string;
  pages: number;
  /** Those whose first attempt began in time. */
  pagesOnTime: number;
  p50Ms: number | null;
  p99Ms: number | null;
  messages: number;
  delivered: number;
  deadLetters: number;
  /** Due, and not at its end. */
  pending: number;
}

/** How a note to a dead man's switch stands; `null` for never. */
export interface HeartbeatView {
  name: string;
  everyMs: number;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  lastFailure: string;
  /** Why none is sent although one is due; empty when nothing holds it back. */
  heldBack: string;
}

/** How well messages get out. */
export interface DeliveryView {
  /** The goal: this share of the pages is attempted within this time. Windows come shortest first. */
  slo: { objective: number; withinMs: number; windows: DeliveryWindow[] };
  /** Those with a message in the longest window. */
  receivers: { receiver: string; windows: DeliveryWindow[] }[];
  /** Counts are `null` while the queue does not answer. */
  queue: { driver: string; waiting: number | null; active: number | null };
  /** Whether this process is the one that decides and delivers; `null` in one that never does. */
  lease: { held: boolean; epoch: number | null } | null;
  /** Those that this process sends. */
  heartbeats: HeartbeatView[];
  /** Names of those that the rules ask for and this process does not send; absent from a server of an older version. */
  heartbeatsElsewhere?: string[];
  now: number;
}

/** A message of the delivery log and how its newest attempt ended. */
export interface LoggedNotification {
  id: string;
  incidentId: string;
  receiver: string;
  channel: string;
  action: IncidentNotification['action'];
  why: string;
  outcome: Outcome;
  at: number;
  attempts: number;
  reason: string;
}

/** Something a receiver does about an incident, such as a rollback. */
export interface ActionView {
  id: string;
  /** `requested` ones that need an approval wait for it. */
  status: string;
  /** `rollback`, `retrain`, `promote`, `scale`. */
  action: string;
  receiver: string;
  incidentId: string;
  service: string;
  region: string;
  model: string;
  /** It says what it would do, and does nothing. */
  dryRun: boolean;
  needsApproval: boolean;
  requestedAt: number;
  /** What is sent. */
  body: unknown;
}

/** What is quiet now. */
export type QuietList = ListOf<QuietView>;

import type { ListOf, Severity } from './api.js';

/** Why nobody is told of a rule that fires, and until when as far as is known (ms). */
export interface SuppressionNote {
  kind: 'silence' | 'maintenance' | 'deployment';
  id: string;
  reason: string;
  until: number;
}

/** A measure over time with the line above or below which its rule fires. */
export interface SignalChart {
  title: string;
  unit: string;
  /** Time (ms) and value, oldest first. */
  points: [at: number, value: number][];
  threshold: number | null;
}

/** What a rule says beyond its sentence. Empty texts and `null` where it says nothing. */
export interface Evidence {
  firstStep: string;
  chart: SignalChart | null;
  canaryPlan: { candidate: string; share: number; hours: number; stopRule: string } | null;
  sampleSet: string;
}

/** A rule or tier that belongs to an incident. */
export interface IncidentMember {
  name: string;
  severity: Severity;
  condition: 'firing' | 'ok' | 'unknown';
  summary: string;
  since: number;
  /** `dismissed`: a person resolved the incident while it fired. */
  phase: 'pending' | 'firing' | 'left' | 'dismissed';
  /** `null` while it may speak. */
  suppressed: SuppressionNote | null;
  /** What its rule says by itself; other rules can raise it. */
  ownSeverity: Severity;
  aspect: string;
  owner: string;
  runbook: string;
  facts: Record<string, string>;
  evidence: Evidence;
}

/** How far a message got. `superseded`: a newer one said the same and more. `started`: nobody knows whether it arrived. */
export type Outcome = 'pending' | 'started' | 'delivered' | 'retry' | 'rejected' | 'superseded' | 'replayed';

/** One message to one receiver about an incident, with its latest attempt. */
export interface IncidentNotification {
  receiver: string;
  channel: string;
  action: 'trigger' | 'update' | 'acknowledge' | 'resolve';
  outcome: Outcome;
  /** Of the latest attempt; `null` before the first. */
  at: number | null;
  attempts: number;
  /** What the latest attempt ran into. */
  reason: string;
  /** `<incident>:<sequence>:<receiver>`. */
  id: string;
  /** Why it is sent, such as `opened` or `repeated`. */
  why: string;
  severity: Severity;
  /** Why this receiver: one line per decision. */
  explanation: string[];
  /** When it was to go out. */
  dueAt: number;
  deliveredAt: number | null;
}

/** A remark of a person. */
export interface IncidentComment {
  at: number;
  by: string;
  text: string;
}

/** An incident with everything that joined it and everybody who was told. */
export interface IncidentView {
  id: string;
  status: 'pending' | 'open' | 'resolved';
  severity: Severity;
  summary: string;
  service: string;
  region: string;
  model: string;
  generation: number;
  openedAt: number;
  updatedAt: number;
  resolvedAt: number | null;
  /** Who resolved it by hand; empty when it ended by itself. */
  resolvedBy: string;
  acknowledged: { by: string; at: number } | null;
  assignee: string;
  comments: IncidentComment[];
  /** `drill`: made to try the way to people. */
  marker: '' | 'drill';
  deploymentId: string;
  members: IncidentMember[];
  notifications: IncidentNotification[];
}

/** A version that went live, was rolled back, or got other traffic. */
export interface DeploymentNote {
  deploymentId: string;
  kind: string;
  service: string;
  model: string;
  modelVersion: string;
  region: string;
  at: number;
}

/** An incident with what lies around it. */
export interface IncidentDetail extends IncidentView {
  context: {
    deployments: DeploymentNote[];
    /** Full addresses; empty where there is none. */
    links: { console: string; grafana: string; traces: string };
  };
}

/** One change in the life of an incident. */
export interface IncidentChange {
  kind: string;
  sequence: number;
  at: number;
  severity: Severity;
  /** The rule that caused it; empty when it was a person or the time. */
  member: string;
  /** The person who caused it. */
  by: string;
  /** A comment, the new assignee, or what is kept quiet and why. */
  text: string;
  /** Receivers that were to be told with it. */
  told: { receiver: string; action: IncidentNotification['action']; why: string }[];
}

/** Everything about one incident. */
export interface IncidentAnswer {
  incident: IncidentDetail;
  /** Oldest first. */
  history: IncidentChange[];
  now: number;
}

/** The incident list: `total` counts all that match, `items` holds the newest of them. */
export interface IncidentPage extends ListOf<IncidentView> {
  total: number;
}

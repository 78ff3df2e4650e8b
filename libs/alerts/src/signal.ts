import type { IncidentKey } from './incident-key.js';
import type { Severity } from './severity.js';

/**
 * What a rule looks at. It decides what may page, what raises what, and what a fresh deployment keeps quiet.
 *
 * `availability`: what users feel (SLOs, their metrics). `canary`: a candidate against what is live. `inputs` and
 * `outputs`: drift of what models are given and of what they answer; a collapse of the answers is `outputs` too.
 * `accuracy`: answers against the truth. `data-quality`: malformed or missing values. `no-data`: nothing to judge by.
 */
export const ASPECTS = [
  'availability',
  'canary',
  'inputs',
  'outputs',
  'accuracy',
  'data-quality',
  'cost',
  'budget',
  'no-data',
] as const;
export type Aspect = (typeof ASPECTS)[number];

/** Kind of the signals that are made to try the way to people. */
export const DRILL_KIND = 'Drill';

/** A measure over time, for a small chart in a message. */
export interface SignalChart {
  readonly title: string;
  /** Unit of the values for people, such as `times the budget` or `s`; may be empty. */
  readonly unit: string;
  /** Time (ms) and value, oldest first, at most 240. */
  readonly points: readonly (readonly [at: number, value: number])[];
  /** The value above or below which the rule fires; `null` when there is none. */
  readonly threshold: number | null;
}

/** What to try on the way back to health: how much of the traffic a candidate gets, for how long, and when to stop. */
export interface CanaryPlan {
  /** The version to try; empty for one that has to be trained first. */
  readonly candidate: string;
  /** 0 to 1. */
  readonly share: number;
  readonly hours: number;
  /** One sentence: what ends the trial early. */
  readonly stopRule: string;
}

/** What a message says beyond its sentence and numbers. */
export interface SignalEvidence {
  /** One sentence: what to do first. Empty where the rule says nothing. */
  readonly firstStep: string;
  readonly chart: SignalChart | null;
  readonly canaryPlan: CanaryPlan | null;
  /** Names the samples to retrain on or to look at, such as `ranker, region eu-1, 10:00 to 11:00 UTC`; empty for none. */
  readonly sampleSet: string;
}

export const NO_EVIDENCE: SignalEvidence = { firstStep: '', chart: null, canaryPlan: null, sampleSet: '' };

/** What one evaluation saw. `unknown` means that it could not tell: frozen, not enough data, or an error. */
export type SignalCondition = 'firing' | 'ok' | 'unknown';

/** What one evaluation of one rule (or one tier of an SLO) says about one incident key. */
export interface Signal {
  readonly key: IncidentKey;
  /** Stable name of the speaker inside the incident: `SLO/<name>/<tier>` or `DriftMonitor/<name>`. */
  readonly member: string;
  /** Kind of the rule, such as `SLO` or `DriftMonitor`; routes can match it. */
  readonly kind: string;
  readonly rule: string;
  /** Tier of an SLO; empty for rules without tiers. */
  readonly tier: string;
  readonly severity: Severity;
  readonly aspect: Aspect;
  /** Becomes a page while another member of one of these aspects fires too. Empty for most rules. */
  readonly raisedBy: readonly Aspect[];
  /** The rule's own labels; routes and silences can match them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly condition: SignalCondition;
  /** The time that was judged (the end of the window), ms. A signal older than the member's last one is ignored. */
  readonly at: number;
  /** One plain sentence with the numbers that decided. */
  readonly summary: string;
  /** The same numbers by name, for channels that show fields. */
  readonly facts: Readonly<Record<string, string>>;
  readonly evidence: SignalEvidence;
  readonly owner: string;
  /** URL of the runbook, or empty. */
  readonly runbook: string;
  /** The deployment that was live, or empty. Recorded when the incident opens; not part of its identity. */
  readonly deploymentId: string;
}

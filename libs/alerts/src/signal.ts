import type { IncidentKey } from './incident-key.js';
import type { Severity } from './severity.js';

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
  readonly condition: SignalCondition;
  /** The time that was judged (the end of the window), ms. A signal older than the member's last one is ignored. */
  readonly at: number;
  /** One plain sentence with the numbers that decided. */
  readonly summary: string;
  /** The same numbers by name, for channels that show fields. */
  readonly facts: Readonly<Record<string, string>>;
  readonly owner: string;
  /** URL of the runbook, or empty. */
  readonly runbook: string;
  /** The deployment that was live, or empty. Recorded when the incident opens; not part of its identity. */
  readonly deploymentId: string;
}

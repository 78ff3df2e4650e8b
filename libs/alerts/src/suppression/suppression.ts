import type { Matcher } from '../matcher/matcher.js';

/** A promise to be quiet about what matches, until a given end. Made by a person or in the rules. */
export interface Silence {
  /** UUID of one made through the API; `rules/<name>` of one from the rules. */
  readonly id: string;
  /** All must hold; at least one. */
  readonly matchers: readonly Matcher[];
  readonly startsAt: number;
  /** ms; at most 30 days after the start. */
  readonly endsAt: number;
  readonly comment: string;
  readonly createdBy: string;
  readonly createdAt: number;
  /** When it was taken back; `null` while it holds. */
  readonly withdrawnAt: number | null;
}

/** A planned time, once or again and again, in which what matches is quiet. */
export interface MaintenanceWindow {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** The first time it begins and ends, ms. */
  readonly from: number;
  readonly to: number;
  /** RFC 5545 recurrence without DTSTART; empty for once. */
  readonly rrule: string;
  /** IANA zone by whose clocks it recurs. */
  readonly timeZone: string;
  readonly comment: string;
}

/** A version that went live, as far as warming up is concerned. */
export interface WarmUp {
  readonly deploymentId: string;
  readonly service: string;
  readonly model: string;
  readonly region: string;
  /** ms */
  readonly at: number;
}

/** Everything that can keep a member quiet. */
export interface SuppressionSources {
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
  /** Of the last hour. */
  readonly warmUps: readonly WarmUp[];
  /** How long drift and canary tickets wait after a deployment, ms; 0 for not at all. Default 15 min, at most 60. */
  readonly warmUpMs: number;
}

/** Why a member is quiet. */
export interface Suppression {
  readonly kind: 'silence' | 'maintenance' | 'deployment';
  /** Of the silence; name of the window; id of the deployment. */
  readonly id: string;
  /** One plain sentence for people. */
  readonly reason: string;
  /** When it ends as far as is known, ms. */
  readonly until: number;
}

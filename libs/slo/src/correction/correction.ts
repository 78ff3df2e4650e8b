/** Why a stretch of time is taken out of an SLO. */
export type CorrectionCategory =
  'planned-maintenance' | 'outside-business-hours' | 'deployment' | 'false-data' | 'other';

/** What a correction does to the events of its time. */
export type CorrectionEffect = 'count-as-good' | 'remove';

/** A stretch of time, once or again and again, whose events do not count, or count as good. */
export interface Correction {
  /** UUID. */
  readonly id: string;
  /** Names of SLOs; empty for all of the project. */
  readonly slos: readonly string[];
  readonly category: CorrectionCategory;
  readonly effect: CorrectionEffect;
  /** First beginning and end, milliseconds since the epoch. May lie in the past: corrections work backwards. */
  readonly from: number;
  readonly to: number;
  /** RFC 5545 recurrence without DTSTART, such as `FREQ=WEEKLY;BYDAY=SU`; `''` for once. */
  readonly rrule: string;
  /** IANA zone by whose clocks it recurs. */
  readonly timeZone: string;
  readonly reason: string;
  readonly actor: string;
  readonly createdAt: number;
  /** When it was taken back; `null` while it holds. */
  readonly withdrawnAt: number | null;
}

/**
 * What a comparison concludes.
 *
 * - `worse`: certainly worse than allowed.
 * - `better`: certainly better.
 * - `same`: certainly no worse than allowed.
 * - `inconclusive`: not certain yet.
 */
export type CanaryConclusion = 'better' | 'same' | 'worse' | 'inconclusive';

/** The comparison of one metric. JSON-serialisable. */
export interface CanaryMetric {
  readonly name: string;
  /** For people: `latency p95`. */
  readonly label: string;
  /** `not-measured` where neither arm or only one has what it takes: it says nothing, for or against. */
  readonly conclusion: CanaryConclusion | 'not-measured';
  /** The metric of either arm; `null` for a distance. */
  readonly control: number | null;
  readonly candidate: number | null;
  /** By how much the candidate is worse; relative for latency. Negative for better. `null` where not measured. */
  readonly effect: number | null;
  /** Ends of its time-uniform interval; `null` where there is none yet. */
  readonly low: number | null;
  readonly high: number | null;
  readonly margin: number;
  /** Samples of the control and of the candidate. */
  readonly n: number;
  readonly m: number;
  /** Further samples of the candidate until it is certain, if the effect stays; `null` for never or not needed. */
  readonly needed: number | null;
  readonly reason: string;
}

/** The comparison as a whole. JSON-serialisable. */
export interface CanaryVerdict {
  readonly conclusion: CanaryConclusion;
  /** Full sentences. */
  readonly reason: string;
  readonly metrics: readonly CanaryMetric[];
  readonly needed: number | null;
}

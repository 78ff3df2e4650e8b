/** What the observations of one step say. */
export interface DistributionPoint {
  /** Beginning of the step, ms. */
  readonly at: number;
  readonly count: number;
  /** `null` when it was not recorded with every point; min and max also for cumulative histograms. */
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** In the order asked for. NaN where there are no observations, or no bounds. */
  readonly quantiles: readonly number[];
  /** When asked for. */
  readonly buckets?: BucketCounts;
}

/** Observations between bounds: `counts[i]` lie in (bounds[i-1], bounds[i]], the last of them above all bounds. */
export interface BucketCounts {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** Distributions per step of the series with the same labels. */
export interface DistributionSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly DistributionPoint[];
}

/** What a reader should know of a result, by code. */
export interface DistributionNote {
  /**
   * `bounds-mapped`: histograms with different bounds were merged at those they share. `segment-skipped`: bounds changed
   * without a reset, the first point after that counts nothing. `scale-unusable`: exponential points of a scale beyond
   * doubles count nothing. `counts-fell`: a bucket fell without a visible reset and counts as 0.
   */
  readonly code: 'bounds-mapped' | 'segment-skipped' | 'scale-unusable' | 'counts-fell';
  /** Steps or points concerned. */
  readonly times: number;
}

/** Series with notes. */
export interface Distributions {
  readonly series: DistributionSeries[];
  readonly notes: DistributionNote[];
}

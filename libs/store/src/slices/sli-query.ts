/** One condition on a label; regular expressions are RE2 and match the whole value. A missing label is empty. */
export interface SliceMatcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** Series of one metric whose labels all match. */
export interface SliceSelector {
  readonly metric: string;
  readonly match: readonly SliceMatcher[];
}

/** Good events are those of `good`, or `total` less those of `bad`. */
export interface RatioQuery {
  readonly kind: 'ratio';
  readonly good: SliceSelector | null;
  readonly bad: SliceSelector | null;
  readonly total: SliceSelector;
}

/** Good events are those in buckets whose upper bound is at most `threshold`, in the metric's unit. */
export interface LatencyQuery {
  readonly kind: 'latency';
  readonly histogram: SliceSelector;
  readonly threshold: number;
}

/** What to count. Structurally the SLI types of `@tidewatch/slo`. */
export type SliQuery = RatioQuery | LatencyQuery;

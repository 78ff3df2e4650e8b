/** A counter or gauge as points in time, oldest first. Counters are cumulative. */
export interface RawNumbers {
  readonly type: 'counter' | 'gauge';
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When a counter began at 0, ms; `null`: before anybody looked. */
  readonly startedAt: number | null;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** A cumulative histogram with explicit bounds, oldest point first. */
export interface RawHistogram {
  readonly type: 'histogram';
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly startedAt: number | null;
  readonly bounds: readonly number[];
  readonly points: readonly {
    readonly at: number;
    /** One more than bounds: what lies in each bucket. */
    readonly counts: readonly number[];
    readonly sum: number | null;
  }[];
}

/** One series of a metric in memory. */
export type RawSeries = RawNumbers | RawHistogram;

/**
 * What the error budget is spent in, as OpenSLO calls it.
 *
 * `Occurrences`: bad events. `Timeslices`: bad slices of time; a slice is good when its share of good events is at least
 * `sliceTarget`. `RatioTimeslices`: the mean over slices of their share of bad events, whatever their traffic.
 */
export type Budgeting = Occurrences | Timeslices | RatioTimeslices;

/** Every event counts the same. */
export interface Occurrences {
  readonly method: 'Occurrences';
}

/** Every slice of time counts the same, and is good or bad. */
export interface Timeslices {
  readonly method: 'Timeslices';
  /** A multiple of 10 s that divides an hour, or whole hours that divide a day; in milliseconds. */
  readonly sliceMs: number;
  /** Share of good events from which a slice is good, in (0, 1]. Of no meaning for SLIs that yield one value per slice. */
  readonly sliceTarget: number;
  /** What a slice without events is. `ignore`: it counts neither way. */
  readonly emptySlices: 'ignore' | 'good' | 'bad';
}

/** Every slice of time counts the same, with the share of good events in it. */
export interface RatioTimeslices {
  readonly method: 'RatioTimeslices';
  readonly sliceMs: number;
  readonly emptySlices: 'ignore' | 'good' | 'bad';
}

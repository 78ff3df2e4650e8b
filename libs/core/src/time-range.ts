/** A half-open span of time: `from` belongs to it, `to` does not. Both in milliseconds since the Unix epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The latest multiple of `step` milliseconds that is not after `time`. */
export function floorTime(time: number, step: number): number {
  return Math.floor(time / step) * step;
}

/** The earliest multiple of `step` milliseconds that is not before `time`. */
export function ceilTime(time: number, step: number): number {
  return Math.ceil(time / step) * step;
}

/** From the earliest beginning to the latest end of `ranges`, of which there is at least one. */
export function spanOf(ranges: readonly TimeRange[]): TimeRange {
  return {
    from: Math.min(...ranges.map(({ from }) => from)),
    to: Math.max(...ranges.map(({ to }) => to)),
  };
}

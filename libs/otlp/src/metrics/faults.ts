/** Why points of a metric are refused. The texts reach the sender's developer. */
export interface Fault {
  readonly problem: string;
  /** What to do about it, where that is not obvious. */
  readonly hint?: string;
}

/** Bit 0 of the flags of a point: the series ends here, and the point carries no value. */
export const NO_RECORDED_VALUE = 1;

/** Every fault that decoding can find in a point or in a whole metric. */
export const FAULT = {
  noName: { problem: 'a metric without a name cannot be stored' },
  exponentialHistogram: {
    problem: 'exponential histograms are not stored yet',
    hint: 'send explicit-bucket histograms',
  },
  summary: { problem: 'summaries are not stored yet', hint: 'send histograms or gauges' },
  noTime: { problem: 'points without a time' },
  timeOverflow: { problem: 'times after the year 2262', hint: 'time_unix_nano counts nanoseconds' },
  noValue: { problem: 'points without a value' },
  numberOutOfRange: { problem: 'numbers outside the range of their field' },
  bucketMismatch: {
    problem: 'bucket_counts must have one element more than explicit_bounds, or both must be empty',
  },
  boundsOrder: { problem: 'explicit_bounds must be numbers in strictly increasing order' },
} as const satisfies Record<string, Fault>;

/** Whether bucket counts and bounds fit each other: the fault, or undefined. */
export function bucketFault(bucketCount: number, bounds: Float64Array): Fault | undefined {
  if (bucketCount === 0 ? bounds.length !== 0 : bucketCount !== bounds.length + 1) {
    return FAULT.bucketMismatch;
  }
  let previous = -Infinity;
  for (let index = 0; index < bounds.length; index++) {
    const bound = bounds[index]!;
    // Written so that NaN fails; the first bound may be -Infinity.
    if (!(bound > previous || (index === 0 && bound === -Infinity))) {
      return FAULT.boundsOrder;
    }
    previous = bound;
  }
  return undefined;
}

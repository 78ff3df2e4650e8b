/** Why points of a metric are refused. The texts reach the sender's developer. */
export interface Fault {
  readonly problem: string;
  /** What to do about it, where that is not obvious. */
  readonly hint?: string;
}

/** Bit 0 of the flags of a point: the series ends here, and the point carries no value. */
export const NO_RECORDED_VALUE = 1;

/** Longer lists of buckets or quantiles refuse their point; SDKs write some hundred elements at most. */
export const MAX_LIST_LENGTH = 65_536;

/**
 * Further bounds of what one point, metric or resource may take: each is decoded without a pause, in some 50 ms at
 * most. The fields of a point include every element of an unpacked list.
 */
export const MAX_POINT_FIELDS = 262_144;

/** Bytes of the attributes of a point, of a resource or scope, and of the texts of a metric. */
export const MAX_TEXT_BYTES = 2 << 20;

/** Every fault that decoding can find in a point or in a whole metric, whatever the project's limits are. */
export const FAULT = {
  noName: { problem: 'a metric without a name cannot be stored' },
  noTime: { problem: 'points without a time' },
  timeOverflow: { problem: 'times after the year 2262', hint: 'time_unix_nano counts nanoseconds' },
  noValue: { problem: 'points without a value' },
  numberOutOfRange: { problem: 'numbers outside the range of their field' },
  bucketMismatch: {
    problem: 'bucket_counts must have one element more than explicit_bounds, or both must be empty',
  },
  boundsOrder: { problem: 'explicit_bounds must be numbers in strictly increasing order' },
  scaleRange: {
    problem: 'the scale of an exponential histogram must lie between -10 and 52',
    hint: 'other scales have buckets that no double can tell apart',
  },
  indexRange: {
    problem: 'buckets of an exponential histogram lie outside the range of doubles',
    hint: 'check scale and offset',
  },
  listLength: { problem: `points with more than ${MAX_LIST_LENGTH} buckets or quantiles` },
  fieldCount: { problem: `points with more than ${MAX_POINT_FIELDS} fields` },
  attributeBytes: { problem: 'points whose attributes take more than 2 MiB' },
  headBytes: { problem: 'a metric whose name, description and unit take more than 2 MiB' },
  quantileRange: { problem: 'quantiles of a summary must lie between 0 and 1' },
} as const satisfies Record<string, Fault>;

/** The temporality was written as a number that the protocol does not know: a warning, the points are stored. */
export const UNKNOWN_TEMPORALITY: Fault = {
  problem: 'the aggregation temporality is neither delta nor cumulative',
  hint: 'rates of this metric cannot be computed',
};

/** Whether bucket counts and bounds fit each other: the fault, or undefined. */
export function bucketFault(bucketCount: number, bounds: Float64Array): Fault | undefined {
  if (bucketCount === 0 ? bounds.length !== 0 : bucketCount !== bounds.length + 1) {
    return FAULT.bucketMismatch;
  }
  if (bucketCount > MAX_LIST_LENGTH) {
    return FAULT.listLength;
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

const MIN_SCALE = -10;
const MAX_SCALE = 52;

/** Exponents of the smallest positive and beyond the largest double. */
const MIN_EXPONENT = -1_074;
const END_EXPONENT = 1_024;

/**
 * Whether a scale leaves buckets that doubles can tell apart: at 52 the base is the double after 1, and at -10 one
 * bucket already holds every double above 1.
 */
export function scaleFault(scale: number): Fault | undefined {
  return scale < MIN_SCALE || scale > MAX_SCALE ? FAULT.scaleRange : undefined;
}

/**
 * Whether every bucket with a count holds some positive double: bucket i is (2^(i * 2^-scale), 2^((i+1) * 2^-scale)].
 *
 * Empty buckets may lie anywhere, since senders pad.
 */
export function indexFault(scale: number, offset: number, counts: BigUint64Array): Fault | undefined {
  let first = 0;
  while (first < counts.length && counts[first] === 0n) {
    first++;
  }
  if (first === counts.length) {
    return undefined;
  }
  let last = counts.length - 1;
  while (counts[last] === 0n) {
    last--;
  }
  const width = 2 ** -scale;
  const isInRange = (offset + first + 1) * width >= MIN_EXPONENT && (offset + last) * width < END_EXPONENT;
  return isInRange ? undefined : FAULT.indexRange;
}

const DAY_NANO = 86_400_000_000_000;
const DAY_NANO_EXACT = 86_400_000_000_000n;

/** Items of one UTC day. */
export interface DayShare {
  /** Days since the epoch. */
  readonly day: number;
  /** Which items, ascending; `null`: all of them. */
  readonly chosen: Uint32Array | null;
  /** Bounds of their times in whole milliseconds, rounded down, both inclusive. */
  readonly minTime: number;
  readonly maxTime: number;
}

/** The low and high halves of 64-bit integers, in turn: reading them makes no bigint. Little-endian hosts only. */
export function halvesOf(values: BigInt64Array | BigUint64Array | Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** The days of `times` (nanoseconds since the epoch, not negative), in the order in which they first appear. */
export function shareByDay(times: BigInt64Array): DayShare[] {
  if (times.length === 0) {
    return [];
  }
  const [earliest, latest] = bounds(times);
  const day = Number(earliest / DAY_NANO_EXACT);
  if (day === Number(latest / DAY_NANO_EXACT)) {
    return [{ day, chosen: null, minTime: milliseconds(earliest), maxTime: milliseconds(latest) }];
  }
  const days = new Map<number, number[]>();
  for (let index = 0; index < times.length; index++) {
    const key = dayOf(times[index]!);
    const items = days.get(key);
    if (items === undefined) {
      days.set(key, [index]);
    } else {
      items.push(index);
    }
  }
  return [...days].map(([ofDay, items]) => {
    const chosen = Uint32Array.from(items);
    const [first, last] = bounds(BigInt64Array.from(chosen, (index) => times[index]!));
    return { day: ofDay, chosen, minTime: milliseconds(first), maxTime: milliseconds(last) };
  });
}

/** Exact, although it compares halves: this runs over every point. */
function bounds(times: BigInt64Array): [earliest: bigint, latest: bigint] {
  const words = halvesOf(times);
  let first = 0;
  let last = 0;
  for (let at = 2; at < words.length; at += 2) {
    const low = words[at]!;
    const high = words[at + 1]!;
    if (high < words[first + 1]! || (high === words[first + 1]! && low < words[first]!)) {
      first = at;
    } else if (high > words[last + 1]! || (high === words[last + 1]! && low > words[last]!)) {
      last = at;
    }
  }
  return [times[first / 2]!, times[last / 2]!];
}

function milliseconds(nano: bigint): number {
  return Number(nano / 1_000_000n);
}

/** A double holds today's nanoseconds to 256: only next to midnight is exact division needed. */
function dayOf(nano: bigint): number {
  const approximate = Number(nano) / DAY_NANO;
  const day = Math.floor(approximate);
  const fraction = approximate - day;
  return fraction > 1e-9 && fraction < 1 - 1e-9 ? day : Number(nano / DAY_NANO_EXACT);
}

import type { MetricSeries } from '@tidewatch/otlp';

/** Which project and which period between two calls of `forget` a mark belongs to. */
export type SeriesOwner = object;

/** What is remembered of a series. */
export interface SeriesMark {
  readonly owner: SeriesOwner;
  /** Halves of the hash as 32-bit integers of either sign: taking a bigint apart for every request costs more. */
  readonly hashLow: number;
  readonly hashHigh: number;
  /** The day asked for last: consecutive points of a series are almost always of one day. */
  day: number;
  /** Every day written, once there is a second one: a set for each of a million series is work for the collector. */
  days: Set<number> | null;
}

/**
 * The mark lies on the series object itself: decoders hand out one object per series, this is asked for every series of
 * every request, and a map of a million objects would cost more than the rest of encoding them.
 */
const MARK = Symbol('tidewatch.written');

interface MarkedSeries extends MetricSeries {
  [MARK]?: SeriesMark;
}

/** Remembers for which days the row of a series was written, so that it is written once a day and not once a request. */
export class WrittenSeries {
  private owners = new Map<string, SeriesOwner>();

  /** The marks of the series of one batch. */
  marksOf(project: string, series: readonly MetricSeries[]): SeriesMark[] {
    let owner = this.owners.get(project);
    if (owner === undefined) {
      owner = {};
      this.owners.set(project, owner);
    }
    const marks: SeriesMark[] = [];
    for (const one of series) {
      const marked: MarkedSeries = one;
      let mark = marked[MARK];
      if (mark?.owner !== owner) {
        mark = newMark(owner, one.hash);
        marked[MARK] = mark;
      }
      marks.push(mark);
    }
    return marks;
  }

  /** From now on every series counts as not written. */
  forget(): void {
    this.owners = new Map();
  }
}

const NO_DAY = -1;

/** Whether the row of a series is still to be written for `day`; from now on it counts as written. */
export function claimDay(mark: SeriesMark, day: number): boolean {
  if (mark.day === day) {
    return false;
  }
  if (mark.day === NO_DAY) {
    mark.day = day;
    return true;
  }
  mark.days ??= new Set([mark.day]);
  mark.day = day;
  const isNew = !mark.days.has(day);
  mark.days.add(day);
  return isNew;
}

function newMark(owner: SeriesOwner, hash: bigint): SeriesMark {
  return {
    owner,
    hashLow: Number(BigInt.asIntN(32, hash)),
    hashHigh: Number(BigInt.asIntN(32, hash >> 32n)),
    day: NO_DAY,
    days: null,
  };
}

import type { MetricSeries } from '@tidewatch/otlp';

/** Which project and which period between two calls of `forget` a mark belongs to. */
type Owner = object;

interface Mark {
  readonly owner: Owner;
  /** The day asked for last: consecutive points of a series are almost always of one day. */
  day: number;
  readonly days: Set<number>;
}

/**
 * The mark lies on the series object itself: decoders hand out one object per series, this is asked for every series of
 * every request, and a map of a million objects would cost more than the rest of encoding them.
 */
const MARK = Symbol('tidewatch.written');

interface MarkedSeries extends MetricSeries {
  [MARK]?: Mark;
}

/** Remembers for which days the row of a series was written, so that it is written once a day and not once a request. */
export class WrittenSeries {
  private owners = new Map<string, Owner>();

  /** What {@link mark} wants to know of the project, looked up once per batch. */
  ownerOf(project: string): Owner {
    let owner = this.owners.get(project);
    if (owner === undefined) {
      owner = {};
      this.owners.set(project, owner);
    }
    return owner;
  }

  /** Whether the row of `series` is still to be written for `day`; from now on it counts as written. */
  mark(owner: Owner, series: MetricSeries, day: number): boolean {
    const marked: MarkedSeries = series;
    const mark = marked[MARK];
    if (mark?.owner !== owner) {
      marked[MARK] = { owner, day, days: new Set([day]) };
      return true;
    }
    if (mark.day === day) {
      return false;
    }
    mark.day = day;
    const isNew = !mark.days.has(day);
    mark.days.add(day);
    return isNew;
  }

  /** From now on every series counts as not written. */
  forget(): void {
    this.owners = new Map();
  }
}

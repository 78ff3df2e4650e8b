import type { SloDefinition } from '@tidewatch/slo';
import { referenceIncreases } from '../harness/reference-increase.js';
import type { CountedLine } from './slo-exact-traces.js';

const SLICE = 10_000;
const MINUTE = 60_000;

/** Good and total, as counted from the points. */
export interface Recount {
  readonly good: number;
  readonly total: number;
}

/** The events of one group, in order of time, with running totals. */
class Events {
  private readonly times: number[] = [];
  private readonly goods: number[] = [0];
  private readonly totals: number[] = [0];

  add(time: number, good: number, total: number): void {
    this.times.push(time);
    this.goods.push(this.goods.at(-1)! + good);
    this.totals.push(this.totals.at(-1)! + total);
  }

  /** In [from, to). */
  between(from: number, to: number): Recount {
    const [first, last] = [this.before(from), this.before(to)];
    return {
      good: this.goods[last]! - this.goods[first]!,
      total: this.totals[last]! - this.totals[first]!,
    };
  }

  /** How many events are before `time`. */
  private before(time: number): number {
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = this.times[middle]! < time ? [middle + 1, high] : [low, middle];
    }
    return low;
  }
}

/**
 * What an SLO must find in any window, from the points that are stored: the increase of each point by the rules of the data model, point
 * by point, in exact arithmetic, at the time of the point. No slices are involved, but for time slices, which are the definition.
 */
export class Reference {
  private readonly groups = new Map<string, Events>();
  private readonly slo: SloDefinition;

  constructor(slo: SloDefinition, increases: readonly CountedIncrease[]) {
    this.slo = slo;
    for (const { tenant, time, good, total } of increases) {
      const group = slo.groupBy === null ? '' : `tenant="${tenant}"`;
      const events = this.groups.get(group) ?? new Events();
      events.add(time, good, total);
      this.groups.set(group, events);
    }
  }

  groupNames(): string[] {
    return [...this.groups.keys()].sort();
  }

  /** Good and total in [from, to), in budget units. */
  between(group: string, from: number, to: number): Recount {
    const { budgeting } = this.slo;
    if (budgeting.method === 'Occurrences') {
      return this.eventsBetween(group, from, to);
    }
    // A time slice counts where its last ten seconds are.
    const { sliceMs } = budgeting;
    const target = budgeting.method === 'Timeslices' ? budgeting.sliceTarget : 0;
    let [good, slices] = [0, 0];
    const first = Math.floor(from / sliceMs) * sliceMs;
    for (let start = first; start + sliceMs <= to; start += sliceMs) {
      const inSlice = this.eventsBetween(group, start, start + sliceMs);
      if (start + sliceMs - SLICE >= from && inSlice.total > 0) {
        slices += 1;
        good += inSlice.good * 1_000 >= Math.round(target * 1_000) * inSlice.total ? 1 : 0;
      }
    }
    return { good, total: slices };
  }

  /** Good and total events in [from, to). */
  eventsBetween(group: string, from: number, to: number): Recount {
    return this.groups.get(group)?.between(from, to) ?? { good: 0, total: 0 };
  }

  /** The mean of the ratios of five minutes, all weighted alike. `null` without events. */
  meanOfRatios(group: string, from: number, to: number): number | null {
    let [sum, count] = [0, 0];
    for (let start = from; start < to; start += 5 * MINUTE) {
      const { good, total } = this.eventsBetween(group, start, start + 5 * MINUTE);
      sum += total > 0 ? good / total : 0;
      count += total > 0 ? 1 : 0;
    }
    return count > 0 ? sum / count : null;
  }
}

/** What one point adds to good and total. */
export interface CountedIncrease {
  readonly tenant: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly good: number;
  readonly total: number;
}

/** What points add to good and total, in order of time. */
export function increasesOf(counted: readonly CountedLine[]): CountedIncrease[] {
  const of = new Map(counted.map((each) => [each.line.series, each]));
  return referenceIncreases(counted.map(({ line }) => line))
    .map(({ series, time, eighths }) => {
      const { tenant, good, total } = of.get(series)!;
      const events = Number(eighths / 8n);
      return { tenant, time: Number(time / 1_000_000n), good: good * events, total: total * events };
    })
    .sort((a, b) => a.time - b.time);
}

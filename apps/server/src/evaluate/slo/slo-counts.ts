import type { AppError } from '@tidewatch/core';
import type { SliceCount, SloDefinition } from '@tidewatch/slo';

/** Events of one SLO: per group and member, slices ascending. */
export type GroupCounts = ReadonlyMap<string, readonly (readonly SliceCount[])[]>;

/** Events of several SLOs; one that could not be counted has the reason. */
export type SloCounts = ReadonlyMap<SloDefinition, GroupCounts | AppError>;

/** Collects events of an SLO, in whatever order they come. */
export class CountCollector {
  private readonly members: number;
  private readonly groups = new Map<string, Map<number, { good: number; bad: number; total: number }>[]>();

  constructor(slo: SloDefinition) {
    this.members = slo.members.length;
  }

  /** Adds events of one role to a slice. They may be fractions: counters of doubles. */
  add(group: string, member: number, start: number, role: 'good' | 'bad' | 'total', events: number): void {
    let ofGroup = this.groups.get(group);
    if (ofGroup === undefined) {
      ofGroup = Array.from({ length: this.members }, () => new Map());
      this.groups.set(group, ofGroup);
    }
    const slices = ofGroup[member];
    if (slices === undefined) {
      return;
    }
    const slice = slices.get(start) ?? { good: 0, bad: 0, total: 0 };
    slice[role] += events;
    slices.set(start, slice);
  }

  /**
   * Good and total, each rounded once per slice.
   *
   * @param fromBad tells for which members good is total - bad
   */
  counts(fromBad: (member: number) => boolean): GroupCounts {
    return new Map(
      [...this.groups].map(([group, members]) => [
        group,
        members.map((slices, member) =>
          [...slices]
            .map(([start, slice]) => toSlice(start, slice, fromBad(member)))
            .filter(({ good, total }) => good !== 0 || total !== 0)
            .sort((a, b) => a.start - b.start),
        ),
      ]),
    );
  }
}

function toSlice(
  start: number,
  slice: { good: number; bad: number; total: number },
  fromBad: boolean,
): SliceCount {
  const total = Math.max(0, Math.round(slice.total));
  // Bad events may be counted a slice before or after their total: below 0 here, and right in every window that holds both.
  const good = fromBad ? total - Math.round(slice.bad) : Math.max(0, Math.round(slice.good));
  return { start, good, total };
}

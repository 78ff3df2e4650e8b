import { ceilTime, floorTime, type TimeRange } from '@tidewatch/core';
import { budgetSlices, type SliceCount } from '@tidewatch/slo';
import type { SliceResolution, SliceRow } from '@tidewatch/store';
import type { GroupCounts } from './slo-counts.js';
import type { SloState } from './slo-state.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Slices in budget units: by part, then by group. */
export type BudgetCounts = readonly ReadonlyMap<string, readonly SliceCount[]>[];

/** Turns counted events into what the budget is spent in; for an SLO with groups also of everything together, as the group `''`. */
export function budgetCounts(
  state: SloState,
  events: GroupCounts,
  range: TimeRange,
  sliceMs: number,
): BudgetCounts {
  const parts = state.keys.map(() => new Map<string, readonly SliceCount[]>());
  for (const [group, members] of events) {
    const padded = state.slo.members.map((_, member) => members[member] ?? []);
    budgetSlices(state.slo, padded, range, sliceMs).forEach((slices, part) =>
      parts[part]?.set(group, slices),
    );
  }
  if (events.size === 0 || emptyCounts(state)) {
    addEmpty(state, parts, range, sliceMs);
  }
  return state.slo.groupBy === null ? parts : parts.map((groups) => new Map([...groups, ['', sum(groups)]]));
}

/** Whether slices without events are worth something. */
function emptyCounts({ slo }: SloState): boolean {
  return slo.budgeting.method !== 'Occurrences' && slo.budgeting.emptySlices !== 'ignore';
}

/** Groups of which nothing came in the range; for them too a slice without events may be a bad one. */
function addEmpty(
  state: SloState,
  parts: readonly Map<string, readonly SliceCount[]>[],
  range: TimeRange,
  sliceMs: number,
): void {
  const none = state.slo.members.map(() => []);
  for (const group of state.groups()) {
    if (parts.every((part) => !part.has(group))) {
      budgetSlices(state.slo, none, range, sliceMs).forEach((slices, part) =>
        parts[part]?.set(group, slices),
      );
    }
  }
}

function sum(groups: ReadonlyMap<string, readonly SliceCount[]>): SliceCount[] {
  const sums = new Map<number, { start: number; good: number; total: number }>();
  for (const slices of groups.values()) {
    for (const { start, good, total } of slices) {
      const found = sums.get(start) ?? { start, good: 0, total: 0 };
      found.good += good;
      found.total += total;
      sums.set(start, found);
    }
  }
  return [...sums.values()].sort((a, b) => a.start - b.start);
}

/** Slices added up to coarser ones. */
export function coarser(slices: readonly SliceCount[], sliceMs: number): SliceCount[] {
  const sums: { start: number; good: number; total: number }[] = [];
  for (const { start, good, total } of slices) {
    const at = floorTime(start, sliceMs);
    const last = sums.at(-1);
    if (last?.start === at) {
      last.good += good;
      last.total += total;
    } else {
      sums.push({ start: at, good, total });
    }
  }
  return sums;
}

/**
 * The rows of a stretch of history, at every length that fits: slices of `sliceMs`, minutes, and hours where the range covers them whole,
 * with a row of the group `''` for every hour (outside whole hours for every minute) that says it was counted.
 */
export function historyRows(
  state: SloState,
  counts: BudgetCounts,
  range: TimeRange,
  sliceMs: SliceResolution,
): SliceRow[] {
  const hours = { from: ceilTime(range.from, HOUR), to: floorTime(range.to, HOUR) };
  const inHours = (start: number): boolean => start >= hours.from && start < hours.to;
  return state.keys.flatMap((slo, part) => {
    const rows: SliceRow[] = [];
    const marked = new Set<number>();
    for (const [group, slices] of counts[part] ?? []) {
      const add = (resolution: SliceResolution, list: readonly SliceCount[]): void => {
        for (const slice of list) {
          rows.push({ slo, group, resolution, ...slice });
        }
      };
      if (sliceMs === SLICE) {
        add(SLICE, slices);
      }
      const minutes = sliceMs === HOUR ? [] : coarser(slices, MINUTE);
      add(MINUTE, minutes);
      const whole = coarser(slices, HOUR).filter(({ start }) => inHours(start));
      add(HOUR, whole);
      if (group === '') {
        whole.forEach(({ start }) => marked.add(start));
        minutes.filter(({ start }) => !inHours(start)).forEach(({ start }) => marked.add(start));
      }
    }
    for (let start = range.from; start < range.to; start += inHours(start) ? HOUR : MINUTE) {
      if (!marked.has(start)) {
        const resolution = inHours(start) ? HOUR : MINUTE;
        rows.push({ slo, group: '', resolution, start, good: 0, total: 0 });
      }
    }
    return rows;
  });
}

const SLICE = 10_000;

/** Rows of nothing for what is stored and was not found again. */
export function emptied(stored: readonly SliceRow[], rows: readonly SliceRow[]): SliceRow[] {
  const name = ({ slo, group, resolution, start }: SliceRow): string =>
    `${resolution}/${start}/${slo}/${group}`;
  const found = new Set(rows.map(name));
  return stored
    .filter((row) => (row.good !== 0 || row.total !== 0) && !found.has(name(row)))
    .map((row) => ({ ...row, good: 0, total: 0 }));
}

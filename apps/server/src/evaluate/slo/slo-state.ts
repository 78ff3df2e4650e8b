import { floorTime, type AppError } from '@tidewatch/core';
import {
  GroupRegistry,
  periodAt,
  SlidingCounts,
  windowsOf,
  type SloDefinition,
  type SloEvidence,
  type WindowEvidence,
} from '@tidewatch/slo';
import { finestAt } from '@tidewatch/store';
import { sliceKeysOf } from '../slice-key.js';

/** Slices are the finest grain of good and total counts. */
export const SLICE_MS = 10_000;

/** How far back slices are remembered: what comes later than that is counted apart. */
export const RECENT_MS = 900_000;

/** What corrections change of the sums of a window. */
export interface Adjustment {
  readonly good: number;
  readonly total: number;
}

const NO_GROUPS = 1;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What is known of an SLO between two rounds: sums per window, part and group, and what has been counted. */
export class SloState {
  readonly keys: readonly string[];
  readonly registry: GroupRegistry;
  /** Lengths of the tiers' windows; the period comes after them. */
  readonly lengths: readonly number[];
  /** Beginnings of the windows, the period last; shared by all groups. */
  readonly starts: Float64Array;
  /** By part, then by group. */
  readonly parts: readonly Map<string, SlidingCounts>[];
  /** Where the windows end; 0 before they were set. */
  end = 0;
  /** From when to when everything has been counted. */
  countedFrom = 0;
  countedTo = 0;
  /** Until when hours have been made from minutes. */
  hoursTo = 0;
  /** Until when minutes with nothing in them have been written down as counted. */
  markedTo = 0;
  /** Why the SLO cannot be counted at present. */
  fault: AppError | null = null;
  /** When a time slice last had more good events than events; 0: never. */
  contradictedAt = 0;
  /** Until when counting it from its beginning on is not tried again. */
  retryAt = 0;
  /** Why counting its history went no further, and until when that is not tried again. */
  historyFault: AppError | null = null;
  historyRetryAt = 0;
  private current: SloDefinition;
  /** By part, then by group, for each window. */
  private adjustments: readonly ReadonlyMap<string, readonly Adjustment[]>[] | null = null;

  constructor(slo: SloDefinition, knownGroups: Iterable<string> = []) {
    this.current = slo;
    this.keys = sliceKeysOf(slo);
    this.registry = new GroupRegistry(slo.groupBy?.limit ?? NO_GROUPS, knownGroups);
    this.lengths = windowsOf(slo);
    this.starts = new Float64Array(this.lengths.length + 1);
    this.parts = this.keys.map(() => new Map());
  }

  get slo(): SloDefinition {
    return this.current;
  }

  /** Takes a new definition that counts the same; `false` when its windows differ and the sums have to be made anew. */
  redefine(slo: SloDefinition): boolean {
    const lengths = windowsOf(slo);
    const fits =
      lengths.length === this.lengths.length &&
      lengths.every((length, index) => length === this.lengths[index]) &&
      JSON.stringify(slo.window) === JSON.stringify(this.current.window);
    if (fits) {
      this.current = slo;
    }
    return fits;
  }

  /** Groups to be judged: the one of everything, or those that were seen. */
  groups(): string[] {
    return this.slo.groupBy === null ? [''] : [...new Set(this.parts.flatMap((part) => [...part.keys()]))];
  }

  /** Whether everything that its windows ask for has been counted. */
  isWhole(): boolean {
    return (
      this.end > 0 &&
      this.fault === null &&
      this.countedFrom <= floorTime(this.neededFrom(this.end), this.alignMs)
    );
  }

  /** How late events of this SLO are complete: labels are waited for. */
  get delayMs(): number {
    return Math.max(0, ...this.slo.members.map(({ sli }) => ('labelDelayMs' in sli ? sli.labelDelayMs : 0)));
  }

  /** Where each window would begin if all ended at `end`, the period last. */
  startsAt(end: number, now: number): number[] {
    const period = periodAt(this.slo.window, end - 1);
    const from = this.slo.window.kind === 'rolling' ? end - this.slo.periodMs : period.from;
    return [...this.lengths.map((length) => end - length), from].map((start) =>
      floorTime(start, finestAt(start, now)),
    );
  }

  /** From when on something is needed: a calendar period that has just begun is shorter than the windows of its tiers. */
  neededFrom(end: number): number {
    return Math.min(this.periodFrom(end), ...this.lengths.map((length) => end - length));
  }

  /** Beginning of what the budget is about at `end`. */
  periodFrom(end: number): number {
    return this.slo.window.kind === 'rolling'
      ? end - this.slo.periodMs
      : periodAt(this.slo.window, end - 1).from;
  }

  /** Says what corrections change of the sums; `null`: nothing. */
  adjust(adjustments: readonly ReadonlyMap<string, readonly Adjustment[]>[] | null): void {
    this.adjustments = adjustments;
  }

  /** Whether a new period of a calendar window begins between the present end and `end`. */
  beginsPeriod(end: number): boolean {
    return this.slo.window.kind === 'calendar' && this.periodFrom(end) !== this.periodFrom(this.end);
  }

  /** The counts of a group, made empty when it is new. */
  countsOf(part: number, group: string): SlidingCounts {
    const groups = this.parts[part] ?? new Map<string, SlidingCounts>();
    let counts = groups.get(group);
    if (counts === undefined) {
      counts = new SlidingCounts(this.starts, RECENT_MS, this.end);
      groups.set(group, counts);
    }
    return counts;
  }

  /** What is known of one group, for judging. */
  evidence(group: string): Pick<SloEvidence, 'windows' | 'period' | 'windowEnd'> {
    const counts = this.parts.map((part) => part.get(group));
    const changes = this.parts.map((_, part) => this.adjustments?.[part]?.get(group));
    const at = (window: number): WindowEvidence => ({
      counts: counts.map((each, part) => ({
        good: (each?.good(window) ?? 0) + (changes[part]?.[window]?.good ?? 0),
        total: (each?.total(window) ?? 0) + (changes[part]?.[window]?.total ?? 0),
      })),
      coverage: this.coverage(this.starts[window] ?? this.end),
    });
    const rolling = this.slo.window.kind === 'rolling';
    const from = this.periodFrom(this.end);
    return {
      windows: new Map(this.lengths.map((length, window) => [length, at(window)])),
      period: {
        ...at(this.lengths.length),
        from,
        to: rolling ? this.end : periodAt(this.slo.window, this.end - 1).to,
      },
      windowEnd: this.end,
    };
  }

  /** What stretches of history begin at a multiple of: whole hours, and whole time slices. */
  get alignMs(): number {
    const { budgeting } = this.slo;
    return budgeting.method === 'Occurrences' ? HOUR_MS : Math.max(HOUR_MS, budgeting.sliceMs);
  }

  /** What the newest stretch begins at a multiple of: whole minutes, and whole time slices. */
  get recentAlignMs(): number {
    const { budgeting } = this.slo;
    return budgeting.method === 'Occurrences' ? MINUTE_MS : Math.max(MINUTE_MS, budgeting.sliceMs);
  }

  private coverage(start: number): number {
    const length = this.end - start;
    return length <= 0
      ? 1
      : Math.max(0, Math.min(1, (this.end - Math.max(start, this.countedFrom)) / length));
  }
}

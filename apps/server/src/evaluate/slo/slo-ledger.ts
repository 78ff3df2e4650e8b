import {
  ceilTime,
  errorMessage,
  floorTime,
  isAppError,
  type AppError,
  type TimeRange,
} from '@tidewatch/core';
import type { GroupRegistry, SloDefinition } from '@tidewatch/slo';
import { finestAt, type SliceResolution, type SliceRow, type Store } from '@tidewatch/store';
import { EventCounter, type Counted } from './event-counter.js';
import type { CountSpan } from './metric-counter.js';
import { budgetCounts, emptied, historyRows } from './slice-rows.js';
import { RECENT_MS, SLICE_MS, SloState } from './slo-state.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A new SLO is counted back this far before it is judged for the first time: enough for every page tier. */
const FIRST_SPAN = 6.5 * HOUR;
/** 10-second slices are kept 7 hours and minutes 100 days; what is older is counted more coarsely. */
const FINE_AGE = 6.9 * HOUR;
const MINUTE_AGE = 99 * DAY;
/** Longest stretch of history that one statement counts. */
const FINE_CHUNK = 6 * HOUR;
const DAY_CHUNK = DAY;
/** Numbers, one per part and slice, that one count yields at most; a million take some 100 MB for a moment. */
const MOST_NUMBERS = 1_000_000;

/** What the ledger needs of the store. */
export type LedgerStore = Pick<Store, 'sloSlices' | 'sliMetrics' | 'sliEvents'>;

/**
 * The slices of a project's SLOs as they are stored, and the sums over them: begins them after a start, and counts stretches of history,
 * new or again.
 */
export class SloLedger {
  readonly counter: EventCounter;
  private readonly store: LedgerStore;
  private readonly project: string;

  constructor(store: LedgerStore, project: string) {
    this.store = store;
    this.project = project;
    this.counter = new EventCounter(store);
  }

  /** What is stored of the slices of `slos`. */
  async statesOf(slos: readonly SloDefinition[]): Promise<SloState[]> {
    const states = slos.map((slo) => new SloState(slo));
    const [counted, groups] = await Promise.all([
      this.store.sloSlices.counted(this.project),
      this.store.sloSlices.groups(
        this.project,
        states.flatMap(({ keys, slo }) => (slo.groupBy === null ? [] : keys)),
      ),
    ]);
    return states.map(({ slo, keys }) => {
      const known = new Set(keys.flatMap((key) => groups.get(key) ?? []));
      const state = new SloState(slo, known);
      const spans = keys.map((key) => counted.get(key));
      // Where one part of an SLO is missing all of them are counted anew.
      state.countedFrom = Math.max(...spans.map((span) => span?.from ?? Infinity));
      state.countedTo = Math.min(...spans.map((span) => span?.to ?? 0));
      state.hoursTo = Math.min(...spans.map((span) => span?.hoursTo ?? 0));
      return state;
    });
  }

  /** Counts up to `end` what has not been counted since, and makes the sums of all windows. */
  async begin(states: readonly SloState[], end: number, now: number): Promise<void> {
    const froms = new Map<number, SloState[]>();
    for (const state of states) {
      // Until all is done: what fails in between is begun again.
      state.end = 0;
      const known = state.countedTo > 0 && state.countedTo >= state.neededFrom(end);
      // Once more over what was counted last: it may have been counted before all of it had come.
      const from = known
        ? floorTime(Math.min(state.countedTo - RECENT_MS, end - RECENT_MS, state.hoursTo), state.alignMs)
        : floorTime(end - FIRST_SPAN, state.alignMs);
      if (!known) {
        state.countedFrom = Infinity;
      }
      froms.set(from, [...(froms.get(from) ?? []), state]);
    }
    for (const [from, group] of froms) {
      const faults = await this.count(group, { from, to: end }, now);
      for (const state of group) {
        state.fault = faults.get(state) ?? null;
        if (state.fault === null) {
          state.countedFrom = Math.min(state.countedFrom, from);
          state.countedTo = end;
          state.markedTo = end;
          state.hoursTo = floorTime(end, HOUR);
        }
      }
    }
    const counted = states.filter(({ fault }) => fault === null);
    await this.sum(counted, end, now);
  }

  /**
   * Counts a stretch of history and stores it in place of what was there.
   *
   * @returns why some SLOs could not be counted: of them only a part of the stretch is stored, or nothing
   */
  async count(
    states: readonly SloState[],
    range: TimeRange,
    now: number,
  ): Promise<ReadonlyMap<SloState, AppError>> {
    const faults = new Map<SloState, AppError>();
    const isSound = (state: SloState): boolean => !faults.has(state);
    const mostMs = await this.longestChunk(states, range);
    const rawSince = this.store.sliMetrics.rawSince(now);
    for (const chunk of chunksOf(range, now, { mostMs, rawSince })) {
      for (const [sliceMs, group] of byGrain(states.filter(isSound), chunk.sliceMs)) {
        await this.countChunk(group, { ...chunk, sliceMs }, now, faults);
      }
    }
    if (mostMs < HOUR) {
      // No chunk held a whole hour: hours are made from the minutes of all of them.
      const hours = { from: ceilTime(range.from, HOUR), to: floorTime(range.to, HOUR) };
      const slos = states.filter(isSound).flatMap(({ keys }) => keys);
      if (hours.from < hours.to) {
        await this.store.sloSlices.rollUpHours(this.project, slos, hours, now);
      }
    }
    return faults;
  }

  /** How long a stretch one count may be about, for the numbers it yields to stay within bounds. */
  private async longestChunk(states: readonly SloState[], range: TimeRange): Promise<number> {
    const parts = await this.counter.size(
      this.project,
      states.map(({ slo }) => slo),
      { range, sliceMs: SLICE_MS, source: 'raw' },
      registriesOf(states),
    );
    const align = Math.max(...states.map(({ recentAlignMs }) => recentAlignMs));
    const most = floorTime((MOST_NUMBERS / Math.max(1, parts)) * SLICE_MS, align);
    return most >= HOUR ? floorTime(most, Math.max(HOUR, align)) : Math.max(align, most);
  }

  private async countChunk(
    states: readonly SloState[],
    { range, sliceMs }: { range: TimeRange; sliceMs: SliceResolution },
    now: number,
    faults: Map<SloState, AppError>,
  ): Promise<void> {
    const span: CountSpan = { range, sliceMs, source: this.sourceOf(range, sliceMs, now) };
    const counted = await this.countEvents(states, span);
    const rows: SliceRow[] = [];
    const countable: SloState[] = [];
    for (const state of states) {
      const events = counted.counts.get(state.slo);
      if (events === undefined || isAppError(events)) {
        if (events !== undefined) {
          faults.set(state, events);
        }
        continue;
      }
      countable.push(state);
      rows.push(...historyRows(state, budgetCounts(state, events, range, sliceMs), range, sliceMs));
    }
    const stored = await this.store.sloSlices.spans(
      this.project,
      ([SLICE_MS, MINUTE, HOUR] as const).map((resolution) => ({
        resolution,
        range: {
          from: ceilTime(range.from, resolution),
          to: floorTime(range.to, resolution),
        },
      })),
      { slos: countable.flatMap(({ keys }) => keys) },
    );
    await this.store.sloSlices.write(this.project, [...rows, ...emptied(stored, rows)], now);
  }

  /** Counts events, for the round that goes on and for history alike. */
  async countEvents(states: readonly SloState[], span: CountSpan): Promise<Counted> {
    return this.counter.count(
      this.project,
      states.map(({ slo }) => slo),
      span,
      registriesOf(states),
    );
  }

  /**
   * Roll-ups answer only for what raw points are gone of: they are made anew minutes after late data came, and slices must not lag behind.
   */
  private sourceOf(range: TimeRange, sliceMs: number, now: number): CountSpan['source'] {
    if (sliceMs < MINUTE || range.from >= this.store.sliMetrics.rawSince(now)) {
      return 'raw';
    }
    return sliceMs >= HOUR ? '1h' : '1m';
  }

  /** Makes hours from minutes, up to the last one that is over. */
  async closeHours(states: readonly SloState[], now: number): Promise<void> {
    const open = new Map<string, SloState[]>();
    for (const state of states) {
      const until = floorTime(state.countedTo, HOUR);
      if (until > state.hoursTo) {
        const span = `${state.hoursTo}/${until}`;
        open.set(span, [...(open.get(span) ?? []), state]);
      }
    }
    for (const group of open.values()) {
      const first = group[0];
      if (first !== undefined) {
        const range = { from: first.hoursTo, to: floorTime(first.countedTo, HOUR) };
        const slos = group.flatMap(({ keys }) => keys);
        await this.store.sloSlices.rollUpHours(this.project, slos, range, now);
        group.forEach((state) => (state.hoursTo = range.to));
      }
    }
  }

  /** Makes the hours anew whose minutes were counted again in part. */
  async reopenHours(states: readonly SloState[], range: TimeRange, now: number): Promise<void> {
    const to = Math.min(ceilTime(range.to, HOUR), ...states.map(({ hoursTo }) => hoursTo));
    const from = floorTime(range.from, HOUR);
    if (from < to && from >= now - MINUTE_AGE) {
      const slos = states.flatMap(({ keys }) => keys);
      await this.store.sloSlices.rollUpHours(this.project, slos, { from, to }, now);
    }
  }

  /** Adds up all windows anew from what is stored. */
  async sum(states: readonly SloState[], end: number, now: number): Promise<void> {
    const plans = new Map<string, { starts: number[]; hoursUntil: number; states: SloState[] }>();
    for (const state of states) {
      const starts = state.startsAt(end, now);
      const name = [...starts, state.hoursTo].join();
      const plan = plans.get(name) ?? { starts, hoursUntil: state.hoursTo, states: [] };
      plan.states.push(state);
      plans.set(name, plan);
    }
    for (const { starts, hoursUntil, states: group } of plans.values()) {
      const sums = await this.store.sloSlices.sums(this.project, {
        slos: group.flatMap(({ keys }) => keys),
        windows: starts.map((from) => ({ from, to: end })),
        ages: { now, hoursUntil },
      });
      for (const state of group) {
        restart(state, starts, end);
        state.keys.forEach((key, part) => {
          for (const [name, windows] of sums.get(key) ?? []) {
            if (state.slo.groupBy === null || name !== '') {
              const counts = state.countsOf(part, name);
              windows.forEach(({ good, total }, window) => counts.set(window, good, total));
            }
          }
        });
      }
    }
    await this.remember(states, end, now);
  }

  /**
   * Fills in the slices of the last minutes. Where those of 10 seconds are gone already (an SLO that waits long for labels), a minute
   * stands in its last slice: what leaves and what is counted again goes by whole minutes there.
   */
  private async remember(states: readonly SloState[], end: number, now: number): Promise<void> {
    const places = new Map(
      states.flatMap((state) => state.keys.map((key, part) => [key, { state, part }] as const)),
    );
    const range = { from: end - RECENT_MS, to: end };
    const resolution = finestAt(range.from, now) === SLICE_MS ? SLICE_MS : MINUTE;
    const rows = await this.store.sloSlices.spans(
      this.project,
      [{ resolution, range: { from: ceilTime(range.from, resolution), to: end } }],
      { slos: [...places.keys()] },
    );
    for (const { slo, group, start, good, total } of rows) {
      const place = places.get(slo);
      if (place !== undefined && (place.state.slo.groupBy === null || group !== '')) {
        const slice = Math.min(start + resolution, end) - SLICE_MS;
        place.state.countsOf(place.part, group).remember(slice, good, total);
      }
    }
  }
}

function restart(state: SloState, starts: readonly number[], end: number): void {
  state.end = end;
  state.starts.set(starts);
  const groups = state.groups();
  state.parts.forEach((part) => {
    part.clear();
  });
  // Groups stay, also those of which nothing is left in any window: they are zeros, and not unknown.
  groups.forEach((group) => state.keys.forEach((_, part) => state.countsOf(part, group)));
}

function registriesOf(states: readonly SloState[]): ReadonlyMap<SloDefinition, GroupRegistry> {
  return new Map(states.map(({ slo, registry }) => [slo, registry]));
}

/** Cut so that each chunk has one grain: old history is counted more coarsely. */
function chunksOf(
  range: TimeRange,
  now: number,
  { mostMs, rawSince }: { readonly mostMs: number; readonly rawSince: number },
): { range: TimeRange; sliceMs: SliceResolution }[] {
  const [hoursUntil, minutesUntil] = [floorTime(now - MINUTE_AGE, DAY), floorTime(now - FINE_AGE, HOUR)];
  const edges = [hoursUntil, minutesUntil, rawSince];
  const chunks: { range: TimeRange; sliceMs: SliceResolution }[] = [];
  for (let from = range.from; from < range.to;) {
    const sliceMs = from >= minutesUntil ? SLICE_MS : from >= hoursUntil ? MINUTE : HOUR;
    const length = Math.min(sliceMs === SLICE_MS ? FINE_CHUNK : DAY_CHUNK, mostMs * (sliceMs / SLICE_MS));
    const to = Math.min(range.to, floorTime(from, length) + length, ...edges.filter((edge) => edge > from));
    chunks.push({ range: { from, to }, sliceMs });
    from = to;
  }
  return chunks;
}

/** Time slices shorter than the grain of the history have to be judged before they are added up. */
function byGrain(states: readonly SloState[], sliceMs: SliceResolution): Map<SliceResolution, SloState[]> {
  const groups = new Map<SliceResolution, SloState[]>();
  for (const state of states) {
    const { budgeting } = state.slo;
    const own = budgeting.method === 'Occurrences' ? Infinity : budgeting.sliceMs;
    const grain = own >= sliceMs ? sliceMs : own >= MINUTE ? MINUTE : SLICE_MS;
    groups.set(grain, [...(groups.get(grain) ?? []), state]);
  }
  return groups;
}

/** Why something could not be counted, in words. */
export function faultWords(fault: AppError): string {
  return fault.hint === undefined ? errorMessage(fault) : `${errorMessage(fault)} ${fault.hint}`;
}

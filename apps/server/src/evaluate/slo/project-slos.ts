import { ceilTime, floorTime, isAppError, spanOf, type TimeRange } from '@tidewatch/core';
import type { Correction, SliceCount, SloDefinition } from '@tidewatch/slo';
import { LOOK_BACK_MS, type SliceRow, type Store } from '@tidewatch/store';
import { LateBlocks } from '../late-blocks.js';
import { CorrectedSums } from './corrected-sums.js';
import { sliceKeysOf } from '../slice-key.js';
import type { OpenShare } from './metric-counter.js';
import { groupBy } from './group-by.js';
import { moveWindows } from './move-windows.js';
import { budgetCounts, type BudgetCounts } from './slice-rows.js';
import type { GroupCounts } from './slo-counts.js';
import { SloLedger, type LedgerStore } from './slo-ledger.js';
import { RECENT_MS, SLICE_MS, SloState } from './slo-state.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Where the events that SLOs count are stored. */
const EVENT_TABLES = [
  'metric_points',
  'metric_histograms',
  'metric_exp_histograms',
  'otel_traces',
  'otel_logs',
  'predictions',
  'labels',
];

/** Behind by more than this, an SLO is begun again from what is stored. */
const MOST_BEHIND_MS = RECENT_MS - 5 * MINUTE;

/** An SLO that could not be counted from its beginning on, or further back, is tried again after this long: failing costs as much. */
const RETRY_MS = 60_000;

/** Labels and verdicts come to samples and windows of long ago; what they may have changed is counted again this often. */
const RECOUNT_EVERY_MS = 600_000;

/** The SLOs of one project: their slices kept up to date, and the sums over their windows. */
export class ProjectSlos {
  readonly project: string;
  private readonly ledger: SloLedger;
  private readonly corrected: CorrectedSums;
  private readonly store: LedgerStore & Pick<Store, 'ingest'>;
  private readonly blocks: LateBlocks;
  private readonly states = new Map<string, SloState>();
  private late: TimeRange[] = [];
  /** Blocks of rounds that have not succeeded: they are told of once. */
  private touched: TimeRange[] = [];
  private recountedAt = 0;
  /** One at a time: the round that goes on, and the one that looks back. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly open = new WeakMap<SloDefinition, OpenShare>();
  private readonly missing = new WeakMap<SloDefinition, readonly string[]>();

  constructor(store: LedgerStore & Pick<Store, 'ingest'>, project: string) {
    this.store = store;
    this.project = project;
    this.ledger = new SloLedger(store, project);
    this.corrected = new CorrectedSums(store.sloSlices, project);
    this.blocks = new LateBlocks(store, EVENT_TABLES);
  }

  /**
   * Brings the windows of all SLOs to `horizon`: counts what has come since the last time, and what came late to the last quarter of an
   * hour. What is later waits for {@link lookBack}.
   *
   * @returns what is known of each SLO, in the order of `slos`
   */
  update(slos: readonly SloDefinition[], now: number, horizon: number): Promise<SloState[]> {
    return this.inTurn(async () => {
      const states = await this.statesOf(slos);
      this.touched.push(...(await this.blocks.since(this.project, now)));
      for (const group of groupBy(states, (state) => `${state.delayMs}/${state.recentAlignMs}`).values()) {
        const end = floorTime(horizon - (group[0]?.delayMs ?? 0), SLICE_MS);
        await this.updateGroup(group, this.touched, end, now);
      }
      this.touched = [];
      await this.ledger.closeHours(states.filter(isCounted), now);
      return states;
    });
  }

  private async updateGroup(
    states: readonly SloState[],
    blocks: readonly TimeRange[],
    end: number,
    now: number,
  ): Promise<void> {
    // A calendar window that begins a new period is added up anew: all of the old one leaves at once.
    const begun = states.filter(
      (state) => state.end > 0 && end - state.countedTo <= MOST_BEHIND_MS && !state.beginsPeriod(end),
    );
    const fresh = states.filter((state) => !begun.includes(state) && now >= state.retryAt);
    if (fresh.length > 0) {
      await this.ledger.begin(fresh, end, now);
      fresh.filter((state) => !isCounted(state)).forEach((state) => (state.retryAt = now + RETRY_MS));
    }
    const going = begun.filter((state) => end >= state.end);
    const align = states[0]?.recentAlignMs ?? MINUTE;
    // Blocks of the next minutes touch what has not been counted yet; those of long ago are for `lookBack`.
    const recentFrom = ceilTime(end - RECENT_MS + SLICE_MS, MINUTE);
    const touched = blocks.filter(({ from }) => from < end);
    this.late.push(
      ...touched.flatMap(({ from, to }) =>
        from < recentFrom ? [{ from, to: Math.min(to, recentFrom) }] : [],
      ),
    );
    const first = Math.min(
      ...going.map(({ countedTo }) => countedTo),
      ...touched.map(({ from }) => Math.max(from, recentFrom)),
    );
    if (going.length > 0 && first < end) {
      const recent = floorTime(first, MINUTE);
      await this.goOn(going, { from: recent, to: end }, floorTime(recent, align), now);
    }
  }

  /** Counts the newest stretch (from `countFrom`, so that time slices are whole) and moves the windows over it. */
  private async goOn(
    states: readonly SloState[],
    range: TimeRange,
    countFrom: number,
    now: number,
  ): Promise<void> {
    const span = { range: { from: countFrom, to: range.to }, sliceMs: SLICE_MS, source: 'raw' as const };
    const counted = await this.ledger.countEvents(states, span);
    const counts = new Map<SloState, BudgetCounts>();
    for (const state of states) {
      const events = counted.counts.get(state.slo);
      this.open.set(state.slo, counted.open.get(state.slo) ?? { astride: 0, total: 0 });
      this.missing.set(state.slo, counted.missing.get(state.slo) ?? []);
      state.fault = isAppError(events) ? events : null;
      if (events !== undefined && !isAppError(events)) {
        counts.set(state, budgetCounts(state, events, span.range, SLICE_MS));
        state.contradictedAt = contradicts(state, events) ? range.to : state.contradictedAt;
      }
    }
    await moveWindows(this.store.sloSlices, this.project, [...counts.keys()], { end: range.to, now });
    const rows = [...counts].flatMap(([state, parts]) => {
      const changed = putCounts(state, parts, range);
      // What came to an hour that is over already makes it anew.
      const first = changed.reduce((least, { start }) => Math.min(least, start), Infinity);
      state.hoursTo = Math.min(state.hoursTo, floorTime(first, HOUR));
      return changed;
    });
    try {
      await this.store.sloSlices.write(this.project, rows, now);
    } catch (error) {
      // The sums hold what is not stored: they have to be made anew.
      [...counts.keys()].forEach((state) => (state.end = 0));
      throw error;
    }
    for (const state of counts.keys()) {
      state.countedTo = range.to;
      state.markedTo = range.to;
    }
  }

  /**
   * Does one piece of work on the past: counts again what came late, or counts on backwards for an SLO whose period is not covered yet.
   *
   * @returns whether there may be more to do
   */
  lookBack(now: number): Promise<boolean> {
    return this.inTurn(async () => {
      const states = this.counted();
      await this.recountLate(states, now);
      return this.backfill(states, now);
    });
  }

  private async recountLate(states: readonly SloState[], now: number): Promise<void> {
    if (now - this.recountedAt >= RECOUNT_EVERY_MS) {
      const delayed = states.filter(({ slo }) => slo.members.some(({ sli }) => isReopened(sli.kind, sli)));
      await this.recount(delayed, { from: now - DAY, to: now }, now);
      this.recountedAt = now;
    }
    this.late = merged(this.late);
    for (let range = this.late[0]; range !== undefined; range = this.late[0]) {
      await this.recount(states, range, now);
      this.late.shift();
    }
  }

  private async recount(states: readonly SloState[], range: TimeRange, now: number): Promise<void> {
    const alike = ({ alignMs, end, countedFrom }: SloState): string => `${alignMs}/${end}/${countedFrom}`;
    for (const group of groupBy(states, alike).values()) {
      const align = group[0]?.alignMs ?? HOUR;
      const end = group[0]?.end ?? 0;
      const from = floorTime(Math.max(range.from, group[0]?.countedFrom ?? 0), align);
      // A late point also changes what the next point of its series rose by, which may be in the next hour.
      const to = Math.min(ceilTime(range.to + LOOK_BACK_MS, align), end);
      if (from < to) {
        await this.ledger.count(group, { from, to }, now);
        await this.ledger.reopenHours(group, { from, to }, now);
        await this.ledger.sum(group, end, now);
      }
    }
  }

  private async backfill(states: readonly SloState[], now: number): Promise<boolean> {
    const needed = (state: SloState): number => floorTime(state.neededFrom(state.end), state.alignMs);
    const uncovered = states.filter(
      (state) => state.countedFrom > needed(state) && now >= state.historyRetryAt,
    );
    const latest = Math.max(...uncovered.map(({ countedFrom }) => countedFrom));
    const group = uncovered.filter(({ countedFrom }) => countedFrom === latest);
    if (group.length === 0) {
      return false;
    }
    // A day at a time, the newest first: short windows are whole soon, and a restart goes on where this ends.
    const from = Math.max(floorTime(latest - 1, DAY), Math.min(...group.map(needed)));
    const faults = await this.ledger.count(group, { from, to: latest }, now);
    for (const state of group) {
      state.historyFault = faults.get(state) ?? null;
      state.historyRetryAt = faults.has(state) ? now + RETRY_MS : 0;
    }
    const counted = group.filter((state) => !faults.has(state));
    for (const sameEnd of groupBy(counted, ({ end }) => String(end)).values()) {
      await this.ledger.sum(sameEnd, sameEnd[0]?.end ?? 0, now);
      sameEnd.forEach((state) => (state.countedFrom = from));
    }
    return uncovered.length > group.length || counted.some((state) => from > needed(state));
  }

  /**
   * Whether nothing of a group is left in the windows of an SLO: its events are too long ago, or the SLO counts them no more.
   *
   * @returns `false` as long as that cannot be told, because history is still being counted
   */
  hasLost(slo: SloDefinition, group: string): boolean {
    const state = this.states.get(sliceKeysOf(slo).join());
    return state?.slo === slo && state.isWhole() && !state.groups().includes(group);
  }

  /** The SLOs that can be counted at present. */
  counted(): SloState[] {
    return [...this.states.values()].filter((state) => state.end > 0 && isCounted(state));
  }

  /** Takes corrections out of the sums of `states`. */
  correct(states: readonly SloState[], corrections: readonly Correction[], now: number): Promise<void> {
    const counted = states.filter((state) => state.end > 0 && isCounted(state));
    return this.corrected.adjust(counted, corrections, now);
  }

  /** Measurements that a latency threshold inside a bucket leaves open, in the last stretch that was counted. */
  openShare(slo: SloDefinition): OpenShare | undefined {
    return this.open.get(slo);
  }

  /** Metrics of an SLO of which there is no series. */
  missingMetrics(slo: SloDefinition): readonly string[] {
    return this.missing.get(slo) ?? [];
  }

  private async statesOf(slos: readonly SloDefinition[]): Promise<SloState[]> {
    const nameOf = (slo: SloDefinition): string => sliceKeysOf(slo).join();
    const fresh = slos.filter((slo) => {
      const known = this.states.get(nameOf(slo));
      return known === undefined || (known.slo !== slo && !known.redefine(slo));
    });
    if (fresh.length > 0) {
      for (const state of await this.ledger.statesOf(fresh)) {
        this.states.set(nameOf(state.slo), state);
      }
    }
    const names = new Set(slos.map(nameOf));
    for (const name of this.states.keys()) {
      if (!names.has(name)) {
        this.states.delete(name);
      }
    }
    return slos.map((slo) => this.states.get(nameOf(slo)) ?? new SloState(slo));
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.turn.then(work);
    this.turn = run.catch(() => undefined);
    return run;
  }
}

/** Whether some time slice had more good events than events: it is judged good, so that its counts do not tell any more. */
function contradicts({ slo }: SloState, events: GroupCounts): boolean {
  return (
    slo.budgeting.method !== 'Occurrences' &&
    [...events.values()].some((members) =>
      members.some((slices) => slices.some(({ good, total }) => good > total)),
    )
  );
}

function isCounted({ fault }: SloState): boolean {
  return fault === null;
}

/** Whether what is counted may change long after its time without any late event: labels and verdicts are written afterwards. */
function isReopened(kind: string, sli: object): boolean {
  return kind === 'verdicts' || ('labelDelayMs' in sli && Number(sli.labelDelayMs) > 0);
}

/** Puts newly counted slices into the windows; yields the rows of slices and minutes that changed, and of minutes that are new. */
function putCounts(state: SloState, parts: BudgetCounts, range: TimeRange): SliceRow[] {
  return state.keys.flatMap((slo, part) => {
    const rows: SliceRow[] = [];
    const grouped = state.slo.groupBy !== null;
    const found = parts[part] ?? new Map<string, readonly SliceCount[]>();
    for (const group of new Set([...(state.parts[part]?.keys() ?? []), ...found.keys()])) {
      if (grouped && group === '') {
        continue;
      }
      rows.push(...putGroup(state, { slo, part, group }, found.get(group) ?? [], range));
    }
    const total = found.get('') ?? [];
    for (let start = floorTime(state.markedTo, MINUTE); start < range.to; start += MINUTE) {
      if (
        grouped ||
        !rows.some((row) => row.resolution === MINUTE && row.start === start && row.group === '')
      ) {
        const inMinute = total.filter((slice) => slice.start >= start && slice.start < start + MINUTE);
        rows.push({
          slo,
          group: '',
          resolution: MINUTE,
          start,
          good: inMinute.reduce((sum, { good }) => sum + good, 0),
          total: inMinute.reduce((sum, each) => sum + each.total, 0),
        });
      }
    }
    return rows;
  });
}

function putGroup(
  state: SloState,
  { slo, part, group }: { slo: string; part: number; group: string },
  slices: readonly SliceCount[],
  range: TimeRange,
): SliceRow[] {
  const counts = state.countsOf(part, group);
  const bySlice = new Map(slices.map((slice) => [slice.start, slice]));
  const rows: SliceRow[] = [];
  const minutes = new Set<number>();
  for (let start = range.from; start < range.to; start += SLICE_MS) {
    const { good, total } = bySlice.get(start) ?? { good: 0, total: 0 };
    if (counts.put(start, good, total)) {
      rows.push({ slo, group, resolution: SLICE_MS, start, good, total });
      minutes.add(floorTime(start, MINUTE));
    }
  }
  for (const minute of minutes) {
    let [good, total] = [0, 0];
    for (let start = minute; start < Math.min(minute + MINUTE, range.to); start += SLICE_MS) {
      good += counts.recentGood(start);
      total += counts.recentTotal(start);
    }
    rows.push({ slo, group, resolution: MINUTE, start: minute, good, total });
  }
  return rows;
}

/** Stretches that overlap, or nearly so, counted together. */
function merged(ranges: readonly TimeRange[]): TimeRange[] {
  const result: TimeRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && range.from <= last.to + HOUR) {
      result[result.length - 1] = spanOf([last, range]);
    } else {
      result.push(range);
    }
  }
  return result;
}

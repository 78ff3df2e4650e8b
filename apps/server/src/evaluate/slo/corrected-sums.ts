import type { TimeRange } from '@tidewatch/core';
import { correctionRanges, type Correction } from '@tidewatch/slo';
import type { Store, WindowSum } from '@tidewatch/store';
import { RECENT_MS, type Adjustment, type SloState } from './slo-state.js';

/** Windows move on: what lies in them of a correction of the past changes slowly. */
const REFRESH_MS = 60_000;

/** Takes corrections out of the sums of SLOs: what is removed, and what is counted as good. */
export class CorrectedSums {
  private readonly slices: Pick<Store['sloSlices'], 'sums'>;
  private readonly project: string;
  private readonly last = new WeakMap<SloState, { corrections: string; at: number; starts: number[] }>();

  constructor(slices: Pick<Store['sloSlices'], 'sums'>, project: string) {
    this.slices = slices;
    this.project = project;
  }

  /** Brings the adjustments of every state up to date. Costs nothing for SLOs without corrections. */
  async adjust(states: readonly SloState[], corrections: readonly Correction[], now: number): Promise<void> {
    const print = corrections.map(({ id, withdrawnAt }) => `${id}/${withdrawnAt}`).join();
    for (const state of states) {
      if (corrections.length === 0) {
        state.adjust(null);
        continue;
      }
      const hull = { from: Math.min(...state.starts), to: state.end };
      const ranges = correctionRanges(corrections, state.slo.name, hull);
      const all = [...ranges.remove, ...ranges.countAsGood];
      if (all.length === 0) {
        state.adjust(null);
        continue;
      }
      const last = this.last.get(state);
      const recent = all.some(({ to }) => to > state.end - RECENT_MS);
      // What a window has left must not be taken out of it once more.
      const leaving = [...state.starts].some((start, window) =>
        all.some(({ from, to }) => from < start && to > (last?.starts[window] ?? start)),
      );
      if (recent || leaving || last?.corrections !== print || now - last.at >= REFRESH_MS) {
        state.adjust(await this.adjustments(state, ranges, now));
        this.last.set(state, { corrections: print, at: now, starts: [...state.starts] });
      }
    }
  }

  /** For each part and group, for each window, what has to be taken out and what has to be excused. */
  private async adjustments(
    state: SloState,
    { remove, countAsGood }: { remove: readonly TimeRange[]; countAsGood: readonly TimeRange[] },
    now: number,
  ): Promise<Map<string, Adjustment[]>[]> {
    const spans = new Map<string, { from: number; to: number }>();
    const within = (window: number, ranges: readonly TimeRange[]): string[] =>
      ranges.flatMap(({ from, to }) => {
        const span = { from: Math.max(from, state.starts[window] ?? from), to: Math.min(to, state.end) };
        if (span.from >= span.to) {
          return [];
        }
        spans.set(`${span.from}/${span.to}`, span);
        return [`${span.from}/${span.to}`];
      });
    const wanted = [...state.starts].map((_, window) => ({
      remove: within(window, remove),
      excuse: within(window, countAsGood),
    }));
    const names = [...spans.keys()];
    const sums = await this.slices.sums(this.project, {
      slos: state.keys,
      windows: [...spans.values()],
      ages: { now, hoursUntil: state.hoursTo },
    });
    return state.keys.map((key) => {
      const groups = new Map<string, Adjustment[]>();
      for (const [group, found] of sums.get(key) ?? []) {
        const of = (list: readonly string[]): WindowSum =>
          addUp(list.map((name) => found[names.indexOf(name)]));
        groups.set(
          group,
          wanted.map((window) => {
            const [removed, excused] = [of(window.remove), of(window.excuse)];
            return {
              good: excused.total - excused.good - removed.good,
              total: -removed.total,
            };
          }),
        );
      }
      return groups;
    });
  }
}

function addUp(sums: readonly (WindowSum | undefined)[]): WindowSum {
  return {
    good: sums.reduce((sum, each) => sum + (each?.good ?? 0), 0),
    total: sums.reduce((sum, each) => sum + (each?.total ?? 0), 0),
  };
}

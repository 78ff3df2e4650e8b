import type { SliceRow, SliceSpanQuery, Store } from '@tidewatch/store';
import { finestAt } from '@tidewatch/store';
import { RECENT_MS, type SloState } from './slo-state.js';

/** What a window loses at its beginning. */
interface Leaving {
  readonly window: number;
  readonly resolution: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Moves the ends of all windows, and takes out what they leave behind: from memory where it is remembered, else from what is stored, with
 * one query for all SLOs.
 */
export async function moveWindows(
  slices: Pick<Store['sloSlices'], 'spans'>,
  project: string,
  states: readonly SloState[],
  { end, now }: { readonly end: number; readonly now: number },
): Promise<void> {
  const moving = new Map(states.map((state) => [state, leavingOf(state, end, now)]));
  const spans = new Map<string, SliceSpanQuery>();
  for (const { stored } of moving.values()) {
    for (const { resolution, from, to } of stored) {
      spans.set(`${resolution}/${from}/${to}`, {
        resolution: resolution as SliceSpanQuery['resolution'],
        range: { from, to },
      });
    }
  }
  const rows = await slices.spans(project, [...spans.values()]);
  takeOut(rows, states, moving);
  for (const [state, { starts, recent }] of moving) {
    for (const part of state.parts) {
      for (const counts of part.values()) {
        recent.forEach((window) => {
          counts.leaveRecent(window, starts[window] ?? end);
        });
        counts.advance(end);
      }
    }
    state.starts.set(starts);
    state.end = end;
  }
}

interface Moves {
  readonly starts: readonly number[];
  /** Windows whose leaving slices are remembered. */
  readonly recent: readonly number[];
  readonly stored: readonly Leaving[];
}

function leavingOf(state: SloState, end: number, now: number): Moves {
  const starts = state.startsAt(end, now);
  const recent: number[] = [];
  const stored: Leaving[] = [];
  starts.forEach((start, window) => {
    const before = state.starts[window] ?? start;
    if (start <= before) {
      return;
    }
    if (before >= state.end - RECENT_MS) {
      recent.push(window);
    } else {
      // What was put in at a finer grain leaves at the grain that is kept: minutes and hours hold the same events.
      stored.push({
        window,
        resolution: finestAt(before, now),
        from: before,
        to: Math.min(start, state.end),
      });
    }
  });
  return { starts, recent, stored };
}

function takeOut(
  rows: readonly SliceRow[],
  states: readonly SloState[],
  moving: ReadonlyMap<SloState, Moves>,
): void {
  const places = new Map(
    states.flatMap((state) => state.keys.map((key, part) => [key, { state, part }] as const)),
  );
  for (const row of rows) {
    const place = places.get(row.slo);
    if (place === undefined || (place.state.slo.groupBy !== null && row.group === '')) {
      continue;
    }
    const counts = place.state.parts[place.part]?.get(row.group);
    for (const { window, resolution, from, to } of moving.get(place.state)?.stored ?? []) {
      if (row.resolution === resolution && row.start >= from && row.start < to) {
        counts?.leave(window, row.good, row.total);
      }
    }
  }
}

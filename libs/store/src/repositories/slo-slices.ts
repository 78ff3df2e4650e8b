import { ceilTime, floorTime } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import type { BlockWriter } from '../block-writer.js';
import { count64, dateTime, lowCardinality, string, uint16 } from '../column-types.js';
import type { Database } from '../database.js';
import type { ParameterValue } from '../parameters.js';
import { toNumber } from '../row-values.js';
import { countEvents } from '../slices/count-events.js';
import { HOUR, MINUTE, rollUp, TEN_SECONDS } from '../slices/slice-rollup.js';
import type { Slice } from '../slices/slice-rollup.js';
import type { SliQuery } from '../slices/sli-query.js';
import { windowParts } from '../slices/window-parts.js';
import { column, defineTable, encodeRows } from '../table-definition.js';

/** Good and total events of one window. */
export interface WindowCount {
  readonly good: number;
  readonly total: number;
  /** Where the window really begins, ms: its nominal beginning, floored to the slice length that still exists there. */
  readonly from: number;
}

/** Names the slices of one SLO and group; the group is empty for an SLO without groups. */
export interface SliceKey {
  readonly slo: string;
  readonly group: string;
}

/** Keeps good and total events per slice, and adds them up to windows. */
export interface SloSlicesRepository {
  /**
   * Computes the slices of `range` from the stored points and stores them at 10 seconds, one minute and one hour,
   * replacing older computations. Slices without events are stored as zeros, so that "computed" and "not computed"
   * differ. `range` is widened to full minutes at its beginning and to full slices at its end.
   *
   * Safe to repeat, in any order, for any range within the retention of the raw points; calls for one SLO and group
   * run one after the other.
   *
   * @param computedAt Version of the slices: the later wins. Default: the clock.
   * @throws AppError `store.selector-type` when the selectors find series that cannot be counted.
   */
  recompute(
    project: string,
    key: SliceKey,
    query: SliQuery,
    range: TimeRange,
    computedAt?: number,
  ): Promise<void>;
  /**
   * Good and total of each window (length in ms) that ends at `windowEnd`, by window length; see {@link windowParts}
   * for what exactly a window covers. Slices that were not computed count as empty.
   *
   * @param now Decides which resolutions still exist. Default: the clock.
   */
  sums(
    project: string,
    key: SliceKey,
    windowEnd: number,
    windows: readonly number[],
    now?: number,
  ): Promise<Map<number, WindowCount>>;
  /** End of the latest 10-second slice that was computed, ms, or `null`. After 7 idle hours: its minute's beginning. */
  lastComputed(project: string, key: SliceKey): Promise<number | null>;
  /** The stored 10-second, minute or hour slices in `range`, oldest first. */
  slices(project: string, key: SliceKey, resolution: SliceResolution, range: TimeRange): Promise<Slice[]>;
}

/** Slice lengths in milliseconds. */
export type SliceResolution = 10_000 | 60_000 | 3_600_000;

interface SliceRow extends Slice, SliceKey {
  readonly project: string;
  readonly version: number;
}

const SLO_SLICES = defineTable<SliceRow>(
  'slo_slices',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('Slo', lowCardinality, (row) => row.slo),
    column('Group', string, (row) => row.group),
    column('Resolution', uint16, (row) => row.resolution / 1000),
    column('SliceStart', dateTime, (row) => row.start),
    column('Good', count64, (row) => row.good),
    column('Total', count64, (row) => row.total),
    column('Version', count64, (row) => row.version),
  ],
  { announced: false },
);

/** What TTL would delete at once is not stored: 10-second slices after 7 hours, minutes after 8 days. */
const TEN_SECONDS_KEPT = 7 * HOUR;
const MINUTES_KEPT = 8 * 24 * HOUR;

/** Stored slices are relied on only well before they expire; beyond that whole hours are recomputed from points. */
const RECENT = 6 * HOUR;
const RECENT_MINUTES = 7 * 24 * HOUR;

/** Longest span computed by one query. */
const CHUNK = 6 * HOUR;

/** These read a few thousand rows at most: a second thread costs more to start than it saves. */
const FINAL_SETTINGS = { do_not_merge_across_partitions_select_final: 1, max_threads: 1 };

/** Opens the repository. */
export function sloSlicesRepository(database: Database, writer: BlockWriter): SloSlicesRepository {
  const running = new Map<string, Promise<unknown>>();
  return {
    recompute: (project, key, query, range, computedAt = Date.now()) => {
      // A rollup reads the slices beside its range: two at once could miss what the other is writing.
      const name = JSON.stringify([project, key.slo, key.group]);
      const run = (running.get(name) ?? Promise.resolve()).then(async () => {
        for (const chunk of chunksOf(alignRange(range, computedAt))) {
          await recomputeChunk({ database, writer, project, key, query, computedAt }, chunk);
        }
      });
      const settled = run
        .catch(() => undefined)
        .finally(() => {
          if (running.get(name) === settled) {
            running.delete(name);
          }
        });
      running.set(name, settled);
      return run;
    },
    sums: (project, key, windowEnd, windows, now = Date.now()) =>
      sums(database, project, key, { windowEnd, windows, now }),
    lastComputed: (project, key) => lastComputed(database, project, key),
    slices: async (project, key, resolution, range) => {
      const rows = await database.query<SliceJson>(
        `${SELECT_SLICES} AND Resolution = {resolution:UInt16}
           AND SliceStart >= fromUnixTimestamp({from:UInt32}) AND SliceStart < fromUnixTimestamp({to:UInt32})
         ORDER BY SliceStart`,
        { project, ...key, resolution: resolution / 1000, from: seconds(range.from), to: seconds(range.to) },
        { tag: 'slo-slices.list', settings: FINAL_SETTINGS },
      );
      return rows.map(toSlice);
    },
  };
}

interface Recomputation {
  readonly database: Database;
  readonly writer: BlockWriter;
  readonly project: string;
  readonly key: SliceKey;
  readonly query: SliQuery;
  readonly computedAt: number;
}

/**
 * Begins at a full minute, so that a minute never needs older 10-second slices. Where the slices beside the range
 * could have expired, it covers full minutes or hours at both ends.
 */
function alignRange(range: TimeRange, computedAt: number): TimeRange {
  const from = floorTime(range.from, range.from < computedAt - RECENT_MINUTES ? HOUR : MINUTE);
  const age = computedAt - range.to;
  const to = ceilTime(range.to, age > RECENT_MINUTES ? HOUR : age > RECENT ? MINUTE : TEN_SECONDS);
  return { from, to };
}

/** Cut at multiples of the chunk length, hence at full hours. */
function chunksOf(range: TimeRange): TimeRange[] {
  const chunks: TimeRange[] = [];
  for (let from = range.from; from < range.to;) {
    const to = Math.min(range.to, floorTime(from, CHUNK) + CHUNK);
    chunks.push({ from, to });
    from = to;
  }
  return chunks;
}

async function recomputeChunk(work: Recomputation, range: TimeRange): Promise<void> {
  const { database, writer, project, key, query, computedAt } = work;
  const [counts, stored] = await Promise.all([
    countEvents(database, project, query, range),
    slicesBeside(database, project, key, range),
  ]);
  const rows = rollUp(counts, range, stored)
    .filter(({ resolution, start }) => resolution === HOUR || start >= computedAt - keptFor(resolution))
    .map((slice): SliceRow => ({ ...slice, ...key, project, version: computedAt }));
  const bytes = encodeRows(SLO_SLICES, rows);
  // One insert for all resolutions and many SLOs: partitions are few, and a slice that is lost is computed again.
  await writer.append(SLO_SLICES, { rows: rows.length, bytes, day: 0 });
}

function keptFor(resolution: number): number {
  return resolution === MINUTE ? MINUTES_KEPT : TEN_SECONDS_KEPT;
}

interface SliceJson {
  readonly resolution: number;
  readonly start: number;
  readonly good: string;
  readonly total: string;
}

const SELECT_SLICES = `SELECT Resolution AS resolution, toUnixTimestamp(SliceStart) AS start, Good AS good, Total AS total
  FROM slo_slices FINAL
  WHERE Project = {project:String} AND Slo = {slo:String} AND Group = {group:String}`;

/** Stored minutes of the range's first and last hour, and 10-second slices of its last minute, outside the range. */
async function slicesBeside(
  database: Database,
  project: string,
  key: SliceKey,
  range: TimeRange,
): Promise<Slice[]> {
  const parameters = {
    hourStart: seconds(floorTime(range.from, HOUR)),
    from: seconds(range.from),
    to: seconds(range.to),
    minuteEnd: seconds(ceilTime(range.to, MINUTE)),
    hourEnd: seconds(ceilTime(range.to, HOUR)),
  };
  if (parameters.hourStart === parameters.from && parameters.to === parameters.hourEnd) {
    return [];
  }
  const at = (name: string): string => `fromUnixTimestamp({${name}:UInt32})`;
  const rows = await database.query<SliceJson>(
    `${SELECT_SLICES} AND (
        (Resolution = 60 AND SliceStart >= ${at('hourStart')} AND SliceStart < ${at('from')})
        OR (Resolution = 60 AND SliceStart >= ${at('minuteEnd')} AND SliceStart < ${at('hourEnd')})
        OR (Resolution = 10 AND SliceStart >= ${at('to')} AND SliceStart < ${at('minuteEnd')}))`,
    { project, ...key, ...parameters },
    { tag: 'slo-slices.beside', settings: FINAL_SETTINGS },
  );
  return rows.map(toSlice);
}

function toSlice(row: SliceJson): Slice {
  return {
    resolution: row.resolution * 1000,
    start: row.start * 1000,
    good: toNumber(row.good),
    total: toNumber(row.total),
  };
}

async function sums(
  database: Database,
  project: string,
  key: SliceKey,
  { windowEnd, windows, now }: { windowEnd: number; windows: readonly number[]; now: number },
): Promise<Map<number, WindowCount>> {
  const plans = windows.map((length) => ({ length, parts: windowParts(windowEnd, length, now) }));
  const parameters: Record<string, ParameterValue> = { project, ...key };
  const conditions = plans.map(({ parts }, plan) =>
    parts.map((part, index) => {
      const name = `w${plan}_${index}`;
      parameters[`${name}_from`] = seconds(part.from);
      parameters[`${name}_to`] = seconds(part.to);
      return `(Resolution = ${part.resolution / 1000} AND SliceStart >= fromUnixTimestamp({${name}_from:UInt32})
        AND SliceStart < fromUnixTimestamp({${name}_to:UInt32}))`;
    }),
  );
  if (conditions.flat().length === 0) {
    return new Map(windows.map((length) => [length, { good: 0, total: 0, from: windowEnd - length }]));
  }
  const cells = conditions.map((parts, plan) => {
    const condition = parts.length === 0 ? 'false' : parts.join(' OR ');
    return `sumIf(Good, ${condition}) AS good${plan}, sumIf(Total, ${condition}) AS total${plan}`;
  });
  const [row] = await database.query<Record<string, string>>(
    `SELECT ${cells.join(', ')} FROM slo_slices FINAL
     WHERE Project = {project:String} AND Slo = {slo:String} AND Group = {group:String}
       AND (${conditions.flat().join(' OR ')})`,
    parameters,
    { tag: 'slo-slices.sums', settings: FINAL_SETTINGS },
  );
  return new Map(
    plans.map(({ length, parts }, plan) => [
      length,
      {
        good: toNumber(row?.[`good${plan}`] ?? 0),
        total: toNumber(row?.[`total${plan}`] ?? 0),
        from: parts[0]?.from ?? windowEnd - length,
      },
    ]),
  );
}

async function lastComputed(database: Database, project: string, key: SliceKey): Promise<number | null> {
  const [row] = await database.query<{ slices: string; last: string }>(
    `SELECT count() AS slices, max(toUnixTimestamp(SliceStart) + if(Resolution = 10, 10, 0)) AS last
     FROM slo_slices WHERE Project = {project:String} AND Slo = {slo:String} AND Group = {group:String}`,
    { project, ...key },
    { tag: 'slo-slices.last-computed' },
  );
  return row === undefined || toNumber(row.slices) === 0 ? null : toNumber(row.last) * 1000;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

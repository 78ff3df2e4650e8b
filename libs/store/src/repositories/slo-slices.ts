import { floorTime } from '@tidewatch/core';
import type { TimeRange } from '@tidewatch/core';
import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import { HOUR, keptFor, type SliceResolution } from '../slices/slice-lengths.js';
import { SLO_SLICES, type SliceRow } from '../slices/slice-table.js';
import { sumWindows, type WindowSums, type WindowsQuery } from '../slices/sum-windows.js';
import { encodeRows } from '../table-definition.js';

/** Names the slices of one part of an SLO and one group; the group is empty for everything. */
export interface SliceKey {
  readonly slo: string;
  readonly group: string;
}

/** One stored slice, without the names. */
export interface Slice {
  readonly resolution: SliceResolution;
  readonly start: number;
  readonly good: number;
  readonly total: number;
}

/** Stretches of slices of one length. */
export interface SliceSpanQuery {
  readonly resolution: SliceResolution;
  readonly range: TimeRange;
}

/** Which slices are read. */
export interface SliceFilter {
  readonly slos?: readonly string[];
  readonly group?: string;
}

/** From when to when the slices of a part have been counted. Milliseconds since the epoch. */
export interface CountedSpan {
  readonly from: number;
  readonly to: number;
  /** Until when there are hours; `from` without any. */
  readonly hoursTo: number;
}

/** Keeps good and total per slice, and adds them up to windows. */
export interface SloSlicesRepository {
  /**
   * Stores slices of 10 seconds, minutes or hours; a slice that is there already is replaced. Slices that are kept no longer are left
   * out.
   *
   * @param version time of the computation: the later wins
   */
  write(project: string, slices: readonly SliceRow[], version: number): Promise<void>;
  /** Makes the hours of `range` from their minutes, for all groups of some parts. Safe to repeat. */
  rollUpHours(project: string, slos: readonly string[], range: TimeRange, version: number): Promise<void>;
  /** Good and total of several windows for all groups of some parts; see {@link sumWindows}. */
  sums(project: string, query: WindowsQuery): Promise<WindowSums>;
  /** The slices of some stretches, of all parts and groups of the project, or of those named. */
  spans(project: string, spans: readonly SliceSpanQuery[], only?: SliceFilter): Promise<SliceRow[]>;
  /** The stored slices of one length in `range`, oldest first. */
  slices(project: string, key: SliceKey, resolution: SliceResolution, range: TimeRange): Promise<Slice[]>;
  /** What has been counted so far of each part, without gaps. */
  counted(project: string): Promise<Map<string, CountedSpan>>;
  /** Groups of some parts that have slices of minutes or hours, without the one of everything. */
  groups(project: string, slos: readonly string[]): Promise<Map<string, string[]>>;
}

/** Small reads of a few parts: a second thread costs more to start than it saves. */
const FINAL = { do_not_merge_across_partitions_select_final: 1 };

/** Opens the repository. */
export function sloSlicesRepository(database: Database, writer: BlockWriter): SloSlicesRepository {
  return {
    write: async (project, slices, version) => {
      const rows = slices
        .filter(({ resolution, start }) => start >= version - keptFor(resolution))
        .map((slice) => ({ ...slice, project, version }));
      if (rows.length > 0) {
        // One insert for all lengths and many SLOs: partitions are few, and a slice that is lost is computed again.
        await writer.append(SLO_SLICES, {
          rows: rows.length,
          bytes: encodeRows(SLO_SLICES, rows),
          day: 0,
        });
      }
    },
    rollUpHours: (project, slos, range, version) =>
      database.insertSelect(
        `INSERT INTO slo_slices (Project, Resolution, SliceStart, Slo, Group, Good, Total, Version)
         SELECT Project, 3600, toStartOfHour(SliceStart) AS hour, Slo, Group, sum(Good), sum(Total), {version:UInt64}
         FROM slo_slices FINAL
         WHERE Project = {project:String} AND Resolution = 60 AND SliceStart >= fromUnixTimestamp({from:UInt32})
           AND SliceStart < fromUnixTimestamp({to:UInt32}) AND Slo IN {slos:Array(String)}
         GROUP BY Project, hour, Slo, Group`,
        {
          project,
          slos,
          version,
          from: floorTime(range.from, HOUR) / 1000,
          to: floorTime(range.to, HOUR) / 1000,
        },
        { tag: 'slo-slices.hours', settings: FINAL },
      ),
    sums: (project, query) => sumWindows(database, project, query),
    spans: (project, spans, only = {}) => readSpans(database, project, spans, only),
    slices: async (project, { slo, group }, resolution, range) => {
      const rows = await readSpans(database, project, [{ resolution, range }], { slos: [slo], group });
      return rows
        .map(({ start, good, total }) => ({ resolution, start, good, total }))
        .sort((a, b) => a.start - b.start);
    },
    counted: (project) => counted(database, project),
    groups: async (project, slos) => {
      const rows = await database.query<{ slo: string; groups: string[] }>(
        `SELECT Slo AS slo, groupUniqArray(toString(Group)) AS groups FROM slo_slices
         WHERE Project = {project:String} AND Resolution IN (60, 3600) AND Slo IN {slos:Array(String)} AND Group != ''
         GROUP BY slo`,
        { project, slos },
        { tag: 'slo-slices.groups' },
      );
      return new Map(rows.map(({ slo, groups }) => [slo, groups]));
    },
  };
}

async function readSpans(
  database: Database,
  project: string,
  spans: readonly SliceSpanQuery[],
  { slos, group }: SliceFilter,
): Promise<SliceRow[]> {
  if (spans.length === 0) {
    return [];
  }
  const conditions = spans.map(
    (
      { resolution },
      index,
    ) => `(Resolution = ${resolution / 1000} AND SliceStart >= fromUnixTimestamp({from${index}:UInt32})
        AND SliceStart < fromUnixTimestamp({to${index}:UInt32}))`,
  );
  const parameters = Object.fromEntries(
    spans.flatMap(({ range }, index) => [
      [`from${index}`, Math.floor(range.from / 1000)],
      [`to${index}`, Math.ceil(range.to / 1000)],
    ]),
  );
  const buffer = await database.queryBinary(
    `SELECT toString(Slo), toString(Group), Resolution, toUnixTimestamp(SliceStart), Good, Total
     FROM slo_slices FINAL
     WHERE Project = {project:String} AND (${conditions.join(' OR ')})
       ${slos === undefined ? '' : 'AND Slo IN {slos:Array(String)}'} ${group === undefined ? '' : 'AND Group = {group:String}'}`,
    {
      project,
      ...parameters,
      ...(slos === undefined ? {} : { slos }),
      ...(group === undefined ? {} : { group }),
    },
    { tag: 'slo-slices.spans', rows: 10_000_000, settings: FINAL },
  );
  const reader = new RowBinaryReader(buffer);
  const rows: SliceRow[] = [];
  while (reader.more) {
    rows.push({
      slo: reader.text(),
      group: reader.text(),
      resolution: (reader.uint16() * 1000) as SliceResolution,
      start: reader.uint32() * 1000,
      good: reader.int64(),
      total: reader.uint64(),
    });
  }
  return rows;
}

/**
 * Counting goes on at the end and backwards at the beginning, so that what is there has no gaps. Going backwards, hours are written after
 * their minutes: where there are any, the first of them is the beginning.
 */
async function counted(database: Database, project: string): Promise<Map<string, CountedSpan>> {
  const rows = await database.query<{ slo: string; first: string; last: string; hours: string }>(
    `SELECT Slo AS slo,
       toUnixTimestamp(if(countIf(Resolution = 3600) > 0, minIf(SliceStart, Resolution = 3600),
         minIf(SliceStart, Resolution = 60))) AS first,
       max(toUnixTimestamp(SliceStart) + Resolution) AS last,
       if(countIf(Resolution = 3600) > 0, maxIf(toUnixTimestamp(SliceStart), Resolution = 3600) + 3600, first) AS hours
     FROM slo_slices
     WHERE Project = {project:String} AND Resolution IN (60, 3600) AND Group = ''
     GROUP BY slo`,
    { project },
    { tag: 'slo-slices.counted' },
  );
  return new Map(
    rows.map(({ slo, first, last, hours }) => [
      slo,
      { from: toNumber(first) * 1000, to: toNumber(last) * 1000, hoursTo: toNumber(hours) * 1000 },
    ]),
  );
}

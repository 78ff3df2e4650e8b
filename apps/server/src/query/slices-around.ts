import { floorTime, type TimeRange } from '@tidewatch/core';
import { mergeRanges, subtractRanges, type SliceCount } from '@tidewatch/slo';
import type { CountedSpan, SliceResolution, SliceSpanQuery, Store } from '@tidewatch/store';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Minutes are kept 100 days. */
const MINUTES_READABLE_MS = 99 * 24 * HOUR_MS;
/** Each stretch is a condition of the statement; beyond this many, reading all minutes between is cheaper. */
const MOST_STRETCHES = 40;

/** Which slices to read, and where precision matters. */
export interface SlicesQuery {
  /** Names under which the parts of an SLO are kept. */
  readonly keys: readonly string[];
  /** Aligned to minutes. */
  readonly range: TimeRange;
  /** Moments that slices must not straddle. */
  readonly edges: readonly number[];
  readonly now: number;
  /** What has been counted of each key, for who knows it already; read anew otherwise. */
  readonly counted?: ReadonlyMap<string, CountedSpan>;
  /** Reads this group alone. */
  readonly group?: string;
}

/**
 * The slices of every group (or of one) in a range, one ascending list per key: hours, but minutes wherever an edge falls into an hour.
 */
export async function slicesAround(
  { sloSlices }: Pick<Store, 'sloSlices'>,
  project: string,
  query: SlicesQuery,
): Promise<Map<string, SliceCount[][]>> {
  const { keys } = query;
  const counted = query.counted ?? (await sloSlices.counted(project));
  const hoursUntil = Math.min(...keys.map((key) => counted.get(key)?.hoursTo ?? query.range.from));
  const rows = await sloSlices.spans(project, stretches(query, hoursUntil), {
    slos: keys,
    group: query.group,
  });
  const byGroup = new Map<string, SliceCount[][]>();
  for (const { group, slo, start, good, total } of rows) {
    let parts = byGroup.get(group);
    if (parts === undefined) {
      parts = keys.map(() => []);
      byGroup.set(group, parts);
    }
    parts[keys.indexOf(slo)]?.push({ start, good, total });
  }
  for (const slices of [...byGroup.values()].flat()) {
    slices.sort((a, b) => a.start - b.start);
  }
  return byGroup;
}

function stretches({ range, edges, now }: SlicesQuery, hoursUntil: number): SliceSpanQuery[] {
  const sharp = [range.from, range.to, ...edges]
    .filter((edge) => edge % HOUR_MS !== 0 && edge >= now - MINUTES_READABLE_MS)
    .map((edge) => floorTime(edge, HOUR_MS))
    .map((hour) => ({ from: hour, to: hour + HOUR_MS }));
  const unfinished = {
    from: Math.max(hoursUntil, floorTime(now - MINUTES_READABLE_MS, HOUR_MS)),
    to: range.to,
  };
  const exact = mergeRanges([...sharp, unfinished], range);
  const minutes =
    exact.length > MOST_STRETCHES ? mergeRanges([{ from: exact[0]?.from ?? 0, to: range.to }], range) : exact;
  const hours = subtractRanges([range], minutes).map(({ from, to }) => ({
    from: floorTime(from, HOUR_MS),
    to,
  }));
  const spans = (resolution: SliceResolution, ranges: readonly TimeRange[]): SliceSpanQuery[] =>
    ranges.map((each) => ({ resolution, range: each }));
  return [...spans(MINUTE_MS, minutes), ...spans(HOUR_MS, hours)];
}

import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { windowParts, type SliceAges, type WindowPart } from './window-parts.js';

/** Which windows of which parts of SLOs are added up. */
export interface WindowsQuery {
  readonly slos: readonly string[];
  /** Only this group; default all. */
  readonly group?: string;
  /** Milliseconds since the epoch. */
  readonly windows: readonly { readonly from: number; readonly to: number }[];
  readonly ages: SliceAges;
}

/** Good and total of one window. */
export interface WindowSum {
  readonly good: number;
  readonly total: number;
}

/** Sums in the order of the windows, by part and group. */
export type WindowSums = Map<string, Map<string, WindowSum[]>>;

/**
 * Good and total of each window, for all groups of the parts that have any slice in one of them.
 *
 * See {@link windowParts} for what exactly a window covers. Slices that were not computed count as empty.
 */
export async function sumWindows(
  database: Database,
  project: string,
  { slos, windows, ages, group }: WindowsQuery,
): Promise<WindowSums> {
  const plans = windows.map(({ from, to }) => windowParts(from, to, ages));
  const parameters: Record<string, number> = {};
  const columns = plans.map((parts, plan) => {
    const condition = conditionOf(parts, `w${plan}`, parameters);
    return `sumIf(Good, ${condition}), sumIf(Total, ${condition})`;
  });
  const needed = conditionOf(hulls(plans.flat()), 'h', parameters);
  if (slos.length === 0 || windows.length === 0 || plans.every((parts) => parts.length === 0)) {
    return new Map();
  }
  const buffer = await database.queryBinary(
    `SELECT toString(Slo), toString(Group), ${columns.join(', ')}
     FROM slo_slices FINAL
     WHERE Project = {project:String} AND ${needed} AND Slo IN {slos:Array(String)}
       ${group === undefined ? '' : 'AND Group = {group:String}'}
     GROUP BY Slo, Group`,
    { project, slos, ...parameters, ...(group === undefined ? {} : { group }) },
    { tag: 'slo-slices.sums', settings: { do_not_merge_across_partitions_select_final: 1 } },
  );
  const reader = new RowBinaryReader(buffer);
  const sums: WindowSums = new Map();
  while (reader.more) {
    const slo = reader.text();
    const groups = sums.get(slo) ?? new Map<string, WindowSum[]>();
    sums.set(slo, groups);
    groups.set(
      reader.text(),
      windows.map(() => ({ good: reader.int64(), total: reader.uint64() })),
    );
  }
  return sums;
}

/** SQL of "the slice is in one of `parts`"; binds their bounds as parameters that begin with `prefix`. */
function conditionOf(
  parts: readonly WindowPart[],
  prefix: string,
  parameters: Record<string, number>,
): string {
  const conditions = parts.map(({ resolution, from, to }, index) => {
    parameters[`${prefix}_${index}_from`] = from / 1000;
    parameters[`${prefix}_${index}_to`] = to / 1000;
    return `(Resolution = ${resolution / 1000} AND SliceStart >= fromUnixTimestamp({${prefix}_${index}_from:UInt32})
        AND SliceStart < fromUnixTimestamp({${prefix}_${index}_to:UInt32}))`;
  });
  return conditions.length === 0 ? '0' : `(${conditions.join(' OR ')})`;
}

/** What has to be read: overlapping parts of one length joined. */
function hulls(parts: readonly WindowPart[]): WindowPart[] {
  const joined: { resolution: number; from: number; to: number }[] = [];
  for (const part of parts.toSorted((a, b) => a.resolution - b.resolution || a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && last.resolution === part.resolution && part.from <= last.to) {
      last.to = Math.max(last.to, part.to);
    } else {
      joined.push({ ...part });
    }
  }
  return joined;
}

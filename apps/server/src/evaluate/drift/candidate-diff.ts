import { floorTime, spanOf, type TimeRange } from '@tidewatch/core';
import {
  DEFAULT_EFFECTS,
  diffBaselines,
  variableOf,
  type BaselineDiff,
  type ComparingMonitor,
} from '@tidewatch/drift';
import type { BaselineProfile, BaselineVersion, Store } from '@tidewatch/store';
import { projectOfRule } from '../rule-project.js';
import { baselineRanges } from './baseline-ranges.js';
import type { CountedStreams } from './counted-streams.js';
import { streamsOf, sumByKey } from './monitor-streams.js';

/** Two versions of a baseline: the one in force, and what would take its place. */
export interface Replacement {
  readonly active: BaselineVersion;
  readonly profiles: Iterable<BaselineProfile>;
  readonly candidate: readonly BaselineProfile[];
}

/** What a candidate would change: samples of its time beside those of the time when the version in force was made. */
export async function candidateDiff(
  { store, streams }: { readonly store: Pick<Store, 'featureCounts'>; readonly streams: CountedStreams },
  monitor: ComparingMonitor,
  window: TimeRange,
  { active, profiles, candidate }: Replacement,
): Promise<BaselineDiff> {
  const project = projectOfRule(monitor);
  const { reference: stream } = streamsOf(monitor, { grid: { name: active.name, version: active.version } });
  const made = floorTime(active.createdAt - monitor.maturityMs, monitor.bucketMs);
  const sumsOf = async (of: TimeRange) => {
    const ranges = baselineRanges(monitor, of);
    if (stream === null || ranges.length === 0) {
      return sumByKey([]);
    }
    await streams.bringUpTo(project, stream, spanOf(ranges));
    return sumByKey(await store.featureCounts.sums(project, stream, { ranges, segments: [''] }));
  };
  const before = await sumsOf({ from: made - monitor.windowMs, to: made });
  const after = await sumsOf(window);
  const known = [...profiles];
  const comparisons = known.flatMap(({ variable, grid }) => {
    const [reference, current] = [before, after].map((side) => side.get(variable)?.get(''));
    return reference === undefined || current === undefined
      ? []
      : [{ variable: variableOf(variable), segment: '', grid, reference, current }];
  });
  return diffBaselines(
    { version: active.version, before: typesOf(known), after: typesOf(candidate) },
    comparisons,
    monitor.minimumEffect ?? DEFAULT_EFFECTS,
  );
}

function typesOf(profiles: readonly BaselineProfile[]): ReadonlyMap<string, string> {
  return new Map(profiles.map(({ variable, type }) => [variable, type]));
}

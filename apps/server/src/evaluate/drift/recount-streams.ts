import type { TimeRange } from '@tidewatch/core';
import type { ComparingMonitor } from '@tidewatch/drift';
import { projectOfRule } from '../rule-project.js';
import { streamsOf } from './monitor-streams.js';
import type { CountedStreams } from './counted-streams.js';
import type { ResolvedBaseline } from './monitor-baselines.js';

/**
 * Counts the buckets again that late samples reached into, of a monitor's windows and of its baseline.
 *
 * @returns the stretches of the windows' buckets that were counted again
 */
export async function recountStreams(
  streams: CountedStreams,
  monitor: ComparingMonitor,
  baseline: ResolvedBaseline,
  late: readonly TimeRange[],
): Promise<readonly TimeRange[]> {
  const project = projectOfRule(monitor);
  const { window: current, reference } = streamsOf(monitor, baseline);
  const reopened = await streams.recount(project, current, late);
  if (reference !== null && reference !== current) {
    await streams.recount(project, reference, late);
  }
  return reopened;
}

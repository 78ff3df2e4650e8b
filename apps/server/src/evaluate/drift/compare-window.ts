import { spanOf, type TimeRange } from '@tidewatch/core';
import {
  emptyCounted,
  variableOf,
  type ComparingMonitor,
  type VariableComparison,
  type VariableProblem,
} from '@tidewatch/drift';
import type { CountStream, Store } from '@tidewatch/store';
import { projectOfRule } from '../rule-project.js';
import { armsOf } from './arms-of.js';
import { baselineRanges } from './baseline-ranges.js';
import { sourceOf, type CountedStreams } from './counted-streams.js';
import { isWatched, type ResolvedBaseline } from './monitor-baselines.js';
import { streamsOf, sumByKey } from './monitor-streams.js';

/** The variables of a window beside their baseline, and those that cannot be compared. */
export interface WindowComparison {
  readonly comparisons: VariableComparison[];
  readonly problems: VariableProblem[];
  /** Ids of the watched variables that samples of the window have. */
  readonly present: readonly string[];
}

/** Counts what is missing of a window and its baseline, and puts both side by side. */
export async function compareWindow(
  store: Pick<Store, 'featureCounts' | 'variables'>,
  streams: CountedStreams,
  monitor: ComparingMonitor,
  baseline: ResolvedBaseline,
  window: TimeRange,
): Promise<WindowComparison> {
  const project = projectOfRule(monitor);
  const { window: current, reference } = streamsOf(monitor, baseline);
  const ranges = baselineRanges(monitor, window);
  await bringUp(streams, project, { current, reference, ranges, window });
  const arms = await armsOf((range) => store.featureCounts.arms(project, current, range), monitor.baseline, {
    ranges,
    window,
  });
  const counts = sumByKey(
    await store.featureCounts.sums(project, current, { ranges: [window], ...arms.current }),
  );
  const references =
    reference === null
      ? null
      : sumByKey(await store.featureCounts.sums(project, reference, { ranges, ...arms.reference }));
  const comparisons = [...baseline.profiles.values()]
    .filter(({ variable }) => isWatched(monitor, variable))
    .flatMap((profile) => {
      const { variable, grid, counted } = profile;
      const segments = new Set(['', ...(counts.get(variable)?.keys() ?? [])]);
      return [...segments].sort().map((segment) => ({
        variable: variableOf(variable),
        segment,
        grid,
        // A dataset without tags stands for every segment.
        reference:
          references === null ? counted : (references.get(variable)?.get(segment) ?? emptyCounted(grid)),
        current: counts.get(variable)?.get(segment) ?? emptyCounted(grid),
      }));
    });
  const names = await store.variables.names(project, sourceOf(monitor), window);
  const present = names.filter((id) => isWatched(monitor, id));
  const unknown = unknownVariables(monitor, baseline, present);
  const problems = comparisons.length + unknown.length > 0 ? unknown : [nothingToCompare(monitor, baseline)];
  return { comparisons, problems, present };
}

async function bringUp(
  streams: CountedStreams,
  project: string,
  {
    current,
    reference,
    ranges,
    window,
  }: { current: CountStream; reference: CountStream | null; ranges: readonly TimeRange[]; window: TimeRange },
): Promise<void> {
  const shared = reference === current;
  await streams.bringUpTo(project, current, {
    from: shared ? spanOf([window, ...ranges]).from : window.from,
    to: window.to,
  });
  if (reference !== null && !shared) {
    await streams.bringUpTo(project, reference, spanOf(ranges));
  }
}

/** A baseline that has nothing of what a monitor watches: saying nothing would look as if all were well. */
function nothingToCompare({ truth }: ComparingMonitor, { name }: ResolvedBaseline): VariableProblem {
  return {
    variable: truth === null ? { source: 'feature', name: 'all' } : { source: 'truth', name: 'label' },
    segment: '',
    message: `baseline ${name} has ${truth === null ? 'nothing that the monitor watches' : 'no labels'}.`,
    kind: 'no-data',
  };
}

/** Variables that a rule names, or that samples have, and the baseline does not. */
function unknownVariables(
  monitor: ComparingMonitor,
  { name, profiles }: ResolvedBaseline,
  present: readonly string[],
): VariableProblem[] {
  // A baseline of features alone is complete: outputs that it lacks were not asked about.
  const features = present.filter((id) => variableOf(id).source === 'feature');
  const named = Array.isArray(monitor.features) ? (monitor.features as readonly string[]) : [];
  const ids = [...new Set([...features, ...named])].sort();
  return ids
    .filter((id) => !profiles.has(id))
    .map((id) => {
      const variable = variableOf(id);
      return {
        variable,
        segment: '',
        message: `baseline ${name} has no feature ${variable.name}.`,
        kind: 'no-data' as const,
      };
    });
}

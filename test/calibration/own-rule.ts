import {
  countValues,
  driftMonitorSchema,
  emptyCounted,
  gridFromCategories,
  gridFromQuantiles,
  judgeRun,
  type Counted,
  type Grid,
  type PreviousDecision,
} from '@tidewatch/drift';
import type { CurrentFeature, PreparedRule, ReferenceFeature, Rule } from './rule.js';

const FIRST = 5;

/** The defaults of a drift monitor: what this repository ships, run as the server runs it. */
export const ownRule: Rule = {
  name: 'Tidewatch',
  text: 'three conditions: corrected p below the false-alarm budget (1 per 30 days), lower bound of the effect above its minimum, both for one window',
  prepare: (reference) => prepareOwn(reference, undefined),
};

/** The same by one window alone: the first two conditions. What a window by itself shows, before it has lasted. */
export const ownRuleAtOnce: Rule = {
  name: 'Tidewatch, before the hold time',
  text: 'the first two conditions by one window alone',
  prepare: (reference) => prepareOwn(reference, '0s'),
};

function prepareOwn(reference: readonly ReferenceFeature[], hold: string | undefined): PreparedRule {
  const monitor = driftMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'DriftMonitor',
    metadata: { name: 'calibrated' },
    spec: {
      model: 'simulated',
      baseline: { kind: 'fixed', name: 'training' },
      minimumSamples: 50,
      ...(hold === undefined ? {} : { hold }),
    },
  });
  const baselines = reference.map(baselineOf);
  let previous: ReadonlyMap<string, PreviousDecision> = new Map();
  return {
    flags: (current, at) => {
      const verdicts = judgeRun({
        monitor,
        window: { from: at - monitor.windowMs, to: at },
        baseline: { name: 'training', version: 1 },
        comparisons: current.map((feature, index) => ({
          variable: { source: 'feature', name: `f${index}` },
          segment: '',
          grid: baselines[index]!.grid,
          reference: baselines[index]!.counted,
          current: countFeature(baselines[index]!.grid, feature),
        })),
        problems: [],
        previous,
        revised: false,
      });
      previous = new Map(verdicts.map(({ subject, since }) => [subject, { windowEnd: at, since }]));
      const alarms = new Set(
        verdicts.filter(({ state }) => state === 'alarm').map(({ variable }) => variable),
      );
      return current.map((_, index) => alarms.has(`f${index}`));
    },
    reset: () => {
      previous = new Map();
    },
  };
}

function baselineOf(reference: ReferenceFeature): { grid: Grid; counted: Counted } {
  if (reference.type === 'categorical') {
    const names = [...reference.counts].map((count, index) => [nameOf(index), count] as const);
    const grid = gridFromCategories(names);
    const counted = emptyCounted(grid);
    names.forEach(([name, count]) => {
      counted.counts[FIRST + grid.categories.indexOf(name)] = count;
    });
    return { grid, counted: { ...counted, lag: null } };
  }
  const { sorted } = reference;
  const grid = gridFromQuantiles(
    Array.from({ length: 1_001 }, (_, level) => sorted[Math.floor((level / 1_000) * (sorted.length - 1))]!),
  );
  return { grid, counted: { ...countValues(grid, sorted), lag: null } };
}

function countFeature(grid: Grid, feature: CurrentFeature): Counted {
  return feature.type === 'numeric'
    ? countValues(grid, feature.values)
    : countValues(grid, Array.from(feature.values, nameOf));
}

function nameOf(category: number): string {
  return `c${category}`;
}

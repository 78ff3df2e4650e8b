import { inflationOf } from '../judge/judge-run.js';
import { driftMetrics, type DriftMetricName } from '../metrics/index.js';
import type { VariableComparison } from '../grid/counted.js';
import { variableId } from '../variables/variable.js';

/** How much one variable changed between two versions of a baseline, by one metric. */
export interface BaselineChange {
  readonly variable: string;
  readonly test: DriftMetricName;
  readonly effectName: string;
  readonly statistic: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Whether the change is certainly larger than what the monitor takes for drift. */
  readonly large: boolean;
}

/** What changed between two versions of a baseline, for whoever approves the later one. JSON-serialisable. */
export interface BaselineDiff {
  /** Version that it is compared with. */
  readonly against: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Variables whose values were numbers and are texts now, or the other way round. */
  readonly retyped: readonly string[];
  /** The largest first, each in multiples of what matters. */
  readonly changes: readonly BaselineChange[];
}

/** A version as far as its variables go: types by id. */
export type VariableTypes = ReadonlyMap<string, string>;

/** Changes that are listed: enough to decide, few enough to read. */
const MOST_CHANGES = 100;

/**
 * What a new version of a baseline would change.
 *
 * @param comparisons samples of the new version's time (`current`) beside those of the old one's (`reference`), over the old
 *   version's cells
 */
export function diffBaselines(
  {
    version,
    before,
    after,
  }: { readonly version: number; readonly before: VariableTypes; readonly after: VariableTypes },
  comparisons: readonly VariableComparison[],
  minimumEffect: Readonly<Partial<Record<DriftMetricName, number>>>,
): BaselineDiff {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const size = ({ test, statistic }: BaselineChange): number =>
    statistic / Math.max(minimumEffect[test] ?? 0, 1e-9);
  return {
    against: version,
    added: names.filter((name) => !before.has(name)),
    removed: names.filter((name) => !after.has(name)),
    retyped: names.filter(
      (name) => before.has(name) && after.has(name) && before.get(name) !== after.get(name),
    ),
    changes: comparisons
      .flatMap((comparison) => changesOf(comparison, minimumEffect))
      .sort((a, b) => size(b) - size(a))
      .slice(0, MOST_CHANGES),
  };
}

function changesOf(
  { variable, grid, reference, current }: VariableComparison,
  minimumEffect: Readonly<Partial<Record<DriftMetricName, number>>>,
): BaselineChange[] {
  const inflation = { current: inflationOf(grid, current), reference: inflationOf(grid, reference) };
  return (Object.keys(minimumEffect) as DriftMetricName[]).flatMap((test) => {
    const metric = driftMetrics[test];
    const measured = metric.appliesTo.includes(grid.type)
      ? metric.measure({ grid, reference, current, inflation })
      : null;
    return measured === null
      ? []
      : [
          {
            variable: variableId(variable),
            test,
            effectName: metric.effectName,
            statistic: measured.statistic,
            low: measured.low,
            high: Number.isFinite(measured.high) ? measured.high : measured.statistic,
            large: measured.low > (minimumEffect[test] ?? 0),
          },
        ];
  });
}

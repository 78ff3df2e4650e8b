import { rowsOf } from '../grid/count-values.js';
import type { VariableComparison } from '../grid/counted.js';
import { inflationOf } from '../judge/judge-run.js';
import { variableId } from '../variables/variable.js';
import { countOf, shortNumber } from '../wording.js';
import type { CheckFinding } from './check-finding.js';
import type { QualityInput } from './quality-input.js';
import { shareAbove } from './share-above.js';

/** A share of samples that a check looks at in every variable and segment. */
export interface CountedShare {
  readonly effectName: string;
  /** `lacks a usable value`: said of the variable in samples. */
  readonly predicate: string | ((comparison: VariableComparison) => string);
  readonly minimumEffect: number;
  /** Whether the variable can be looked at. */
  readonly applies: (comparison: VariableComparison) => boolean;
  /** How many samples are meant. */
  readonly count: (counts: Float64Array, comparison: VariableComparison) => number;
}

/** Compares a share of the window's samples with the baseline's, in every variable and segment. */
export function countedShares(
  { comparisons, monitor }: QualityInput,
  { effectName, predicate, minimumEffect, applies, count }: CountedShare,
): CheckFinding[] {
  const wholes = new Map(
    comparisons.flatMap((each) => (each.segment === '' ? [[variableId(each.variable), each] as const] : [])),
  );
  return comparisons.filter(applies).map((comparison) => {
    const said = typeof predicate === 'string' ? predicate : predicate(comparison);
    const { variable, segment, grid, current, reference } = comparison;
    const id = variableId(variable);
    const [n, m] = [rowsOf(current), rowsOf(reference)];
    const title = `${id}${segment === '' ? '' : ` in ${segment}`}`;
    const about = { variable: id, segment, about: '', title, effectName, n, m, certain: false };
    if (Math.min(n, m) < Math.max(1, monitor.minimumSamples)) {
      return {
        ...about,
        measured: null,
        finding: `${title} has ${countOf(n, 'sample')} in the window and ${countOf(m, 'sample')} in the baseline, and the monitor asks for at least ${countOf(monitor.minimumSamples, 'sample')} on each side`,
      };
    }
    const whole = wholes.get(id) ?? comparison;
    const inflation = {
      current: inflationOf(grid, whole.current),
      reference: inflationOf(grid, whole.reference),
    };
    const k = count(current.counts, comparison);
    const l = count(reference.counts, comparison);
    return {
      ...about,
      measured: shareAbove({ k, n }, { l, m }, minimumEffect, inflation),
      finding: `${title} ${said} in ${shareText(k, n)} of ${countOf(n, 'sample')}, and in ${shareText(l, m)} of ${countOf(m, 'sample')} of the baseline`,
    };
  });
}

/** `12 %`, `0.03 %`, `none`. */
export function shareText(k: number, n: number): string {
  return k === 0 ? 'none' : `${shortNumber((100 * k) / n)} %`;
}

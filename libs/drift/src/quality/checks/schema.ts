import { rowsOf } from '../../grid/count-values.js';
import { CELL } from '../../grid/grid.js';
import { variableId, variableOf } from '../../variables/variable.js';
import { countOf } from '../../wording.js';
import type { CheckFinding, QualityCheck } from '../check-finding.js';
import { shareText } from '../counted-share.js';
import { shareAbove } from '../share-above.js';
import type { QualityInput } from '../quality-input.js';

/** Features that no sample has any more, and features that the baseline does not know. */
export const schema: QualityCheck<'schema'> = {
  name: 'schema',
  label: 'schema',
  needsBaseline: true,
  find: (input) => [...vanishedFeatures(input), ...newFeatures(input)],
};

/** One that was rare may be absent by chance: Fisher's exact p of its share. */
function vanishedFeatures({ comparisons, columns, monitor }: QualityInput): CheckFinding[] {
  const present = new Set(columns.window);
  return comparisons
    .filter(
      ({ segment, current }) => segment === '' && rowsOf(current) >= Math.max(1, monitor.minimumSamples),
    )
    .map(({ variable, current, reference }) => {
      const id = variableId(variable);
      const [n, m] = [rowsOf(current), rowsOf(reference)];
      const had = m - reference.counts[CELL.null]!;
      const has = n - current.counts[CELL.null]!;
      const gone = has === 0 && !present.has(id);
      const enough = m > 0;
      return {
        ...about(id),
        effectName: 'the share of samples that had it',
        n,
        m,
        measured: enough ? shareAbove({ k: gone ? had : 0, n: m }, { l: 0, m: n }, 0) : null,
        certain: false,
        finding: !enough
          ? `the baseline has no samples with ${id}`
          : gone
            ? `${id} is in none of ${countOf(n, 'sample')}, and was in ${shareText(had, m)} of the baseline`
            : `${id} is there`,
      };
    });
}

/** One sample with a new feature is enough to know of it. */
function newFeatures({ columns, traffic }: QualityInput): CheckFinding[] {
  const known = new Set(columns.baseline);
  return columns.window
    .filter((id) => !known.has(id) && variableOf(id).source === 'feature')
    .map((id) => ({
      ...about(id),
      effectName: 'whether it is new',
      n: traffic.samples,
      m: 0,
      measured: { statistic: 1, low: 1, high: 1, pValue: 0, method: 'seen', minimumEffect: 0 },
      certain: true,
      finding: `${id} is sent, and the baseline does not know it`,
    }));
}

function about(id: string) {
  return { variable: id, segment: '', about: '', title: id };
}

import type { MonitorVerdict } from '../api.js';
import { formatQuantity } from '../format.js';
import { ClusterShares } from './cluster-shares.js';
import { ExampleIds } from './example-ids.js';

/** Clusters shown; the view in two dimensions shows the others. */
const SHOWN = 5;

/** Whether a verdict that somebody may have to act on comes with clusters or predictions that show it. */
export function hasEvidence({ state, clusters = [], examples = [] }: MonitorVerdict): boolean {
  return state !== 'ok' && clusters.length + examples.length > 0;
}

/** What shows a verdict: the clusters that moved, or predictions. */
export function VerdictEvidence({ verdict }: { verdict: MonitorVerdict }) {
  const { clusters = [], examples = [], title } = verdict;
  if (clusters.length === 0) {
    return (
      <p class="evidence">
        <ExampleIds
          ids={examples}
          lead="Predictions that show it:"
          what={`the predictions that show ${title}`}
        />
      </p>
    );
  }
  const shown = clusters.slice(0, SHOWN);
  const more = clusters.length - shown.length;
  return (
    <div class="evidence">
      <p class="evidence-title">
        Clusters that moved, share <span class="legend legend-reference">before</span>{' '}
        <span class="legend legend-window">now</span>
      </p>
      <ClusterShares clusters={shown} moved={new Set(shown.map(({ cluster }) => cluster))} />
      {more > 0 && <p class="quiet">and {formatQuantity(more, 'more cluster')}</p>}
    </div>
  );
}

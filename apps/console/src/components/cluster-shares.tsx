import type { MovedCluster } from '../api.js';
import { formatShare } from '../format.js';
import { ExampleIds } from './example-ids.js';

/** A cluster and how much of the baseline and of the window lies in it. */
export interface ClusterShare extends Pick<MovedCluster, 'cluster' | 'share' | 'referenceShare'> {
  /** Prediction ids that lie in it. */
  examples?: readonly string[];
}

interface ClusterSharesProps {
  /** In the order in which they are shown. */
  clusters: readonly ClusterShare[];
  /** Numbers of those that changed more than chance explains. */
  moved: ReadonlySet<number>;
}

/** The share of each cluster before and now, as a bar each: the baseline above, the window below. */
export function ClusterShares({ clusters, moved }: ClusterSharesProps) {
  const largest = Math.max(1e-9, ...clusters.flatMap(({ share, referenceShare }) => [share, referenceShare]));
  const width = (share: number): string => `${((share / largest) * 100).toFixed(2)}%`;
  return (
    <ul class="cluster-shares">
      {clusters.map(({ cluster, share, referenceShare, examples = [] }) => (
        <li key={cluster} class={`cluster${moved.has(cluster) ? ' is-moved' : ''}`}>
          <span class="cluster-name">Cluster {cluster}</span>
          <svg class="cluster-bars" aria-hidden="true" focusable="false">
            <rect class="cluster-reference" width={width(referenceShare)} height="6" rx="2" />
            <rect class="cluster-current" y="8" width={width(share)} height="6" rx="2" />
          </svg>
          <span class="cluster-change">
            <span class="visually-hidden">from </span>
            {formatShare(referenceShare)}
            <span aria-hidden="true"> → </span>
            <span class="visually-hidden"> to </span>
            <b>{formatShare(share)}</b>
          </span>
          {examples.length > 0 && (
            <ExampleIds ids={examples} lead="such as" what={`the predictions of cluster ${cluster}`} />
          )}
        </li>
      ))}
    </ul>
  );
}

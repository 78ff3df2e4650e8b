import { formatClock, formatCount, formatMoment, formatQuantity } from '../format.js';
import { byChange } from '../projection.js';
import type { ProjectionView } from '../projection-view.js';
import { useReadOnce } from '../read-once.js';
import { ClusterShares } from './cluster-shares.js';
import { ProjectionPlot } from './projection-plot.js';

/** Clusters listed beside the drawing. */
const LISTED = 8;

interface ProjectionPanelProps {
  /** Name of the monitor. */
  monitor: string;
  /** Numbers of the clusters whose share changed more than chance explains. */
  moved: ReadonlySet<number>;
}

/** Reads the view of a monitor's vectors once and draws it, with the shares of its clusters beside it. */
export function ProjectionPanel({ monitor, moved }: ProjectionPanelProps) {
  const answer = useReadOnce<ProjectionView>(`monitors/${encodeURIComponent(monitor)}/projection`);
  if (answer === null) {
    return (
      <p class="projection-note" role="status">
        Reading the vectors
      </p>
    );
  }
  if ('problem' in answer) {
    return (
      <p class="projection-note" role="status">
        The vectors cannot be shown: {answer.problem}
      </p>
    );
  }
  const { view } = answer;
  if (view.reference.length + view.current.length === 0) {
    return (
      <p class="projection-note" role="status">
        No vectors are kept, neither of the window nor of the baseline.
      </p>
    );
  }
  const clusters = byChange(view.clusters);
  return (
    <figure class="projection-figure" data-testid="projection">
      <Legend view={view} moved={moved.size > 0} />
      <div class="projection-body">
        <ProjectionPlot view={view} moved={moved} />
        {clusters.length > 0 && (
          <div class="projection-clusters">
            <h4>
              Share of each cluster
              {clusters.length > LISTED && (
                <span class="quiet">
                  {' '}
                  the {LISTED} most changed of {formatQuantity(clusters.length, 'cluster')}
                </span>
              )}
            </h4>
            <ClusterShares clusters={clusters.slice(0, LISTED)} moved={moved} />
          </div>
        )}
      </div>
    </figure>
  );
}

function Legend({ view, moved }: { view: ProjectionView; moved: boolean }) {
  const { window, baseline, n, m, current, reference } = view;
  const drawn = (shown: number, total: number): string =>
    shown < total
      ? `${formatCount(shown)} of ${formatQuantity(total, 'vector')}`
      : formatQuantity(shown, 'vector');
  return (
    <figcaption>
      <span class="legend legend-window" title={`${formatMoment(window.from)} to ${formatMoment(window.to)}`}>
        window {formatClock(window.from)} to {formatClock(window.to)}, {drawn(current.length, n)}
      </span>
      <span class="legend legend-baseline">
        baseline {baseline}, {drawn(reference.length, m)}
      </span>
      {view.clusters.length > 0 && <span class="legend legend-centre">centre of a cluster</span>}
      {view.clusters.length > 0 && moved && (
        <span class="legend legend-centre is-moved">of one that moved</span>
      )}
    </figcaption>
  );
}

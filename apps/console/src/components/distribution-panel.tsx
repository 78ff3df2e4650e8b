import type { DistributionView, MonitorVerdict } from '../api.js';
import { formatCount } from '../format.js';
import { useReadOnce } from '../read-once.js';
import { DistributionPlot } from './distribution-plot.js';

interface DistributionPanelProps {
  monitor: string;
  plot: NonNullable<MonitorVerdict['plot']>;
}

/** Reads the distribution of a variable once and draws it. */
export function DistributionPanel({ monitor, plot: { variable, segment } }: DistributionPanelProps) {
  const query = new URLSearchParams({ variable, segment });
  const answer = useReadOnce<DistributionView>(
    `monitors/${encodeURIComponent(monitor)}/distribution?${query}`,
  );
  if (answer === null) {
    return <p class="distribution-note">Reading the distribution</p>;
  }
  if ('problem' in answer) {
    return <p class="distribution-note">The distribution cannot be shown: {answer.problem}</p>;
  }
  const { view } = answer;
  return (
    <figure class="distribution" data-testid="distribution">
      <figcaption>
        <span class="legend legend-current">window, {formatCount(view.n)} values</span>
        <span class="legend legend-reference">
          baseline {view.baseline}
          {view.baselineVersion > 0 ? ` v${view.baselineVersion}` : ''}, {formatCount(view.m)} values
        </span>
      </figcaption>
      <DistributionPlot bins={view.bins} />
    </figure>
  );
}

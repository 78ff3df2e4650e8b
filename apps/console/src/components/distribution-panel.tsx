import { useEffect, useState } from 'preact/hooks';
import type { DistributionView, MonitorVerdict } from '../api.js';
import { readJson } from '../api.js';
import { apiKey } from '../api-key.js';
import { formatCount } from '../format.js';
import { REQUEST_TIMEOUT_MS } from '../refresh.js';
import { DistributionPlot } from './distribution-plot.js';

interface DistributionPanelProps {
  monitor: string;
  plot: NonNullable<MonitorVerdict['plot']>;
}

type Answer = { view: DistributionView } | { problem: string };

/** Reads the distribution of a variable once and draws it. */
export function DistributionPanel({ monitor, plot: { variable, segment } }: DistributionPanelProps) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const signal = AbortSignal.any([leaving.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
    const query = new URLSearchParams({ variable, segment });
    readJson<DistributionView>(`monitors/${encodeURIComponent(monitor)}/distribution?${query}`, {
      apiKey: apiKey(),
      signal,
    }).then(
      (view) => setAnswer({ view }),
      (error: Error) => !leaving.signal.aborted && setAnswer({ problem: error.message }),
    );
    return () => leaving.abort();
  }, [monitor, variable, segment]);
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

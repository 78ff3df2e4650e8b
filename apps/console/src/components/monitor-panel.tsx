import { useState } from 'preact/hooks';
import type { MonitorView } from '../api.js';
import { formatQuantity } from '../format.js';
import { monitorAnchor } from '../links.js';
import { sortFeatures, statisticScale } from '../ordering.js';
import { FeatureTable } from './feature-table.js';
import { MonitorHead } from './monitor-head.js';

/** Features shown before the reader asks for all of them. */
const SHOWN_AT_FIRST = 6;

/** One drift monitor with the last verdict of each feature. */
export function MonitorPanel({ monitor }: { monitor: MonitorView }) {
  const [expanded, setExpanded] = useState(false);
  const features = sortFeatures(monitor.features);
  const shown = expanded ? features : features.slice(0, SHOWN_AT_FIRST);
  const tableId = `${monitorAnchor(monitor.name)}-features`;
  return (
    <li
      class="panel monitor"
      id={monitorAnchor(monitor.name)}
      data-testid={`monitor-${monitor.name}`}
      tabIndex={-1}
    >
      <MonitorHead monitor={monitor} />
      {features.length > 0 && (
        <>
          <FeatureTable id={tableId} features={shown} scale={statisticScale(features)} name={monitor.name} />
          <p class="monitor-foot">
            <span>
              showing {shown.length} of {formatQuantity(features.length, 'feature')}
            </span>
            {features.length > SHOWN_AT_FIRST && (
              <button
                type="button"
                class="button"
                aria-expanded={expanded}
                aria-controls={tableId}
                onClick={() => setExpanded(!expanded)}
              >
                {expanded ? 'Show fewer' : `Show all ${features.length}`}
              </button>
            )}
          </p>
        </>
      )}
    </li>
  );
}

import { useState } from 'preact/hooks';
import type { MonitorKind, MonitorView } from '../api.js';
import { formatQuantity } from '../format.js';
import { monitorAnchor } from '../links.js';
import { sortVerdicts } from '../ordering.js';
import { MonitorHead } from './monitor-head.js';
import { ProjectionDetails } from './projection-details.js';
import { VerdictTable } from './verdict-table.js';

/** What a monitor of each kind judges. */
const HEADINGS: Readonly<Record<MonitorKind, string>> = {
  DriftMonitor: 'Feature',
  QualityMonitor: 'Check',
  PerformanceMonitor: 'Metric',
  EmbeddingMonitor: 'Test',
};

/** Verdicts shown before the reader asks for all of them. */
const SHOWN_AT_FIRST = 6;

/** One monitor with its last verdicts. */
export function MonitorPanel({ monitor }: { monitor: MonitorView }) {
  const [expanded, setExpanded] = useState(false);
  const verdicts = sortVerdicts(monitor.verdicts);
  const shown = expanded ? verdicts : verdicts.slice(0, SHOWN_AT_FIRST);
  const tableId = `${monitorAnchor(monitor.name)}-verdicts`;
  return (
    <li
      class="panel monitor"
      id={monitorAnchor(monitor.name)}
      data-testid={`monitor-${monitor.name}`}
      tabIndex={-1}
    >
      <MonitorHead monitor={monitor} />
      {verdicts.length > 0 && (
        <>
          <VerdictTable id={tableId} name={monitor.name} heading={HEADINGS[monitor.kind]} verdicts={shown} />
          <p class="monitor-foot">
            <span>
              showing {shown.length} of {formatQuantity(monitor.verdictsTotal, 'verdict')}
            </span>
            {verdicts.length > SHOWN_AT_FIRST && (
              <button
                type="button"
                class="button"
                aria-expanded={expanded}
                aria-controls={tableId}
                onClick={() => setExpanded(!expanded)}
              >
                {expanded ? 'Show fewer' : `Show ${verdicts.length}`}
              </button>
            )}
          </p>
          {monitor.kind === 'EmbeddingMonitor' && <ProjectionDetails monitor={monitor} />}
        </>
      )}
    </li>
  );
}

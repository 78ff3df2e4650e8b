import type { MonitorView } from '../api.js';
import { formatQuantity } from '../format.js';
import { sortMonitors } from '../ordering.js';
import { EmptyNote } from './empty-note.js';
import { MonitorPanel } from './monitor-panel.js';
import { Section } from './section.js';

/** Every monitor, those in alarm first. */
export function MonitorSection({ monitors }: { monitors: readonly MonitorView[] }) {
  const alarmed = monitors.filter((monitor) => monitor.state === 'alarm').length;
  const note =
    monitors.length === 0 ? '' : `${formatQuantity(monitors.length, 'monitor')}, ${alarmed} in alarm`;
  return (
    <Section
      id="monitors"
      title="Monitors"
      note={note}
      hint={
        monitors.length === 0
          ? undefined
          : 'The tick on each axis is the smallest effect that matters. A name opens its distribution.'
      }
    >
      {monitors.length === 0 ? (
        <EmptyNote icon="no-data">
          No monitor is loaded. Put a document with <code>kind: DriftMonitor</code>,{' '}
          <code>QualityMonitor</code>, <code>PerformanceMonitor</code> or <code>EmbeddingMonitor</code> into
          the rules folder.
        </EmptyNote>
      ) : (
        <ul class="stack">
          {sortMonitors(monitors).map((monitor) => (
            <MonitorPanel key={monitor.name} monitor={monitor} />
          ))}
        </ul>
      )}
    </Section>
  );
}

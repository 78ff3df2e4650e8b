import type { MonitorView } from '../api.js';
import { formatQuantity } from '../format.js';
import { sortMonitors } from '../ordering.js';
import { EmptyNote } from './empty-note.js';
import { MonitorPanel } from './monitor-panel.js';
import { Section } from './section.js';

/** Every drift monitor, the drifting ones first. */
export function MonitorSection({ monitors }: { monitors: readonly MonitorView[] }) {
  const drifting = monitors.filter((monitor) => monitor.state === 'alarm').length;
  const note =
    monitors.length === 0 ? '' : `${formatQuantity(monitors.length, 'monitor')}, ${drifting} drifting`;
  return (
    <Section
      id="monitors"
      title="Drift monitors"
      note={note}
      hint={
        monitors.length === 0 ? undefined : 'The tick on each axis is the smallest distance that matters.'
      }
    >
      {monitors.length === 0 ? (
        <EmptyNote icon="no-data">
          No drift monitor is loaded. Put a document with <code>kind: DriftMonitor</code> into the rules
          folder.
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

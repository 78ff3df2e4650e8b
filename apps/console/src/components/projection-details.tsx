import { useState } from 'preact/hooks';
import type { MonitorView } from '../api.js';
import { Icon } from './icon.js';
import { ProjectionPanel } from './projection-panel.js';

/** The vectors of a monitor in two dimensions, read when the reader opens it. */
export function ProjectionDetails({ monitor }: { monitor: MonitorView }) {
  const [open, setOpen] = useState(false);
  const moved = monitor.verdicts.flatMap(({ clusters = [] }) => clusters.map(({ cluster }) => cluster));
  return (
    <details class="projection" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="chevron" />
        Vectors in two dimensions
      </summary>
      {open && <ProjectionPanel monitor={monitor.name} moved={new Set(moved)} />}
    </details>
  );
}

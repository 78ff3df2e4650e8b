import type { MonitorView, SloView } from '../api.js';
import { formatQuantity } from '../format.js';
import type { IncidentPage } from '../incident-view.js';
import { sortIncidents } from '../ordering.js';
import { EmptyNote } from './empty-note.js';
import { Icon } from './icon.js';
import { IncidentCard } from './incident-card.js';
import { ResolvedIncident } from './resolved-incident.js';
import { Section } from './section.js';

interface IncidentSectionProps {
  open: IncidentPage;
  resolved: IncidentPage | null;
  slos: readonly SloView[];
  monitors: readonly MonitorView[];
  onChange: () => void;
}

/** Open incidents, most severe first, and below them the recently resolved ones. */
export function IncidentSection({ open, resolved, slos, monitors, onChange }: IncidentSectionProps) {
  const shown = open.items.length;
  const note =
    open.total > shown ? `showing ${shown} of ${open.total} open` : shown > 0 ? `${shown} open` : '';
  return (
    <Section id="incidents" title="Incidents" note={note}>
      {shown === 0 ? (
        <EmptyNote icon="ok" calm>
          No open incident.
        </EmptyNote>
      ) : (
        <ul class="stack">
          {sortIncidents(open.items).map((incident) => (
            <IncidentCard
              key={incident.id}
              incident={incident}
              slos={slos}
              monitors={monitors}
              onChange={onChange}
            />
          ))}
        </ul>
      )}
      {resolved !== null && resolved.items.length > 0 && (
        <details class="resolved">
          <summary>
            <Icon name="chevron" />
            {formatQuantity(resolved.items.length, 'recently resolved incident')}
            {resolved.total > resolved.items.length && <span class="quiet">of {resolved.total}</span>}
          </summary>
          <ul class="panel resolved-list">
            {resolved.items.map((incident) => (
              <ResolvedIncident key={incident.id} incident={incident} />
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

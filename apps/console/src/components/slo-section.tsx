import type { SloView } from '../api.js';
import { formatQuantity } from '../format.js';
import { sortSlos } from '../ordering.js';
import { EmptyNote } from './empty-note.js';
import { Section } from './section.js';
import { SloRow } from './slo-row.js';

/** Every SLO, the ones that hurt first. */
export function SloSection({ slos }: { slos: readonly SloView[] }) {
  const burning = slos.filter((slo) => slo.verdict?.state === 'breach').length;
  const note = slos.length === 0 ? '' : `${formatQuantity(slos.length, 'objective')}, ${burning} burning`;
  return (
    <Section
      id="slos"
      title="Service level objectives"
      note={note}
      hint={
        slos.length === 0
          ? undefined
          : 'A burn of 1× (dashed line) spends the budget exactly over its period.'
      }
    >
      {slos.length === 0 ? (
        <EmptyNote icon="no-data">
          No SLO is loaded. Put an OpenSLO document (<code>apiVersion: openslo/v1</code>) into the rules
          folder.
        </EmptyNote>
      ) : (
        <ul class="panel slo-list">
          {sortSlos(slos).map((slo) => (
            <SloRow key={slo.name} slo={slo} />
          ))}
        </ul>
      )}
    </Section>
  );
}

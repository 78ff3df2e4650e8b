import type { MonitorView, SloView } from '../api.js';
import { useMoment } from '../clock.js';
import { formatQuantity } from '../format.js';
import { timingText } from '../incident-text.js';
import type { IncidentAnswer, IncidentDetail } from '../incident-view.js';
import { sortMembers } from '../ordering.js';
import { useReadOften } from '../read-often.js';
import { REFRESH_EVERY_MS } from '../refresh.js';
import { DetailPage } from './detail-page.js';
import { IncidentActions } from './incident-actions.js';
import { IncidentAround } from './incident-around.js';
import { IncidentBadges } from './incident-badges.js';
import { MemberDetails } from './incident-member.js';
import { Part } from './part.js';
import { SeverityBadge } from './severity-badge.js';
import { Subject } from './subject.js';
import { Timeline } from './timeline.js';
import { ToldList } from './told-list.js';

interface IncidentPageProps {
  id: string;
  slos: readonly SloView[];
  monitors: readonly MonitorView[];
  /** Called after something was done to it: the overview shows it too. */
  onChange: () => void;
}

/** Everything about one incident, and what people can do to it. */
export function IncidentPage({ id, slos, monitors, onChange }: IncidentPageProps) {
  const readings = useReadOften<IncidentAnswer>(`incidents/${encodeURIComponent(id)}`, REFRESH_EVERY_MS);
  const changed = (): void => {
    readings.again();
    onChange();
  };
  return (
    <DetailPage
      name="The incident"
      label={`Incident ${id.slice(0, 12)}`}
      testId="incident-page"
      back={{ href: '#incidents-title', text: 'All incidents' }}
      readings={readings}
    >
      {({ incident, history }) => (
        <>
          <Head incident={incident} onChange={changed} />
          <div class="pair">
            <div class="stack">
              <Part title="Rules" note={formatQuantity(incident.members.length, 'rule')} testId="members">
                <ul class="members">
                  {sortMembers(incident.members).map((member) => (
                    <MemberDetails key={member.name} member={member} slos={slos} monitors={monitors} />
                  ))}
                </ul>
              </Part>
              <Part title="What happened">
                <Timeline history={history} />
              </Part>
            </div>
            <div class="stack">
              <Part title="Who was told">
                <ToldList notifications={incident.notifications} onChange={changed} />
              </Part>
              <Part title="Around it">
                <IncidentAround incident={incident} />
              </Part>
            </div>
          </div>
        </>
      )}
    </DetailPage>
  );
}

function Head({ incident, onChange }: { incident: IncidentDetail; onChange: () => void }) {
  const { server } = useMoment();
  const resolved = incident.status === 'resolved';
  return (
    <header class={`panel incident-hero ${resolved ? 'is-resolved' : `incident-${incident.severity}`}`}>
      <div class="incident-hero-head">
        <p class="incident-badges">
          <SeverityBadge severity={incident.severity} resolved={resolved} />
          <IncidentBadges incident={incident} />
        </p>
        <h2>{incident.summary}</h2>
        <p class="incident-meta">
          <span>{timingText(incident, server)}</span>
          <Subject service={incident.service} region={incident.region} model={incident.model} />
          {incident.deploymentId !== '' && (
            <span class="subject">
              <span class="subject-name">live then</span> {incident.deploymentId}
            </span>
          )}
          <span class="subject" title={incident.id}>
            <span class="subject-name">id</span> {incident.id.slice(0, 12)}
          </span>
        </p>
      </div>
      <IncidentActions incident={incident} onChange={onChange} />
    </header>
  );
}

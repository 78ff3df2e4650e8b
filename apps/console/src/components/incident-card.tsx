import type { MonitorView, SloView } from '../api.js';
import type { IncidentMember, IncidentView } from '../incident-view.js';
import { incidentHref } from '../links.js';
import { sortMembers } from '../ordering.js';
import { AcknowledgeButton } from './acknowledge-button.js';
import { Icon } from './icon.js';
import { IncidentBadges } from './incident-badges.js';
import { memberIcon, MemberLine, QuietNote } from './incident-member.js';
import { NotificationList } from './notification-list.js';
import { SeverityBadge } from './severity-badge.js';
import { Subject } from './subject.js';
import { TimeAgo } from './time-ago.js';

interface IncidentCardProps {
  incident: IncidentView;
  slos: readonly SloView[];
  monitors: readonly MonitorView[];
  /** Called after somebody took it on or gave it back. */
  onChange: () => void;
}

function Member({
  member,
  title,
  slos,
  monitors,
}: { member: IncidentMember; title: string } & Pick<IncidentCardProps, 'slos' | 'monitors'>) {
  return (
    <li class={`member is-${member.condition} member-${member.severity} phase-${member.phase}`}>
      <Icon name={memberIcon(member)} />
      <div>
        <MemberLine member={member} slos={slos} monitors={monitors} />
        {/* The leading member's sentence is the title of the card already. */}
        {!title.startsWith(member.summary) && <p class="member-summary">{member.summary}</p>}
        {member.suppressed !== null && member.phase === 'firing' && (
          <QuietNote suppressed={member.suppressed} />
        )}
      </div>
    </li>
  );
}

/** One open incident: what hurts, since when, who has it, which rules say so, and who has been told. */
export function IncidentCard({ incident, slos, monitors, onChange }: IncidentCardProps) {
  return (
    <li
      class={`panel incident incident-${incident.severity}`}
      id={`incident-${incident.id}`}
      data-testid={`incident-${incident.id}`}
    >
      <div class="incident-head">
        <SeverityBadge severity={incident.severity} />
        <h3>
          <a href={incidentHref(incident.id)}>{incident.summary}</a>
        </h3>
        <p class="incident-meta">
          <IncidentBadges incident={incident} />
          <span>
            open for <TimeAgo at={incident.openedAt} as="span" />
          </span>
          <Subject service={incident.service} region={incident.region} model={incident.model} />
        </p>
        {incident.acknowledged === null && (
          <p class="incident-take">
            <AcknowledgeButton incident={incident} onDone={onChange} />
          </p>
        )}
      </div>
      <div class="incident-body">
        <div>
          <h4>Rules</h4>
          <ul class="members">
            {sortMembers(incident.members).map((member) => (
              <Member
                key={member.name}
                member={member}
                title={incident.summary}
                slos={slos}
                monitors={monitors}
              />
            ))}
          </ul>
        </div>
        <div>
          <h4>Notifications</h4>
          <NotificationList notifications={incident.notifications} />
        </div>
      </div>
    </li>
  );
}

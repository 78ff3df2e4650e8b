import type { IncidentMember, IncidentView, MonitorView, SloView } from '../api.js';
import { memberTarget } from '../links.js';
import { Icon } from './icon.js';
import { NotificationList } from './notification-list.js';
import { RunbookLink } from './runbook-link.js';
import { SeverityBadge } from './severity-badge.js';
import { Subject } from './subject.js';
import { TimeAgo } from './time-ago.js';

interface IncidentCardProps {
  incident: IncidentView;
  slos: readonly SloView[];
  monitors: readonly MonitorView[];
}

const CONDITIONS: Readonly<Record<IncidentMember['condition'], string>> = {
  firing: 'firing',
  ok: 'recovered',
  unknown: 'no data',
};

function Member({
  member,
  title,
  slos,
  monitors,
}: { member: IncidentMember; title: string } & Omit<IncidentCardProps, 'incident'>) {
  const target = memberTarget(member.name, slos, monitors);
  const icon = member.condition === 'firing' ? member.severity : member.condition === 'ok' ? 'ok' : 'no-data';
  return (
    <li class={`member is-${member.condition} member-${member.severity}`}>
      <Icon name={icon} />
      <div>
        <p class="member-line">
          {target.anchor === null ? <b>{target.label}</b> : <a href={`#${target.anchor}`}>{target.label}</a>}
          <span class="quiet">
            {member.severity}, {CONDITIONS[member.condition]} for <TimeAgo at={member.since} as="span" />
          </span>
          {target.runbook !== null && <RunbookLink address={target.runbook} subject={target.label} />}
        </p>
        {/* The leading member's sentence is the title of the card already. */}
        {!title.startsWith(member.summary) && <p class="member-summary">{member.summary}</p>}
      </div>
    </li>
  );
}

/** One open incident: what hurts, since when, which rules say so, and who has been told. */
export function IncidentCard({ incident, slos, monitors }: IncidentCardProps) {
  return (
    <li
      class={`panel incident incident-${incident.severity}`}
      id={`incident-${incident.id}`}
      data-testid={`incident-${incident.id}`}
    >
      <div class="incident-head">
        <SeverityBadge severity={incident.severity} />
        <h3>{incident.summary}</h3>
        <p class="incident-meta">
          <span>
            open for <TimeAgo at={incident.openedAt} as="span" />
          </span>
          <Subject service={incident.service} region={incident.region} model={incident.model} />
        </p>
      </div>
      <div class="incident-body">
        <div>
          <h4>Rules</h4>
          <ul class="members">
            {incident.members.map((member) => (
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

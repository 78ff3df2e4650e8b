import type { IncidentView } from '../incident-view.js';
import { formatSpan } from '../format.js';
import { incidentHref } from '../links.js';
import { SeverityBadge } from './severity-badge.js';
import { TimeAgo } from './time-ago.js';

/** One line of the list of resolved incidents. */
export function ResolvedIncident({ incident }: { incident: IncidentView }) {
  const end = incident.resolvedAt ?? incident.updatedAt;
  return (
    <li class="resolved-item" id={`incident-${incident.id}`} data-testid={`incident-${incident.id}`}>
      <SeverityBadge severity={incident.severity} resolved />
      <a class="resolved-summary" href={incidentHref(incident.id)}>
        {incident.summary}
      </a>
      <span class="quiet">
        resolved{incident.resolvedBy === '' ? '' : ` by ${incident.resolvedBy}`} <TimeAgo at={end} />, after{' '}
        {formatSpan(end - incident.openedAt)}
      </span>
    </li>
  );
}

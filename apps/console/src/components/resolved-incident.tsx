import type { IncidentView } from '../api.js';
import { formatSpan } from '../format.js';
import { SeverityBadge } from './severity-badge.js';
import { TimeAgo } from './time-ago.js';

/** One line of the list of resolved incidents. */
export function ResolvedIncident({ incident }: { incident: IncidentView }) {
  const end = incident.resolvedAt ?? incident.updatedAt;
  return (
    <li class="resolved-item" id={`incident-${incident.id}`} data-testid={`incident-${incident.id}`}>
      <SeverityBadge severity={incident.severity} resolved />
      <span class="resolved-summary">{incident.summary}</span>
      <span class="quiet">
        resolved <TimeAgo at={end} />, after {formatSpan(end - incident.openedAt)}
      </span>
    </li>
  );
}

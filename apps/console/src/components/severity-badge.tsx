import type { Severity } from '../api.js';
import { Badge } from './badge.js';

/** The severity of an incident or a member. */
export function SeverityBadge({ severity, resolved = false }: { severity: Severity; resolved?: boolean }) {
  const tone = resolved ? 'muted' : severity === 'page' ? 'critical' : 'warning';
  return <Badge tone={tone} icon={severity} label={severity === 'page' ? 'Page' : 'Ticket'} />;
}

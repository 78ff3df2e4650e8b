import { standingsOf } from '../incident-text.js';
import type { IncidentView } from '../incident-view.js';
import { Badge } from './badge.js';

/** Whether an incident is a drill, who has it, and whether anybody hears of it. */
export function IncidentBadges({ incident }: { incident: IncidentView }) {
  return (
    <>
      {standingsOf(incident).map(({ tone, icon, label }) => (
        <Badge key={label} tone={tone} icon={icon} label={label} />
      ))}
    </>
  );
}

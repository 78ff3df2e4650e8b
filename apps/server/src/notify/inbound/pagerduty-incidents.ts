import { dedupKey, type IncidentState } from '@tidewatch/alerts';
import type { PagerdutyAction } from '@tidewatch/channels';

/** How many of PagerDuty's incidents are remembered. */
const MOST_REMEMBERED = 10_000;

/**
 * Finds our incident behind an event of PagerDuty: by the deduplication key of the alert that we opened, which PagerDuty
 * shows as `incident_key`. A note carries only PagerDuty's own id of the incident, so that is remembered from the events
 * before it; after a restart a note is not recognised until another event of its incident has come.
 */
export class PagerdutyIncidents {
  private readonly keys = new Map<string, readonly string[]>();

  find(
    action: PagerdutyAction,
    receiver: string,
    incidents: readonly IncidentState[],
  ): IncidentState | undefined {
    const place = `${receiver}\n${action.incidentId}`;
    const keys = action.dedupKeys.length > 0 ? action.dedupKeys : (this.keys.get(place) ?? []);
    const found = incidents.find(({ id }) => keys.includes(dedupKey(id, receiver)));
    if (found !== undefined && action.incidentId !== '') {
      this.remember(place, keys);
    }
    return found;
  }

  private remember(place: string, keys: readonly string[]): void {
    this.keys.delete(place);
    this.keys.set(place, keys);
    const [oldest] = this.keys.keys();
    if (this.keys.size > MOST_REMEMBERED && oldest !== undefined) {
      this.keys.delete(oldest);
    }
  }
}

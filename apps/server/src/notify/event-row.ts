import type { IncidentChange, IncidentState, NotificationIntent } from '@tidewatch/alerts';
import type { IncidentEventRow } from '@tidewatch/store';

/**
 * One change as it is stored, with the messages it asks for.
 *
 * @param state the incident after everything that happened at once
 * @param epoch of the lease under which it is written: of two rows with one sequence the later writer's holds
 */
export function eventRow(
  change: IncidentChange,
  state: IncidentState,
  intents: readonly NotificationIntent[],
  epoch: number,
): IncidentEventRow {
  const { project, service, region, model } = state.key;
  return {
    project,
    incidentId: change.incidentId,
    sequence: change.sequence,
    epoch,
    at: change.at,
    kind: change.kind,
    status: state.status,
    severity: change.severity,
    service,
    region,
    model,
    generation: state.generation,
    summary: state.summary,
    member: change.member,
    actor: change.by,
    detail: change.text,
    state: JSON.stringify(state),
    intents: JSON.stringify(intents),
  };
}

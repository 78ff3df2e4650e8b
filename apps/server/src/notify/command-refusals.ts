import type { IncidentCommand, IncidentState } from '@tidewatch/alerts';
import { AppError } from '@tidewatch/core';

/** Nothing more can be done to an incident that is over than to comment on it. @throws AppError `incident.resolved` */
export function refuseIfResolved({ id, status }: IncidentState, { kind }: IncidentCommand): void {
  if (status === 'resolved' && kind !== 'comment') {
    throw new AppError({
      code: 'incident.resolved',
      message: `Incident ${id} has resolved; it can be commented on and nothing else.`,
    });
  }
}

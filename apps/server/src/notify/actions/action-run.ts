import type { ActionRequest } from '@tidewatch/channels';
import type { ActionRunRow, ActionRunStatus } from '@tidewatch/store';

/** How long a request waits for a person. What was right then may be wrong later. */
export const APPROVAL_MS = 4 * 3_600_000;
/** How long a run that was agreed to is tried to be sent. */
export const SENDING_MS = 3_600_000;

/** Statuses that nothing changes any more. */
const ENDED: ReadonlySet<ActionRunStatus> = new Set(['rejected', 'expired', 'succeeded', 'failed']);

/** The first version of a run. */
export function requestedRun(request: ActionRequest): ActionRunRow {
  const { body } = request;
  return {
    project: request.project,
    id: request.runId,
    version: 1,
    status: 'requested',
    receiver: request.receiver,
    incidentId: request.incidentId,
    service: body.target.service,
    region: body.target.region,
    model: body.target.model,
    action: body.do,
    dryRun: body.dryRun,
    needsApproval: request.needsApproval,
    cooldownMs: request.cooldownMs,
    body: JSON.stringify(body),
    requestedAt: request.askedAt,
    decidedBy: '',
    decidedAt: null,
    comment: '',
    sentAt: null,
    attempts: 0,
    nextAttemptAt: null,
    finishedAt: null,
    httpStatus: 0,
    reason: '',
    updatedAt: request.askedAt,
  };
}

/** The next version of a run. @param at ms */
export function nextVersion(run: ActionRunRow, change: Partial<ActionRunRow>, at: number): ActionRunRow {
  return { ...run, ...change, version: run.version + 1, updatedAt: at };
}

export function hasEnded(run: ActionRunRow): boolean {
  return ENDED.has(run.status);
}

/** Whether nobody has decided in time. @param now ms */
export function isOverdue(run: ActionRunRow, now: number): boolean {
  return run.status === 'requested' && now - run.requestedAt >= APPROVAL_MS;
}

/** Until when nothing else may be sent for the target of `last`, ms. */
export function coolUntil(last: ActionRunRow | null, cooldownMs: number): number {
  return last === null || last.sentAt === null ? 0 : last.sentAt + cooldownMs;
}

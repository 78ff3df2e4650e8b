import type { IncidentCommand, IncidentState } from '@tidewatch/alerts';
import { isAppError } from '@tidewatch/core';
import type { InboundRuntime } from './inbound-runtime.js';

/** What became of a report. `ignored`: it asks for nothing, or is about nothing that we know. */
export type ReportOutcome = 'done' | 'unchanged' | 'ignored';

/** Something that a person did at another service. */
export interface InboundReport {
  readonly command: IncidentCommand;
  /** The same for every delivery of the same report. */
  readonly requestId: string;
}

/**
 * Does to an incident what a report says, and writes it into the audit log. What is so already is left: reports may come
 * twice.
 *
 * @throws what storing throws
 */
export async function applyReport(
  runtime: InboundRuntime,
  incident: IncidentState,
  { command, requestId }: InboundReport,
  now: number,
): Promise<ReportOutcome> {
  if (isSoAlready(incident, command)) {
    return 'unchanged';
  }
  const { project } = incident.key;
  let after: IncidentState;
  try {
    after = await runtime.incidents.command(project, incident.id, command, now);
  } catch (error) {
    if (isAppError(error) && error.code === 'incident.unknown') {
      return 'ignored';
    }
    // It resolved in the meantime.
    if (isAppError(error) && error.code === 'incident.resolved') {
      return 'unchanged';
    }
    throw error;
  }
  if (after.sequence === incident.sequence) {
    return 'unchanged';
  }
  await runtime.store.audit.append(project, [
    {
      at: now,
      actor: command.by,
      action: `incident.${command.kind}`,
      objectKind: 'incident',
      objectId: incident.id,
      requestId,
      before: JSON.stringify(handling(incident)),
      after: JSON.stringify(handling(after)),
    },
  ]);
  return 'done';
}

function isSoAlready(incident: IncidentState, { kind, by, text }: IncidentCommand): boolean {
  if (kind === 'comment') {
    const said = lettersOf(text);
    return said === '' || incident.comments.some((each) => each.by === by && lettersOf(each.text) === said);
  }
  if (incident.status !== 'open') {
    return true;
  }
  switch (kind) {
    case 'acknowledge':
      return incident.acknowledged !== null;
    case 'unacknowledge':
      return incident.acknowledged === null;
    case 'assign':
      return incident.assignee === text;
    case 'resolve':
      return false;
  }
}

/** A text without what storing it changes: control characters, spaces, and its end when it is long. */
function lettersOf(text: string): string {
  return text.replace(/[\p{Cc}\p{Surrogate}\s]+/gu, '').slice(0, 1_000);
}

/** What a command may change. */
function handling({ status, acknowledged, assignee, comments }: IncidentState): object {
  return { status, acknowledged, assignee, comments: comments.length };
}

import {
  readIncidentState,
  type IncidentChangeKind,
  type IncidentCommand,
  type IncidentState,
} from '@tidewatch/alerts';
import { isAppError } from '@tidewatch/core';
import type { AuditEntry, IncidentEventRow } from '@tidewatch/store';
import type { InboundRuntime } from './inbound-runtime.js';

/** What became of a report. `ignored`: it asks for nothing, or is about nothing that we know. */
export type ReportOutcome = 'done' | 'unchanged' | 'ignored';

/** Something that a person did at another service. */
export interface InboundReport {
  readonly command: IncidentCommand;
  /** The same for every delivery of the same report. */
  readonly requestId: string;
}

/** What the history of an incident calls what a command does. */
const CHANGE_BY: Readonly<Record<IncidentCommand['kind'], IncidentChangeKind>> = {
  acknowledge: 'acknowledged',
  unacknowledge: 'unacknowledged',
  assign: 'assigned',
  resolve: 'resolved',
  comment: 'commented',
};
/** How far an entry of the audit log and its change lie apart at most: clocks of processes differ. */
const NEAR_MS = 3_600_000;
/** Far more than people do to incidents within that. */
const MOST_ENTRIES = 10_000;

/**
 * Does to an incident what a report says, and writes it into the audit log. What is so already is left, for reports may
 * come twice; but what an earlier delivery did without coming to its entry gets it now.
 *
 * @throws what storing throws
 */
export async function applyReport(
  runtime: InboundRuntime,
  incident: IncidentState,
  report: InboundReport,
  now: number,
): Promise<ReportOutcome> {
  const after = await commanded(runtime, incident, report.command, now);
  if (after === 'ignored') {
    return 'ignored';
  }
  if (after === 'unchanged') {
    await noteWhatIsMissing(runtime, incident, report);
    return 'unchanged';
  }
  await runtime.store.audit.append(incident.key.project, [entryOf(report, now, incident, after)]);
  return 'done';
}

async function commanded(
  runtime: InboundRuntime,
  incident: IncidentState,
  command: IncidentCommand,
  now: number,
): Promise<IncidentState | 'unchanged' | 'ignored'> {
  if (isSoAlready(incident, command)) {
    return 'unchanged';
  }
  try {
    const after = await runtime.incidents.command(incident.key.project, incident.id, command, now);
    // A process that is not the writer remembers older things: what was changed before we asked is not our doing.
    return after.sequence === incident.sequence || after.updatedAt < now ? 'unchanged' : after;
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
}

/**
 * Writes the entry of a change that this report made when it came before: the audit log could not be reached then, the
 * process ended in between, or the writer did it after we had stopped waiting. Nothing is written when the change was
 * somebody else's, or has its entry.
 */
async function noteWhatIsMissing(
  { store }: InboundRuntime,
  { id, key: { project } }: IncidentState,
  report: InboundReport,
): Promise<void> {
  const changes = await store.incidents.changesOf(project, [id]);
  const index = changes.findLastIndex((change) => isMadeBy(change, report.command));
  const [before, made] = [changes[index - 1], changes[index]];
  if (made === undefined) {
    return;
  }
  const entry = entryOf(
    report,
    made.at,
    before === undefined ? null : readIncidentState(before.state),
    readIncidentState(made.state),
  );
  const entries = await store.audit.list(project, {
    range: { from: made.at - NEAR_MS, to: made.at + NEAR_MS },
    objectKind: 'incident',
    limit: MOST_ENTRIES,
  });
  if (!entries.some((known) => isSameDoing(known, entry))) {
    await store.audit.append(project, [entry]);
  }
}

function isMadeBy({ kind, actor, detail }: IncidentEventRow, command: IncidentCommand): boolean {
  return (
    kind === CHANGE_BY[command.kind] &&
    lettersOf(actor) === lettersOf(command.by) &&
    lettersOf(detail) === lettersOf(command.text)
  );
}

/** The same report has noted it, or the same person's other one: a second press of a button is a report of its own. */
function isSameDoing(known: AuditEntry, { objectId, action, actor, requestId, after }: AuditEntry): boolean {
  return (
    known.objectId === objectId &&
    known.action === action &&
    (known.requestId === requestId || (known.actor === actor && known.after === after))
  );
}

function entryOf(
  { command, requestId }: InboundReport,
  at: number,
  before: IncidentState | null,
  after: IncidentState,
): AuditEntry {
  return {
    at,
    actor: command.by,
    action: `incident.${command.kind}`,
    objectKind: 'incident',
    objectId: after.id,
    requestId,
    before: before === null ? '' : JSON.stringify(handling(before)),
    after: JSON.stringify(handling(after)),
  };
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

import type { TimeRange } from '@tidewatch/core';
import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import { float64 } from '../column-types.js';
import type { Database } from '../database.js';
import {
  nameField,
  numberField,
  recordTable,
  textField,
  timeField,
  uint16Field,
  uint32Field,
} from '../record-table.js';
import { toNumber } from '../row-values.js';

/** One delivery attempt. Times in milliseconds since the epoch. */
export interface NotificationEventRow {
  readonly project: string;
  readonly intentId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly incidentId: string;
  readonly sequence: number;
  readonly receiver: string;
  readonly channel: string;
  readonly action: string;
  readonly at: number;
  /**
   * `delivered`, `rejected` and `superseded` end the intent; `retry` and `replayed` do not. `started` is replaced by the
   * result of the same attempt: where it stays, nobody knows whether the message arrived.
   */
  readonly outcome: string;
  readonly reason: string;
  /** 0 when there was no answer. */
  readonly httpStatus: number;
  readonly latencyMs: number;
  /** When to try again; meaningful for `retry` only. */
  readonly nextAttemptAt: number;
  /** Names the object at the receiver for later messages, as the channel returned it; empty for none. */
  readonly ref: string;
  /** Why the message was to be sent. */
  readonly why: string;
  readonly severity: string;
  /** When the message was to go out. */
  readonly dueAt: number;
  /** Where the attempt went, JSON without secrets; empty when it went nowhere, and in rows of an earlier version. */
  readonly destination: string;
}

/** Which attempts {@link NotificationsRepository.log} returns. */
export interface NotificationFilter {
  /** Of attempt times. */
  readonly range: TimeRange;
  /** Only intents whose newest attempt ended so; empty for all. */
  readonly outcome?: string;
  /** Default 100. */
  readonly limit?: number;
}

/** A notification that still has to be delivered. */
export interface OutboxEntry {
  readonly project: string;
  readonly incidentId: string;
  readonly sequence: number;
  /** When the incident changed. */
  readonly at: number;
  /** The intent as it was stored, JSON. */
  readonly intent: string;
  /** The incident right after the change that asked for it, JSON. */
  readonly state: string;
  /** Attempts so far. */
  readonly attempts: number;
  /** From the last attempt; `null` before the first. */
  readonly nextAttemptAt: number | null;
  /** When somebody asked last to send it again although it had been given up; `null` for never. */
  readonly replayedAt: number | null;
}

/** Stores delivery attempts and tells what is left to deliver. */
export interface NotificationsRepository {
  append(project: string, rows: readonly NotificationEventRow[]): Promise<void>;
  /**
   * Intents of all projects without a terminal attempt, oldest first, of incident changes since `since` (default: 7
   * days before now, beyond every delivery deadline). At most `limit` (default 20,000).
   */
  outbox(options?: { readonly since?: number; readonly limit?: number }): Promise<OutboxEntry[]>;
  /** Every attempt made for these incidents, oldest first; at most 100,000. */
  attemptsOf(project: string, incidentIds: readonly string[]): Promise<NotificationEventRow[]>;
  /** The newest attempt of each intent, newest first. */
  log(project: string, filter: NotificationFilter): Promise<NotificationEventRow[]>;
  /** Every attempt for one intent, oldest first. */
  attemptsFor(project: string, intentId: string): Promise<NotificationEventRow[]>;
}

const NOTIFICATION_EVENTS = recordTable<NotificationEventRow>(
  'notification_events',
  {
    project: nameField('Project'),
    intentId: textField('IntentId'),
    attempt: uint32Field('Attempt'),
    incidentId: textField('IncidentId'),
    sequence: uint32Field('Sequence'),
    receiver: nameField('Receiver'),
    channel: nameField('Channel'),
    action: nameField('Action'),
    at: timeField('At'),
    outcome: nameField('Outcome'),
    reason: textField('Reason'),
    httpStatus: uint16Field('HttpStatus'),
    latencyMs: numberField('LatencyMs', float64),
    nextAttemptAt: timeField('NextAttemptAt'),
    ref: textField('Ref'),
    why: nameField('Why'),
    severity: nameField('Severity'),
    dueAt: timeField('DueAt'),
    destination: textField('Destination'),
  },
  { announced: false },
);

const OUTBOX_SPAN_MS = 7 * 86_400_000;

/** Opens the repository. */
export function notificationsRepository(database: Database, writer: BlockWriter): NotificationsRepository {
  return {
    append: (project, rows) =>
      appendRows(
        writer,
        NOTIFICATION_EVENTS.definition,
        rows.map((row) => ({ ...row, project })),
        (row) => row.at,
      ),
    outbox: (options = {}) =>
      outbox(database, options.since ?? Date.now() - OUTBOX_SPAN_MS, options.limit ?? 20_000),
    attemptsOf: async (project, incidentIds) => {
      if (incidentIds.length === 0) {
        return [];
      }
      const rows = await database.query<Record<string, unknown>>(
        `SELECT ${NOTIFICATION_EVENTS.select} FROM notification_events FINAL
         WHERE Project = {project:String} AND IncidentId IN {incidentIds:Array(String)}
         ORDER BY At, IntentId, Attempt LIMIT 100000`,
        { project, incidentIds },
        { tag: 'notifications.attempts-of' },
      );
      return rows.map(NOTIFICATION_EVENTS.parse);
    },
    log: async (project, { range, outcome = '', limit = 100 }) => {
      const rows = await database.query<Record<string, unknown>>(
        `SELECT ${NOTIFICATION_EVENTS.select} FROM (
           SELECT * FROM notification_events FINAL
           WHERE Project = {project:String}
             AND At >= fromUnixTimestamp64Milli({from:Int64}) AND At < fromUnixTimestamp64Milli({to:Int64})
           ORDER BY IntentId, Attempt DESC LIMIT 1 BY IntentId)
         WHERE {outcome:String} = '' OR Outcome = {outcome:String}
         ORDER BY at DESC, intentId LIMIT {limit:UInt32}`,
        { project, from: Math.floor(range.from), to: Math.ceil(range.to), outcome, limit },
        { tag: 'notifications.log' },
      );
      return rows.map(NOTIFICATION_EVENTS.parse);
    },
    attemptsFor: async (project, intentId) => {
      const rows = await database.query<Record<string, unknown>>(
        `SELECT ${NOTIFICATION_EVENTS.select} FROM notification_events FINAL
         WHERE Project = {project:String} AND IntentId = {intentId:String}
         ORDER BY Attempt LIMIT 10000`,
        { project, intentId },
        { tag: 'notifications.attempts-for' },
      );
      return rows.map(NOTIFICATION_EVENTS.parse);
    },
  };
}

interface OutboxJson extends Pick<OutboxEntry, 'project' | 'incidentId' | 'sequence' | 'intent' | 'state'> {
  readonly at: string;
  readonly attempts: string;
  readonly nextAttemptAt: string;
  readonly replayedAt: string;
}

async function outbox(database: Database, since: number, limit: number): Promise<OutboxEntry[]> {
  // The row with the higher epoch is the valid one for a sequence, so the intents of the other must not be sent.
  const rows = await database.query<OutboxJson>(
    `SELECT intents.project AS project, incidentId, sequence, at, intents.intent AS intent, state,
            attempted.attempts AS attempts, attempted.nextAttemptAt AS nextAttemptAt,
            attempted.replayedAt AS replayedAt
     FROM (SELECT Project AS project, IncidentId AS incidentId, Sequence AS sequence,
                  toUnixTimestamp64Milli(At) AS at, State AS state,
                  arrayJoin(JSONExtractArrayRaw(Intents)) AS intent, JSONExtractString(intent, 'id') AS intentId
           FROM incident_events FINAL
           WHERE At >= fromUnixTimestamp64Milli({since:Int64}) AND Intents != '[]') AS intents
     LEFT JOIN (SELECT Project AS project, IntentId AS intentId, max(Attempt) AS attempts,
                       argMax(Outcome, Attempt) IN ('delivered', 'rejected', 'superseded') AS done,
                       toUnixTimestamp64Milli(argMax(NextAttemptAt, Attempt)) AS nextAttemptAt,
                       maxIf(toUnixTimestamp64Milli(At), Outcome = 'replayed') AS replayedAt
                FROM notification_events FINAL
                WHERE At >= fromUnixTimestamp64Milli({since:Int64})
                GROUP BY project, intentId) AS attempted
       ON attempted.project = intents.project AND attempted.intentId = intents.intentId
     WHERE attempted.done = 0
     ORDER BY at, incidentId, sequence LIMIT {limit:UInt32}`,
    { since, limit },
    { tag: 'notifications.outbox' },
  );
  return rows.map((row) => ({
    ...row,
    at: toNumber(row.at),
    attempts: toNumber(row.attempts),
    nextAttemptAt: toNumber(row.attempts) === 0 ? null : toNumber(row.nextAttemptAt),
    replayedAt: toNumber(row.replayedAt) || null,
  }));
}

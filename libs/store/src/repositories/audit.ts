import type { TimeRange } from '@tidewatch/core';
import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import { nameField, recordTable, textField, timeField } from '../record-table.js';

/** One change that somebody made. */
export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Name of the API key, or `anonymous` where none is asked for. */
  readonly actor: string;
  /** Such as `correction.create`. */
  readonly action: string;
  /** Such as `correction`. */
  readonly objectKind: string;
  readonly objectId: string;
  /** The request that made the change: with the same one an entry is the same entry. */
  readonly requestId: string;
  /** The object before the change, JSON; `''` when there was none. */
  readonly before: string;
  /** The object after the change, JSON; `''` when there is none. */
  readonly after: string;
}

/** Which entries {@link AuditRepository.list} returns. */
export interface AuditFilter {
  readonly range: TimeRange;
  readonly objectKind?: string;
  /** Default 1,000. */
  readonly limit?: number;
}

/** Keeps who changed what, for 400 days. */
export interface AuditRepository {
  /** Resolves when the entries are durable. */
  append(project: string, entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. */
  list(project: string, filter: AuditFilter): Promise<AuditEntry[]>;
}

interface AuditRow extends AuditEntry {
  readonly project: string;
}

const AUDIT_LOG = recordTable<AuditRow>(
  'audit_log',
  {
    project: nameField('Project'),
    at: timeField('At'),
    actor: nameField('Actor'),
    action: nameField('Action'),
    objectKind: nameField('ObjectKind'),
    objectId: textField('ObjectId'),
    requestId: textField('RequestId'),
    before: textField('Before'),
    after: textField('After'),
  },
  { announced: false },
);

/** Opens the repository. */
export function auditRepository(database: Database, writer: BlockWriter): AuditRepository {
  return {
    append: (project, entries) =>
      appendRows(
        writer,
        AUDIT_LOG.definition,
        entries.map((entry) => ({ ...entry, project })),
        (row) => row.at,
      ),
    list: async (project, { range, objectKind = '', limit = 1_000 }) => {
      const rows = await database.query<Record<string, unknown>>(
        `SELECT ${AUDIT_LOG.select} FROM audit_log FINAL
         WHERE Project = {project:String}
           AND At >= fromUnixTimestamp64Milli({from:Int64}) AND At < fromUnixTimestamp64Milli({to:Int64})
           AND ({objectKind:String} = '' OR ObjectKind = {objectKind:String})
         ORDER BY At DESC, ObjectKind, ObjectId, Action, RequestId LIMIT {limit:UInt32}`,
        { project, from: Math.floor(range.from), to: Math.ceil(range.to), objectKind, limit },
        { tag: 'audit.list' },
      );
      return rows.map((row) => toEntry(AUDIT_LOG.parse(row)));
    },
  };
}

function toEntry(row: AuditRow): AuditEntry {
  const { at, actor, action, objectKind, objectId, requestId, before, after } = row;
  return { at, actor, action, objectKind, objectId, requestId, before, after };
}

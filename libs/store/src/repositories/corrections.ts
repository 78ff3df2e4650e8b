import type { Correction } from '@tidewatch/slo';
import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import {
  nameField,
  namesField,
  optionalTimeField,
  recordTable,
  textField,
  timeField,
  uint32Field,
  type Field,
} from '../record-table.js';

/** Stores corrections of SLOs, and when they were taken back. Nothing is ever deleted. */
export interface CorrectionsRepository {
  /** Stores a new correction; resolves when it is durable. Storing it again changes nothing. */
  create(project: string, correction: Correction): Promise<void>;
  /**
   * Takes a correction back at `at` (milliseconds since the epoch). One that was taken back before keeps its first time.
   *
   * @returns the correction as it is now, or `null` when there is none with this id
   */
  withdraw(project: string, id: string, at: number): Promise<Correction | null>;
  /**
   * Every correction, withdrawn ones included, the newest first.
   *
   * @param filter `since`: only those that may change anything from then on, milliseconds since the epoch: which end later, or
   *   recur
   */
  list(project: string, filter?: { readonly since?: number }): Promise<Correction[]>;
}

interface CorrectionRow extends Correction {
  readonly project: string;
  readonly version: number;
}

const SLO_CORRECTIONS = recordTable<CorrectionRow>(
  'slo_corrections',
  {
    project: nameField('Project'),
    id: textField('Id'),
    version: uint32Field('Version'),
    slos: namesField('Slos'),
    category: nameField('Category') as Field<Correction['category']>,
    effect: nameField('Effect') as Field<Correction['effect']>,
    from: quotedTimeField('From'),
    to: quotedTimeField('To'),
    rrule: textField('RRule'),
    timeZone: nameField('TimeZone'),
    reason: textField('Reason'),
    actor: nameField('Actor'),
    createdAt: timeField('CreatedAt'),
    withdrawnAt: optionalTimeField('WithdrawnAt'),
  },
  { announced: false },
);

const CREATED = 1;
const WITHDRAWN = 2;

/** Opens the repository. */
export function correctionsRepository(database: Database, writer: BlockWriter): CorrectionsRepository {
  // The table has no partitions, so any fixed time will do.
  const append = (row: CorrectionRow): Promise<void> =>
    appendRows(writer, SLO_CORRECTIONS.definition, [row], () => 0);
  return {
    create: (project, correction) => append({ ...correction, project, version: CREATED }),
    withdraw: async (project, id, at) => {
      const found = (await read(database, project, 'AND Id = {id:String}', { id }))[0];
      if (found === undefined || found.withdrawnAt !== null) {
        return found ?? null;
      }
      const withdrawn = { ...found, withdrawnAt: at };
      await append({ ...withdrawn, project, version: WITHDRAWN });
      return withdrawn;
    },
    list: (project, { since } = {}) =>
      since === undefined
        ? read(database, project, '', {})
        : read(database, project, "AND (RRule != '' OR `To` > fromUnixTimestamp64Milli({since:Int64}))", {
            since: Math.floor(since),
          }),
  };
}

async function read(
  database: Database,
  project: string,
  condition: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<Correction[]> {
  const rows = await database.query<Record<string, unknown>>(
    `SELECT ${SLO_CORRECTIONS.select} FROM (
       SELECT * FROM slo_corrections WHERE Project = {project:String} ${condition}
       ORDER BY Id, Version DESC LIMIT 1 BY Id)
     ORDER BY CreatedAt DESC, Id`,
    { project, ...parameters },
    { tag: 'corrections.read' },
  );
  return rows.map((row) => toCorrection(SLO_CORRECTIONS.parse(row)));
}

function toCorrection(row: CorrectionRow): Correction {
  const { id, slos, category, effect, from, to, rrule, timeZone } = row;
  const { reason, actor, createdAt, withdrawnAt } = row;
  return { id, slos, category, effect, from, to, rrule, timeZone, reason, actor, createdAt, withdrawnAt };
}

/** A {@link timeField} whose name is a word of SQL. */
function quotedTimeField(column: string): Field<number> {
  return { ...timeField(column), select: timeField(`\`${column}\``).select };
}

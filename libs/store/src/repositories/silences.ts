import type { Matcher, Silence } from '@tidewatch/alerts';
import type { TimeRange } from '@tidewatch/core';
import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import { string } from '../column-types.js';
import type { Database } from '../database.js';
import {
  nameField,
  optionalTimeField,
  recordTable,
  textField,
  timeField,
  uint32Field,
  type Field,
} from '../record-table.js';

/** Which silences {@link SilencesRepository.list} returns; without anything the newest of all. Times in ms. */
export interface SilenceFilter {
  /** Only those that were to hold for some of this time. */
  readonly range?: TimeRange;
  /** Only those that hold then: begun, not ended, and not taken back by then. */
  readonly inForceAt?: number;
  readonly id?: string;
  /** Default 1,000. */
  readonly limit?: number;
}

/** A silence and whose it is. */
export interface ProjectSilence {
  readonly project: string;
  readonly silence: Silence;
}

/** Stores silences, and when they were taken back. Nothing is ever deleted. */
export interface SilencesRepository {
  /** Stores a new silence; resolves when it is durable. Storing it again changes nothing. */
  create(project: string, silence: Silence): Promise<void>;
  /**
   * Takes a silence back at `at` (ms). One that was taken back before keeps its first time.
   *
   * @returns the silence as it is now, or `null` when there is none with this id
   */
  withdraw(project: string, id: string, at: number): Promise<Silence | null>;
  /** The newest first, withdrawn ones included. */
  list(project: string, filter?: SilenceFilter): Promise<Silence[]>;
  /** Those of all projects that may hold at `at` (ms) or later: not ended and not taken back by then. */
  notOver(at: number): Promise<ProjectSilence[]>;
}

interface SilenceRow extends Silence {
  readonly project: string;
  readonly version: number;
}

const SILENCES = recordTable<SilenceRow>(
  'silences',
  {
    project: nameField('Project'),
    id: textField('Id'),
    version: uint32Field('Version'),
    matchers: matchersField('Matchers'),
    startsAt: timeField('StartsAt'),
    endsAt: timeField('EndsAt'),
    comment: textField('Comment'),
    createdBy: nameField('CreatedBy'),
    createdAt: timeField('CreatedAt'),
    withdrawnAt: optionalTimeField('WithdrawnAt'),
  },
  { announced: false },
);

const CREATED = 1;
const WITHDRAWN = 2;
const DEFAULT_LIMIT = 1_000;
/** Of all projects; the newest are taken when there are more. */
const MOST_AT_ONCE = 10_000;
const FOREVER: TimeRange = { from: 0, to: 4_102_444_800_000 };

/** Opens the repository. */
export function silencesRepository(database: Database, writer: BlockWriter): SilencesRepository {
  // The table has no partitions, so any fixed time will do.
  const append = (row: SilenceRow): Promise<void> => appendRows(writer, SILENCES.definition, [row], () => 0);
  const list = async (project: string, filter: SilenceFilter = {}): Promise<Silence[]> =>
    (await read(database, project, filter)).map(({ silence }) => silence);
  return {
    create: (project, silence) => append({ ...silence, project, version: CREATED }),
    withdraw: async (project, id, at) => {
      const [found] = await list(project, { id });
      if (found === undefined || found.withdrawnAt !== null) {
        return found ?? null;
      }
      const withdrawn = { ...found, withdrawnAt: at };
      await append({ ...withdrawn, project, version: WITHDRAWN });
      return withdrawn;
    },
    list,
    notOver: async (at) => {
      const found = await read(database, null, {
        range: { from: at, to: FOREVER.to },
        limit: MOST_AT_ONCE,
      });
      return found.filter(({ silence }) => silence.withdrawnAt === null || silence.withdrawnAt > at);
    },
  };
}

/** @param project `null` for all */
async function read(
  database: Database,
  project: string | null,
  filter: SilenceFilter,
): Promise<ProjectSilence[]> {
  const { range = FOREVER, inForceAt, id = '', limit = DEFAULT_LIMIT } = filter;
  const rows = await database.query<Record<string, unknown>>(
    `SELECT ${SILENCES.select} FROM (
       SELECT * FROM silences
       WHERE ({everywhere:Bool} OR Project = {project:String}) AND ({id:String} = '' OR Id = {id:String})
         AND EndsAt > fromUnixTimestamp64Milli({from:Int64}) AND StartsAt < fromUnixTimestamp64Milli({to:Int64})
       ORDER BY Project, Id, Version DESC LIMIT 1 BY Project, Id)
     WHERE {anyTime:Bool}
       OR StartsAt <= fromUnixTimestamp64Milli({at:Int64}) AND EndsAt > fromUnixTimestamp64Milli({at:Int64})
         AND (WithdrawnAt IS NULL OR WithdrawnAt > fromUnixTimestamp64Milli({at:Int64}))
     ORDER BY CreatedAt DESC, Project, Id LIMIT {limit:UInt32}`,
    {
      everywhere: project === null,
      project: project ?? '',
      id,
      from: Math.floor(range.from),
      to: Math.ceil(range.to),
      anyTime: inForceAt === undefined,
      at: Math.floor(inForceAt ?? 0),
      limit,
    },
    { tag: 'silences.read' },
  );
  return rows.map((row) => toProjectSilence(SILENCES.parse(row)));
}

function toProjectSilence(row: SilenceRow): ProjectSilence {
  const { id, matchers, startsAt, endsAt, comment, createdBy, createdAt, withdrawnAt } = row;
  return {
    project: row.project,
    silence: { id, matchers, startsAt, endsAt, comment, createdBy, createdAt, withdrawnAt },
  };
}

function matchersField(column: string): Field<readonly Matcher[]> {
  return {
    column,
    type: { sql: string.sql, write: (writer, matchers) => string.write(writer, JSON.stringify(matchers)) },
    select: column,
    parse: (json) => JSON.parse(json as string) as Matcher[],
  };
}

import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import { bool, dateTime64Milli, nullable } from '../column-types.js';
import type { Database } from '../database.js';
import type { ParameterValue } from '../parameters.js';
import {
  countField,
  nameField,
  recordTable,
  textField,
  timeField,
  uint16Field,
  uint32Field,
  type Field,
} from '../record-table.js';
import { toNumberOrNull, type JsonNumber } from '../row-values.js';

/**
 * How far a run is. `requested` waits for a person, who makes it `approved` or `rejected`, or else it becomes `expired`.
 * `cooling-down` was asked for too soon after another one. `sent` is on its way, `succeeded` and `failed` are its ends.
 */
export type ActionRunStatus =
  'requested' | 'approved' | 'rejected' | 'expired' | 'cooling-down' | 'sent' | 'succeeded' | 'failed';

/** One version of one run. Times in milliseconds since the epoch. */
export interface ActionRunRow {
  readonly project: string;
  readonly id: string;
  /** 1 for the first; one more for each change. */
  readonly version: number;
  readonly status: ActionRunStatus;
  readonly receiver: string;
  readonly incidentId: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly action: string;
  readonly dryRun: boolean;
  readonly needsApproval: boolean;
  readonly cooldownMs: number;
  /** What is sent, JSON. */
  readonly body: string;
  readonly requestedAt: number;
  /** Who agreed or did not; empty for nobody. */
  readonly decidedBy: string;
  readonly decidedAt: number | null;
  readonly comment: string;
  /** The first attempt; `null` before. */
  readonly sentAt: number | null;
  readonly attempts: number;
  /** When it is to be tried again; `null` for not by itself. */
  readonly nextAttemptAt: number | null;
  readonly finishedAt: number | null;
  readonly httpStatus: number;
  readonly reason: string;
  readonly updatedAt: number;
}

/** What a cooldown is about. */
export type ActionTarget = Pick<ActionRunRow, 'receiver' | 'service' | 'region' | 'model' | 'dryRun'>;

/** Keeps what was done about incidents. Nothing is ever deleted. */
export interface ActionRunsRepository {
  /** Stores a version; resolves when it is durable. Storing it again changes nothing. */
  append(row: ActionRunRow): Promise<void>;
  /** The newest version of a run, or `null`. */
  find(project: string, id: string): Promise<ActionRunRow | null>;
  /** The newest version of each run that was asked for since `since`, newest first. */
  list(
    project: string,
    filter: { readonly since: number; readonly status?: ActionRunStatus; readonly limit?: number },
  ): Promise<ActionRunRow[]>;
  /** The run for this target that was sent last, of those sent since `since`; `null` for none. */
  lastSent(project: string, target: ActionTarget, since: number): Promise<ActionRunRow | null>;
  /** Runs of all projects that wait for something and were asked for since `since`, oldest first; at most 1,000. */
  unfinished(since: number): Promise<ActionRunRow[]>;
}

const ACTION_RUNS = recordTable<ActionRunRow>(
  'action_runs',
  {
    project: nameField('Project'),
    id: textField('Id'),
    version: uint32Field('Version'),
    status: nameField('Status') as Field<ActionRunStatus>,
    receiver: nameField('Receiver'),
    incidentId: textField('IncidentId'),
    service: nameField('Service'),
    region: nameField('Region'),
    model: nameField('Model'),
    action: nameField('Action'),
    dryRun: flagField('DryRun'),
    needsApproval: flagField('NeedsApproval'),
    cooldownMs: countField('CooldownMs'),
    body: textField('Body'),
    requestedAt: timeField('RequestedAt'),
    decidedBy: textField('DecidedBy'),
    decidedAt: optionalTimeField('DecidedAt'),
    comment: textField('Comment'),
    sentAt: optionalTimeField('SentAt'),
    attempts: uint32Field('Attempts'),
    nextAttemptAt: optionalTimeField('NextAttemptAt'),
    finishedAt: optionalTimeField('FinishedAt'),
    httpStatus: uint16Field('HttpStatus'),
    reason: textField('Reason'),
    updatedAt: timeField('UpdatedAt'),
  },
  { announced: false },
);

/** Newest version of each run for which `condition` holds in every version. */
function newest(condition: string): string {
  return `SELECT * FROM action_runs WHERE ${condition} ORDER BY Project, Id, Version DESC LIMIT 1 BY Project, Id`;
}

/** Opens the repository. */
export function actionRunsRepository(database: Database, writer: BlockWriter): ActionRunsRepository {
  const read = async (
    sql: string,
    parameters: Readonly<Record<string, ParameterValue>>,
    tag: string,
  ): Promise<ActionRunRow[]> =>
    (await database.query<Record<string, unknown>>(sql, parameters, { tag })).map(ACTION_RUNS.parse);
  return {
    // The table has no partitions, so any fixed time will do.
    append: (row) => appendRows(writer, ACTION_RUNS.definition, [row], () => 0),
    find: async (project, id) => {
      const rows = await read(
        `SELECT ${ACTION_RUNS.select} FROM (${newest('Project = {project:String} AND Id = {id:String}')})`,
        { project, id },
        'action-runs.find',
      );
      return rows[0] ?? null;
    },
    list: (project, { since, status = '', limit = 100 }) =>
      read(
        `SELECT ${ACTION_RUNS.select}
         FROM (${newest('Project = {project:String} AND RequestedAt >= fromUnixTimestamp64Milli({since:Int64})')})
         WHERE {status:String} = '' OR Status = {status:String}
         ORDER BY RequestedAt DESC, Id LIMIT {limit:UInt32}`,
        { project, since: Math.floor(since), status, limit },
        'action-runs.list',
      ),
    lastSent: async (project, target, since) => {
      const { receiver, service, region, model, dryRun } = target;
      const rows = await read(
        `SELECT ${ACTION_RUNS.select} FROM (${newest(
          `Project = {project:String} AND Receiver = {receiver:String} AND Service = {service:String}
           AND Region = {region:String} AND Model = {model:String} AND DryRun = {dryRun:Bool}`,
        )})
         WHERE SentAt >= fromUnixTimestamp64Milli({since:Int64}) ORDER BY SentAt DESC, Id LIMIT 1`,
        { project, receiver, service, region, model, dryRun, since: Math.floor(since) },
        'action-runs.last-sent',
      );
      return rows[0] ?? null;
    },
    unfinished: (since) =>
      read(
        `SELECT ${ACTION_RUNS.select}
         FROM (${newest('RequestedAt >= fromUnixTimestamp64Milli({since:Int64})')})
         WHERE Status IN ('requested', 'approved', 'sent') ORDER BY RequestedAt, Project, Id LIMIT 1000`,
        { since: Math.floor(since) },
        'action-runs.unfinished',
      ),
  };
}

function flagField(column: string): Field<boolean> {
  return { column, type: bool, select: column, parse: (json) => json === true || json === 1 || json === '1' };
}

/** Nullable(DateTime64(3)) as milliseconds since the epoch. */
function optionalTimeField(column: string): Field<number | null> {
  return {
    column,
    type: nullable(dateTime64Milli),
    select: timeField(column).select,
    parse: (json) => toNumberOrNull(json as JsonNumber | null),
  };
}

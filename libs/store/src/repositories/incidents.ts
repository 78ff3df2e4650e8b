import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import type { ParameterValue } from '../parameters.js';
import { countField, nameField, recordTable, textField, timeField, uint32Field } from '../record-table.js';
import { toNumber } from '../row-values.js';
import { appendRows } from '../append-rows.js';

/** One state change of an incident with the notifications it asks for. Times in milliseconds since the epoch. */
export interface IncidentEventRow {
  readonly project: string;
  readonly incidentId: string;
  /** 1 for the incident's first change. A row with the same incident and sequence and a higher epoch replaces it. */
  readonly sequence: number;
  /** Of the writer's lease; 0 where there is one writer only. */
  readonly epoch: number;
  readonly at: number;
  readonly kind: string;
  readonly status: string;
  readonly severity: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly generation: number;
  readonly summary: string;
  /** Name of the member that caused it; empty when it was a person or the time. */
  readonly member: string;
  /** The person who caused it; empty otherwise. */
  readonly actor: string;
  /** What was said, such as a comment. */
  readonly detail: string;
  /** The incident after the change, JSON. */
  readonly state: string;
  /** The notification intents of the change, a JSON array of objects with an `id`. */
  readonly intents: string;
}

/** Which incidents {@link IncidentsRepository.list} returns. */
export interface IncidentFilter {
  /** `open` is everything that is not resolved. Default `all`. */
  readonly status?: 'open' | 'resolved' | 'all';
  /** Default 50. */
  readonly limit?: number;
}

/** Stores incident changes and reads the state they add up to. */
export interface IncidentsRepository {
  /** Stores changes; resolves when they are durable. Storing one again changes nothing. */
  append(project: string, rows: readonly IncidentEventRow[]): Promise<void>;
  /** The last change of each of these incidents. */
  lastChanges(project: string, incidentIds: readonly string[]): Promise<IncidentEventRow[]>;
  /**
   * The last change of the newest generation of every incident key (project, service, region, model), of one project
   * or, with `null`, of all: what the state machine needs to go on after a restart. Resolved ones belong to it however
   * old they are, because the next incident of the key takes the next generation.
   */
  latestStates(project: string | null): Promise<IncidentEventRow[]>;
  /** The last change of incidents, most recently changed first, and how many there are in all. */
  list(project: string, filter?: IncidentFilter): Promise<{ items: IncidentEventRow[]; total: number }>;
  /** All changes of these incidents, each incident's oldest first; at most 1,000 of each. */
  changesOf(project: string, incidentIds: readonly string[]): Promise<IncidentEventRow[]>;
}

const INCIDENT_EVENTS = recordTable<IncidentEventRow>(
  'incident_events',
  {
    project: nameField('Project'),
    incidentId: textField('IncidentId'),
    sequence: uint32Field('Sequence'),
    epoch: countField('Epoch'),
    at: timeField('At'),
    kind: nameField('Kind'),
    status: nameField('Status'),
    severity: nameField('Severity'),
    service: nameField('Service'),
    region: nameField('Region'),
    model: nameField('Model'),
    generation: uint32Field('Generation'),
    summary: textField('Summary'),
    member: textField('Member'),
    actor: nameField('Actor'),
    detail: textField('Detail'),
    state: textField('State'),
    intents: textField('Intents'),
  },
  { announced: false },
);

/** The last change of each incident. Sequences rise with every change, and the partition key is not part of the key. */
const LAST_CHANGES = `SELECT * FROM incident_events
  WHERE {anyProject:Bool} OR Project = {project:String}
  ORDER BY Project, IncidentId, Sequence DESC, Epoch DESC LIMIT 1 BY Project, IncidentId`;

/** Opens the repository. */
export function incidentsRepository(database: Database, writer: BlockWriter): IncidentsRepository {
  const read = async (sql: string, parameters: Record<string, ParameterValue>, tag: string) =>
    (await database.query<Record<string, unknown>>(sql, parameters, { tag })).map(INCIDENT_EVENTS.parse);
  return {
    append: (project, rows) =>
      appendRows(
        writer,
        INCIDENT_EVENTS.definition,
        rows.map((row) => ({ ...row, project })),
        (row) => row.at,
      ),
    latestStates: (project) =>
      read(
        `SELECT ${INCIDENT_EVENTS.select} FROM (${LAST_CHANGES})
         ORDER BY Project, Service, Region, Model, Generation DESC LIMIT 1 BY Project, Service, Region, Model`,
        { anyProject: project === null, project: project ?? '' },
        'incidents.latest-states',
      ),
    lastChanges: (project, incidentIds) =>
      read(
        `SELECT ${INCIDENT_EVENTS.select} FROM incident_events
         WHERE Project = {project:String} AND IncidentId IN {incidentIds:Array(String)}
         ORDER BY IncidentId, Sequence DESC, Epoch DESC LIMIT 1 BY IncidentId`,
        { project, incidentIds },
        'incidents.last-changes',
      ),
    list: (project, filter) => list(database, project, filter ?? {}),
    changesOf: (project, incidentIds) =>
      read(
        `SELECT ${INCIDENT_EVENTS.select} FROM (
           SELECT * FROM incident_events
           WHERE Project = {project:String} AND IncidentId IN {incidentIds:Array(String)}
           ORDER BY IncidentId, Sequence, Epoch DESC LIMIT 1 BY IncidentId, Sequence)
         ORDER BY incidentId, sequence LIMIT 1000 BY incidentId`,
        { project, incidentIds },
        'incidents.changes',
      ),
  };
}

async function list(
  database: Database,
  project: string,
  { status = 'all', limit = 50 }: IncidentFilter,
): Promise<{ items: IncidentEventRow[]; total: number }> {
  const rows = await database.query<Record<string, unknown>>(
    `SELECT ${INCIDENT_EVENTS.select}, count() OVER () AS total FROM (${LAST_CHANGES})
     WHERE {status:String} = 'all' OR (Status = 'resolved') = ({status:String} = 'resolved')
     ORDER BY At DESC, IncidentId LIMIT {limit:UInt32}`,
    { anyProject: false, project, status, limit },
    { tag: 'incidents.list' },
  );
  return { items: rows.map(INCIDENT_EVENTS.parse), total: toNumber((rows[0]?.['total'] ?? 0) as string) };
}

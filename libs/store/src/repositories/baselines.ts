import type { Counted, Grid } from '@tidewatch/drift';
import type { BlockWriter } from '../block-writer.js';
import type { Database } from '../database.js';
import { toNumber } from '../row-values.js';
import { encodeRows, type TableDefinition } from '../table-definition.js';
import { readProfiles } from './baseline-profiles.js';
import { BASELINES, PROFILES, type BaselineRow } from './baseline-tables.js';

/** What a version of a baseline is worth: `candidate` waits for approval. */
export type BaselineStatus = 'active' | 'candidate' | 'rejected';

/** A stored version of a baseline. Its profiles never change. */
export interface BaselineVersion {
  readonly model: string;
  readonly name: string;
  /** 1 for the first under this name, then rising. */
  readonly version: number;
  readonly rows: number;
  /** How it came: `upload`, or a description of the samples it was made from. */
  readonly source: string;
  /** SHA-256 of the uploaded bytes, hex; may be empty. */
  readonly sha256: string;
  readonly createdAt: number;
  readonly status: BaselineStatus;
  /** What changed against the version before, JSON; empty for none. */
  readonly diff: string;
}

/** One variable of a baseline: its cells, and what they counted. */
export interface BaselineProfile {
  /** Id of the variable. */
  readonly variable: string;
  readonly type: 'numeric' | 'text' | 'boolean';
  readonly grid: Grid;
  /** All counts are 0 for a baseline that only lends its cells. */
  readonly counted: Counted;
}

/** What to store as a new version. */
export interface NewBaseline {
  readonly model: string;
  readonly name: string;
  readonly source: string;
  readonly sha256: string;
  readonly rows: number;
  /** Default `active`. */
  readonly status?: BaselineStatus;
  readonly diff?: string;
  readonly profiles: readonly BaselineProfile[];
}

/** Stores baselines as profiles. */
export interface BaselinesRepository {
  /** Stores a new version. It becomes visible only when all of its profiles are stored. */
  save(project: string, baseline: NewBaseline): Promise<BaselineVersion>;
  /** The newest active version, or `null` when there is none under this name. */
  latest(project: string, model: string, name: string): Promise<BaselineVersion | null>;
  /** All versions under a name, the newest first; at most 1,000. */
  versions(project: string, model: string, name: string): Promise<BaselineVersion[]>;
  /** The newest active version of every baseline, of one model when given; at most 1,000. */
  list(project: string, model?: string): Promise<BaselineVersion[]>;
  /** The profiles of a version, by variable; all of them unless `variables` names some. */
  profiles(project: string, baseline: BaselineKey, variables?: readonly string[]): Promise<BaselineProfile[]>;
  /** Approves or rejects a version; the newest active one counts. */
  setStatus(project: string, baseline: BaselineVersion, status: BaselineStatus): Promise<BaselineVersion>;
}

/** Names one version. */
export type BaselineKey = Pick<BaselineVersion, 'model' | 'name' | 'version'>;

/** Variables encoded at once: 50 profiles of 1,000 cells are below 2 MB. */
const PROFILES_PER_BLOCK = 50;

/** Opens the repository. */
export function baselinesRepository(database: Database, writer: BlockWriter): BaselinesRepository {
  // Two uploads of one name at once must not both become the same version.
  let saving: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const done = saving.then(work);
    saving = done.catch(() => undefined);
    return done;
  };
  return {
    save: (project, baseline) => inTurn(() => save(database, writer, project, baseline)),
    latest: async (project, model, name) =>
      (await versions(database, { project, model, name })).find(({ status }) => status === 'active') ?? null,
    versions: (project, model, name) => versions(database, { project, model, name }),
    list: async (project, model) => {
      const all = await versions(database, { project, model: model ?? null, name: null });
      const seen = new Set<string>();
      return all.filter(({ model: of, name, status }) => {
        const key = JSON.stringify([of, name]);
        const first = status === 'active' && !seen.has(key);
        if (first) {
          seen.add(key);
        }
        return first;
      });
    },
    profiles: (project, key, variables) => readProfiles(database, project, key, variables),
    setStatus: (project, baseline, status) =>
      inTurn(async () => {
        const changed = { ...baseline, status };
        await append(writer, BASELINES, [{ ...changed, project }]);
        return changed;
      }),
  };
}

async function save(
  database: Database,
  writer: BlockWriter,
  project: string,
  { profiles, status = 'active', diff = '', ...about }: NewBaseline,
): Promise<BaselineVersion> {
  const [newest] = await versions(database, { project, model: about.model, name: about.name });
  const version: BaselineVersion = {
    ...about,
    version: (newest?.version ?? 0) + 1,
    createdAt: Date.now(),
    status,
    diff,
  };
  const key: BaselineRow = { ...version, project };
  const rows = profiles.map((profile) => ({ key, profile }));
  for (let start = 0; start < rows.length; start += PROFILES_PER_BLOCK) {
    await append(writer, PROFILES, rows.slice(start, start + PROFILES_PER_BLOCK));
  }
  await append(writer, BASELINES, [key]);
  return version;
}

function append<Row>(writer: BlockWriter, table: TableDefinition<Row>, rows: readonly Row[]): Promise<void> {
  return writer.append(table, { rows: rows.length, bytes: encodeRows(table, rows), day: 0 });
}

async function versions(
  database: Database,
  { project, model, name }: { project: string; model: string | null; name: string | null },
): Promise<BaselineVersion[]> {
  const rows = await database.query<Record<keyof BaselineVersion, string>>(
    `SELECT Model AS model, Name AS name, Version AS version, Rows AS rows, Source AS source, Sha256 AS sha256,
            toUnixTimestamp64Milli(CreatedAt) AS createdAt, Status AS status, Diff AS diff
     FROM baselines FINAL
     WHERE Project = {project:String} AND ({anyModel:Bool} OR Model = {model:String})
       AND ({anyName:Bool} OR Name = {name:String}) AND Format = 2
     ORDER BY Model, Name, Version DESC LIMIT 1000`,
    { project, model: model ?? '', name: name ?? '', anyModel: model === null, anyName: name === null },
    { tag: 'baselines.versions' },
  );
  return rows.map((row) => ({
    ...row,
    version: toNumber(row.version),
    rows: toNumber(row.rows),
    createdAt: toNumber(row.createdAt),
    status: row.status as BaselineStatus,
  }));
}

import type { BaselineTable, FeatureColumn } from '@tidewatch/samples';
import type { BlockWriter } from '../block-writer.js';
import {
  array,
  count64,
  dateTime64Milli,
  enum8,
  float64,
  lowCardinality,
  map,
  string,
} from '../column-types.js';
import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import { toNumber } from '../row-values.js';
import { column, defineTable, encodeRows } from '../table-definition.js';
import type { TableDefinition } from '../table-definition.js';
import { sampleByHash } from './sample-by-hash.js';

/** A stored version of a reference dataset. */
export interface BaselineVersion {
  readonly model: string;
  readonly name: string;
  /** 1 for the first upload under this name, then rising. */
  readonly version: number;
  readonly rows: number;
  /** How it came: `upload`, or a description given by the caller. */
  readonly source: string;
  /** SHA-256 of the uploaded bytes, hex; may be empty. */
  readonly sha256: string;
  readonly createdAt: number;
}

/** One feature of a baseline version. */
export interface BaselineProfile {
  readonly feature: string;
  readonly type: FeatureColumn['type'];
  /** Rows of the whole baseline. */
  readonly rows: number;
  readonly nulls: number;
  readonly notFinite: number;
  /** At most {@link BASELINE_SAMPLE} finite values, ascending; empty unless `type` is `numeric`. */
  readonly sample: Float64Array;
}

/** What to store as a new version. */
export interface BaselineUpload {
  readonly model: string;
  readonly name: string;
  readonly source: string;
  readonly sha256: string;
  readonly table: BaselineTable;
}

/** Stores reference datasets as profiles. */
export interface BaselinesRepository {
  /** Stores a new version. It becomes the latest only when all of its features are stored. */
  save(project: string, upload: BaselineUpload): Promise<BaselineVersion>;
  /** The newest version, or `null` when nothing was uploaded under this name. */
  latest(project: string, model: string, name: string): Promise<BaselineVersion | null>;
  /** The newest version of every baseline, of one model when given; at most 1,000. */
  list(project: string, model?: string): Promise<BaselineVersion[]>;
  /** The features of a version, by name; all of them unless `features` names some. */
  profiles(project: string, baseline: BaselineKey, features?: readonly string[]): Promise<BaselineProfile[]>;
}

/** Names one version. */
export type BaselineKey = Pick<BaselineVersion, 'model' | 'name' | 'version'>;

/** Values kept per numeric feature: the error of an ECDF over 20,000 values is below 0.01 (DKW, 95 %). */
export const BASELINE_SAMPLE = 20_000;

interface BaselineRow extends BaselineVersion {
  readonly project: string;
}

interface ProfileRow {
  readonly key: BaselineRow;
  readonly feature: string;
  readonly column: FeatureColumn;
}

const BASELINES = defineTable<BaselineRow>(
  'baselines',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('Model', lowCardinality, (row) => row.model),
    column('Name', lowCardinality, (row) => row.name),
    column('Version', count64, (row) => row.version),
    column('Rows', count64, (row) => row.rows),
    column('Source', lowCardinality, (row) => row.source),
    column('Sha256', string, (row) => row.sha256),
    column('CreatedAt', dateTime64Milli, (row) => row.createdAt),
  ],
  { announced: false },
);

const PROFILES = defineTable<ProfileRow>(
  'baseline_profiles',
  [
    column('Project', lowCardinality, ({ key }) => key.project),
    column('Model', lowCardinality, ({ key }) => key.model),
    column('Name', lowCardinality, ({ key }) => key.name),
    column('Version', count64, ({ key }) => key.version),
    column('Feature', lowCardinality, (row) => row.feature),
    column(
      'Type',
      enum8<FeatureColumn['type']>({ numeric: 1, text: 2, boolean: 3 }),
      (row) => row.column.type,
    ),
    column('Rows', count64, ({ key }) => key.rows),
    column('Nulls', count64, (row) => row.column.nulls),
    column('NotFinite', count64, (row) => row.column.notFinite),
    column('Sample', array(float64), (row) => sampleByHash(row.column.values, BASELINE_SAMPLE)),
    column('Categories', map(string, count64), (row) => row.column.categories),
    column('CreatedAt', dateTime64Milli, ({ key }) => key.createdAt),
  ],
  { announced: false },
);

/** Features encoded at once: 50 samples of 20,000 values are 8 MB. */
const FEATURES_PER_BLOCK = 50;

/** Opens the repository. */
export function baselinesRepository(database: Database, writer: BlockWriter): BaselinesRepository {
  // Two uploads of one name at once must not both become the same version.
  let saving: Promise<unknown> = Promise.resolve();
  return {
    save: (project, upload) => {
      const saved = saving.then(() => save(database, writer, project, upload));
      saving = saved.catch(() => undefined);
      return saved;
    },
    latest: async (project, model, name) =>
      (await versions(database, { project, model, name, anyModel: false, anyName: false }))[0] ?? null,
    list: (project, model) =>
      versions(database, {
        project,
        model: model ?? '',
        name: '',
        anyModel: model === undefined,
        anyName: true,
      }),
    profiles: (project, key, features) => readProfiles(database, project, key, features),
  };
}

async function save(
  database: Database,
  writer: BlockWriter,
  project: string,
  { model, name, source, sha256, table }: BaselineUpload,
): Promise<BaselineVersion> {
  const [newest] = await versions(database, { project, model, name, anyModel: false, anyName: false });
  const version = {
    model,
    name,
    version: (newest?.version ?? 0) + 1,
    rows: table.rows,
    source,
    sha256,
    createdAt: Date.now(),
  };
  const key = { ...version, project };
  const profiles = Object.entries(table.features).map(([feature, values]) => ({
    key,
    feature,
    column: values,
  }));
  for (let start = 0; start < profiles.length; start += FEATURES_PER_BLOCK) {
    await append(writer, PROFILES, profiles.slice(start, start + FEATURES_PER_BLOCK));
  }
  await append(writer, BASELINES, [key]);
  return version;
}

function append<Row>(writer: BlockWriter, table: TableDefinition<Row>, rows: readonly Row[]): Promise<void> {
  return writer.append(table, { rows: rows.length, bytes: encodeRows(table, rows), day: 0 });
}

type VersionFilter = Record<'project' | 'model' | 'name', string> & Record<'anyModel' | 'anyName', boolean>;

async function versions(database: Database, filter: VersionFilter): Promise<BaselineVersion[]> {
  const rows = await database.query<Record<keyof BaselineVersion, string>>(
    `SELECT Model AS model, Name AS name, Version AS version, Rows AS rows, Source AS source, Sha256 AS sha256,
            toUnixTimestamp64Milli(CreatedAt) AS createdAt
     FROM baselines FINAL
     WHERE Project = {project:String} AND ({anyModel:Bool} OR Model = {model:String})
       AND ({anyName:Bool} OR Name = {name:String})
     ORDER BY Model, Name, Version DESC LIMIT 1 BY Model, Name LIMIT 1000`,
    filter,
    { tag: 'baselines.versions' },
  );
  return rows.map((row) => ({
    ...row,
    version: toNumber(row.version),
    rows: toNumber(row.rows),
    createdAt: toNumber(row.createdAt),
  }));
}

async function readProfiles(
  database: Database,
  project: string,
  { model, name, version }: BaselineKey,
  features: readonly string[] | undefined,
): Promise<BaselineProfile[]> {
  const bytes = await database.queryBinary(
    `SELECT toString(Feature), toString(Type), Rows, Nulls, NotFinite, Sample
     FROM baseline_profiles FINAL
     WHERE Project = {project:String} AND Model = {model:String} AND Name = {name:String} AND Version = {version:UInt64}
       AND ({all:Bool} OR Feature IN {features:Array(String)})
     ORDER BY Feature`,
    { project, model, name, version, all: features === undefined, features: features ?? [] },
    { tag: 'baselines.profiles' },
  );
  const reader = new RowBinaryReader(bytes);
  const profiles: BaselineProfile[] = [];
  while (reader.more) {
    profiles.push({
      feature: reader.text(),
      type: reader.text() as FeatureColumn['type'],
      rows: reader.uint64(),
      nulls: reader.uint64(),
      notFinite: reader.uint64(),
      sample: reader.float64Array(),
    });
  }
  return profiles;
}

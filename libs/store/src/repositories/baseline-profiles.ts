import type { Database } from '../database.js';
import { RowBinaryReader } from '../row-binary-reader.js';
import type { BaselineKey, BaselineProfile } from './baselines.js';

/** Reads the profiles of one version. */
export async function readProfiles(
  database: Database,
  project: string,
  { model, name, version }: BaselineKey,
  variables: readonly string[] | undefined,
): Promise<BaselineProfile[]> {
  const bytes = await database.queryBinary(
    `SELECT toString(Feature), toString(Type), Edges, CategoryNames, toUInt64(Capped), CAST(Counts, 'Array(Float64)'),
            [toFloat64(Finite), Mean, M2, M3, M4, Min, Max]
     FROM baseline_profiles FINAL
     WHERE Project = {project:String} AND Model = {model:String} AND Name = {name:String} AND Version = {version:UInt64}
       AND notEmpty(Counts) AND ({all:Bool} OR Feature IN {variables:Array(String)})
     ORDER BY Feature`,
    { project, model, name, version, all: variables === undefined, variables: variables ?? [] },
    { tag: 'baselines.profiles' },
  );
  const reader = new RowBinaryReader(bytes);
  const profiles: BaselineProfile[] = [];
  while (reader.more) {
    profiles.push(readProfile(reader));
  }
  return profiles;
}

function readProfile(reader: RowBinaryReader): BaselineProfile {
  const variable = reader.text();
  const type = reader.text() as BaselineProfile['type'];
  const edges = reader.float64Array();
  const categories = reader.textArray();
  const capped = reader.uint64() === 1;
  const counts = reader.float64Array();
  const [count, mean, m2, m3, m4, min, max] = reader.float64Array() as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return type === 'numeric'
    ? {
        variable,
        type,
        grid: { type, edges },
        counted: { counts, moments: { count, mean, m2, m3, m4, min, max }, lag: null },
      }
    : {
        variable,
        type,
        grid: { type: 'categorical', categories, capped },
        counted: { counts, moments: null, lag: null },
      };
}

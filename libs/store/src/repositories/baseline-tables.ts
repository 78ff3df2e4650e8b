import {
  array,
  bool,
  count64,
  dateTime64Milli,
  enum8,
  float64,
  lowCardinality,
  string,
  uint8,
} from '../column-types.js';
import { column, defineTable } from '../table-definition.js';
import type { BaselineProfile, BaselineVersion } from './baselines.js';

/** A row of `baselines`. */
export interface BaselineRow extends BaselineVersion {
  readonly project: string;
}

/** A row of `baseline_profiles`. */
export interface ProfileRow {
  readonly key: BaselineRow;
  readonly profile: BaselineProfile;
}

/** The format that this code writes and reads: profiles with cells. */
const FORMAT = 2;

export const BASELINES = defineTable<BaselineRow>(
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
    column('Format', uint8, () => FORMAT),
    column('Status', lowCardinality, (row) => row.status),
    column('Diff', string, (row) => row.diff),
  ],
  { announced: false },
);

const NO_EDGES = new Float64Array();

export const PROFILES = defineTable<ProfileRow>(
  'baseline_profiles',
  [
    column('Project', lowCardinality, ({ key }) => key.project),
    column('Model', lowCardinality, ({ key }) => key.model),
    column('Name', lowCardinality, ({ key }) => key.name),
    column('Version', count64, ({ key }) => key.version),
    column('Feature', lowCardinality, ({ profile }) => profile.variable),
    column(
      'Type',
      enum8<BaselineProfile['type']>({ numeric: 1, text: 2, boolean: 3 }),
      ({ profile }) => profile.type,
    ),
    column('Rows', count64, ({ key }) => key.rows),
    column('Nulls', count64, ({ profile }) => profile.counted.counts[0] ?? 0),
    column(
      'NotFinite',
      count64,
      ({ profile: { counted } }) => (counted.counts[1] ?? 0) + (counted.counts[2] ?? 0),
    ),
    column('Edges', array(float64), ({ profile: { grid } }) =>
      grid.type === 'numeric' ? grid.edges : NO_EDGES,
    ),
    column('CategoryNames', array(string), ({ profile: { grid } }) =>
      grid.type === 'categorical' ? grid.categories : [],
    ),
    column('Capped', bool, ({ profile: { grid } }) => grid.type === 'categorical' && grid.capped),
    column('Counts', array(count64), ({ profile }) => profile.counted.counts),
    column('Finite', count64, ({ profile }) => profile.counted.moments?.count ?? 0),
    column('Mean', float64, ({ profile }) => profile.counted.moments?.mean ?? 0),
    column('M2', float64, ({ profile }) => profile.counted.moments?.m2 ?? 0),
    column('M3', float64, ({ profile }) => profile.counted.moments?.m3 ?? 0),
    column('M4', float64, ({ profile }) => profile.counted.moments?.m4 ?? 0),
    column('Min', float64, ({ profile }) => profile.counted.moments?.min ?? Infinity),
    column('Max', float64, ({ profile }) => profile.counted.moments?.max ?? -Infinity),
    column('CreatedAt', dateTime64Milli, ({ key }) => key.createdAt),
  ],
  { announced: false },
);

import { count64, dateTime, int64, lowCardinality, uint16 } from '../column-types.js';
import { column, defineTable } from '../table-definition.js';
import type { SliceResolution } from './slice-lengths.js';

/** Good and total of one SLO part and group in one slice. */
export interface SliceRow {
  /** Names the SLO, the part of it and what it counts. */
  readonly slo: string;
  /** `''`: everything, also the sign that the slice was counted. */
  readonly group: string;
  readonly resolution: SliceResolution;
  /** Beginning, milliseconds since the epoch. */
  readonly start: number;
  readonly good: number;
  readonly total: number;
}

/** A slice with where and when it was computed. */
export type StoredSlice = SliceRow & { readonly project: string; readonly version: number };

export const SLO_SLICES = defineTable<StoredSlice>(
  'slo_slices',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('Resolution', uint16, (row) => row.resolution / 1000),
    column('SliceStart', dateTime, (row) => row.start),
    column('Slo', lowCardinality, (row) => row.slo),
    column('Group', lowCardinality, (row) => row.group),
    column('Good', int64, (row) => BigInt(row.good)),
    column('Total', count64, (row) => row.total),
    column('Version', count64, (row) => row.version),
  ],
  { announced: false },
);

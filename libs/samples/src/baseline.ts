/** One feature of a reference dataset. */
export interface FeatureColumn {
  readonly type: 'numeric' | 'text' | 'boolean';
  /** The finite values in the order of the rows; empty unless `type` is `numeric`. */
  readonly values: ArrayLike<number>;
  /** How many rows hold each text (`true` and `false` for a boolean); empty for a numeric feature. */
  readonly categories: Record<string, number>;
  /** Rows in which the feature is null, empty (CSV) or missing. */
  readonly nulls: number;
  /** Rows whose number is NaN or infinite; they are in no other count. */
  readonly notFinite: number;
}

/** A reference dataset, by feature. */
export interface BaselineTable {
  readonly rows: number;
  readonly features: Record<string, FeatureColumn>;
}

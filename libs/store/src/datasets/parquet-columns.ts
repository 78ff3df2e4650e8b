/** A column of a Parquet file, as ClickHouse describes it. */
export interface DescribedColumn {
  readonly name: string;
  /** ClickHouse's type, such as `Nullable(Float32)`. */
  readonly type: string;
}

/** How a column is read; `null` for types that are no feature. */
export type ColumnKind = 'numeric' | 'boolean' | 'text' | null;

const WRAPPED = /^(?:Nullable|LowCardinality)\((.*)\)$/s;

/** Numbers, booleans and texts are features. Times, lists, maps and structures are not: nobody asks whether an id drifts. */
export function kindOfColumn(type: string): ColumnKind {
  const inner = WRAPPED.exec(type)?.[1];
  if (inner !== undefined) {
    return kindOfColumn(inner);
  }
  if (/^(U?Int\d+|B?Float\d+|Decimal\d*\b)/.test(type)) {
    return 'numeric';
  }
  if (type === 'Bool') {
    return 'boolean';
  }
  // A column in which every value is null has no type of its own.
  return /^(String|FixedString\b|Enum\d*\b|UUID|Nothing)/.test(type) ? 'text' : null;
}

import {
  array,
  count64,
  dateTime64Milli,
  float64,
  lowCardinality,
  nullable,
  string,
  uint16,
  uint32,
} from './column-types.js';
import type { ColumnType } from './column-types.js';
import { toNumber, toNumberOrNull } from './row-values.js';
import type { JsonNumber } from './row-values.js';
import { column, defineTable } from './table-definition.js';
import type { TableDefinition } from './table-definition.js';

/** One property of a row type: its column, how it is written, selected and read back. */
export interface Field<Value> {
  readonly column: string;
  readonly type: ColumnType<Value>;
  /** SQL expression that yields the value in JSON. */
  readonly select: string;
  readonly parse: (json: unknown) => Value;
}

/** A table whose rows are written and read as one flat record type. */
export interface RecordTable<Row> {
  readonly definition: TableDefinition<Row>;
  /** `expression AS property, …` for a SELECT. */
  readonly select: string;
  readonly parse: (json: Record<string, unknown>) => Row;
}

/** Describes a table by the columns of `Row`'s properties. */
export function recordTable<Row extends object>(
  name: string,
  fields: { readonly [Name in keyof Row]: Field<Row[Name]> },
  options: { readonly announced: boolean },
): RecordTable<Row> {
  const names = Object.keys(fields) as (keyof Row & string)[];
  const cells = names.map((property) => {
    const field: Field<Row[typeof property]> = fields[property];
    return column<Row, Row[typeof property]>(field.column, field.type, (row) => row[property]);
  });
  return {
    definition: defineTable(name, cells, options),
    select: names.map((property) => `${fields[property].select} AS ${property}`).join(', '),
    parse: (json) =>
      Object.fromEntries(names.map((property) => [property, fields[property].parse(json[property])])) as Row,
  };
}

/** A String or, for values from a small set, LowCardinality(String). */
export function textField(columnName: string, type: ColumnType<string> = string): Field<string> {
  return { column: columnName, type, select: columnName, parse: (json) => json as string };
}

/** A LowCardinality(String). */
export function nameField(columnName: string): Field<string> {
  return textField(columnName, lowCardinality);
}

/** DateTime64(3) as milliseconds since the epoch. */
export function timeField(columnName: string): Field<number> {
  return {
    column: columnName,
    type: dateTime64Milli,
    select: `toUnixTimestamp64Milli(${columnName})`,
    parse: (json) => toNumber(json as JsonNumber),
  };
}

/** Nullable(DateTime64(3)) as milliseconds since the epoch. */
export function optionalTimeField(columnName: string): Field<number | null> {
  return {
    column: columnName,
    type: nullable(dateTime64Milli),
    select: timeField(columnName).select,
    parse: (json) => toNumberOrNull(json as JsonNumber | null),
  };
}

/** A number that is never absent. */
export function numberField(columnName: string, type: ColumnType<number>): Field<number> {
  return { column: columnName, type, select: columnName, parse: (json) => toNumber(json as JsonNumber) };
}

/** UInt64, exact up to 2^53. */
export function countField(columnName: string): Field<number> {
  return numberField(columnName, count64);
}

/** UInt32. */
export function uint32Field(columnName: string): Field<number> {
  return numberField(columnName, uint32);
}

/** UInt16. */
export function uint16Field(columnName: string): Field<number> {
  return numberField(columnName, uint16);
}

/** Nullable(Float64). */
export function optionalField(columnName: string): Field<number | null> {
  return {
    column: columnName,
    type: nullable(float64),
    select: columnName,
    parse: (json) => toNumberOrNull(json as JsonNumber | null),
  };
}

/** Array(Float64) in which NaN stands for "none": arrays of the tables are not nullable. */
export function optionalsField(columnName: string): Field<readonly (number | null)[]> {
  const type = array(float64);
  return {
    column: columnName,
    type: {
      sql: type.sql,
      write: (writer, values) =>
        type.write(
          writer,
          values.map((value) => value ?? NaN),
        ),
    },
    select: columnName,
    parse: (json) => (json as JsonNumber[]).map(toNumberOrNull),
  };
}

/** Array(UInt64), exact up to 2^53. */
export function countsField(columnName: string): Field<readonly number[]> {
  return {
    column: columnName,
    type: array(count64),
    select: columnName,
    parse: (json) => (json as JsonNumber[]).map(toNumber),
  };
}

/** Array(LowCardinality(String)). */
export function namesField(columnName: string): Field<readonly string[]> {
  return {
    column: columnName,
    type: array(lowCardinality),
    select: columnName,
    parse: (json) => json as string[],
  };
}

import type { RowBinaryWriter } from './row-binary.js';

/** How values of one ClickHouse type are written: its name in SQL, and its RowBinary form. */
export interface ColumnType<Value> {
  readonly sql: string;
  readonly write: (writer: RowBinaryWriter, value: Value) => void;
}

export const uint8: ColumnType<number> = { sql: 'UInt8', write: (writer, value) => writer.uint8(value) };
export const uint16: ColumnType<number> = { sql: 'UInt16', write: (writer, value) => writer.uint16(value) };
export const uint32: ColumnType<number> = { sql: 'UInt32', write: (writer, value) => writer.uint32(value) };
export const int32: ColumnType<number> = { sql: 'Int32', write: (writer, value) => writer.int32(value) };
export const uint64: ColumnType<bigint> = { sql: 'UInt64', write: (writer, value) => writer.uint64(value) };

/** UInt64 from a count: a non-negative integer up to 2^53. */
export const count64: ColumnType<number> = {
  sql: 'UInt64',
  write: (writer, value) => writer.int64FromNumber(value),
};
export const int64: ColumnType<bigint> = { sql: 'Int64', write: (writer, value) => writer.int64(value) };
export const float32: ColumnType<number> = {
  sql: 'Float32',
  write: (writer, value) => writer.float32(value),
};
export const float64: ColumnType<number> = {
  sql: 'Float64',
  write: (writer, value) => writer.float64(value),
};
export const bool: ColumnType<boolean> = {
  sql: 'Bool',
  write: (writer, value) => writer.uint8(value ? 1 : 0),
};
export const string: ColumnType<string> = { sql: 'String', write: (writer, value) => writer.text(value) };

/** A String column that holds bytes. */
export const binary: ColumnType<Uint8Array> = {
  sql: 'String',
  write: (writer, value) => writer.bytes(value),
};

/** Days since the epoch. */
export const date: ColumnType<number> = { sql: 'Date', write: (writer, value) => writer.uint16(value) };

/** Milliseconds since the epoch, stored as whole seconds. */
export const dateTime: ColumnType<number> = {
  sql: "DateTime('UTC')",
  write: (writer, value) => writer.uint32(Math.floor(value / 1000)),
};

/** Milliseconds since the epoch. */
export const dateTime64Milli: ColumnType<number> = {
  sql: "DateTime64(3, 'UTC')",
  write: (writer, value) => writer.int64FromNumber(Math.floor(value)),
};

/** Nanoseconds since the epoch. */
export const dateTime64Nano: ColumnType<bigint> = {
  sql: "DateTime64(9, 'UTC')",
  write: (writer, value) => writer.int64(value),
};

/** Strings from a small set; RowBinary writes the inner type as it is. */
export const lowCardinality: ColumnType<string> = { sql: 'LowCardinality(String)', write: string.write };

/** `null` is one byte 1; a value is a byte 0 and the value. */
export function nullable<Value>(inner: ColumnType<Value>): ColumnType<Value | null> {
  return {
    sql: `Nullable(${inner.sql})`,
    write: (writer, value) => {
      writer.uint8(value === null ? 1 : 0);
      if (value !== null) {
        inner.write(writer, value);
      }
    },
  };
}

/** A list of values of one type. */
export function array<Value>(inner: ColumnType<Value>): ColumnType<ArrayLike<Value>> {
  return {
    sql: `Array(${inner.sql})`,
    write: (writer, values) => {
      writer.length128(values.length);
      for (let index = 0; index < values.length; index++) {
        inner.write(writer, values[index] as Value);
      }
    },
  };
}

/** Array(Float32) of numbers that lie in memory as ClickHouse reads them: copied at once. */
export const float32s: ColumnType<Float32Array> = {
  sql: 'Array(Float32)',
  write: (writer, values) => {
    writer.length128(values.length);
    writer.raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  },
};

/** String keys to values of one type, in the object's own order. */
export function map<Value>(
  key: ColumnType<string>,
  inner: ColumnType<Value>,
): ColumnType<Readonly<Record<string, Value>>> {
  return {
    sql: `Map(${key.sql}, ${inner.sql})`,
    write: (writer, values) => {
      const entries = Object.entries(values);
      writer.length128(entries.length);
      for (const [name, value] of entries) {
        key.write(writer, name);
        inner.write(writer, value);
      }
    },
  };
}

/** Names with fixed numbers. */
export function enum8<Name extends string>(numbers: Readonly<Record<Name, number>>): ColumnType<Name> {
  const members = Object.entries(numbers).map(([name, number]) => `'${name}' = ${String(number)}`);
  return {
    sql: `Enum8(${members.join(', ')})`,
    write: (writer, value) => writer.int8(numbers[value]),
  };
}

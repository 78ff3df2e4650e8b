import type { ColumnType } from './column-types.js';
import { RowBinaryWriter } from './row-binary.js';

/** What the block writer needs to know of a table. */
export interface TableShape {
  readonly name: string;
  /** Quoted column names, separated by commas. */
  readonly columns: string;
  /** The same with types. */
  readonly structure: string;
  /** Whether a stored block adds a row to `ingest_batches`, from which evaluation learns what changed. */
  readonly announced: boolean;
}

/** One column: its name, its type, and where a row has its value. */
export interface Column<Row> {
  readonly name: string;
  readonly sql: string;
  readonly write: (writer: RowBinaryWriter, row: Row) => void;
}

/** A table with the way a row of it is written. */
export interface TableDefinition<Row> extends TableShape {
  readonly cells: readonly Column<Row>[];
}

/** A column of {@link defineTable}. */
export function column<Row, Value>(
  name: string,
  type: ColumnType<Value>,
  read: (row: Row) => Value,
): Column<Row> {
  return { name, sql: type.sql, write: (writer, row) => type.write(writer, read(row)) };
}

/** Describes `name`; the columns may be in any order and may leave out those with a default. */
export function defineTable<Row>(
  name: string,
  cells: readonly Column<Row>[],
  options: { readonly announced: boolean },
): TableDefinition<Row> {
  return { ...tableShape(name, cells, options), cells };
}

/** The shape of a table whose rows are encoded by hand. */
export function tableShape(
  name: string,
  cells: readonly { readonly name: string; readonly sql: string }[],
  options: { readonly announced: boolean },
): TableShape {
  return {
    name,
    columns: cells.map((cell) => `\`${cell.name}\``).join(', '),
    structure: cells.map((cell) => `\`${cell.name}\` ${cell.sql}`).join(', '),
    announced: options.announced,
  };
}

/** The rows in RowBinary. */
export function encodeRows<Row>(table: TableDefinition<Row>, rows: readonly Row[]): Buffer {
  const writer = new RowBinaryWriter(Math.max(256, rows.length * 64));
  for (const row of rows) {
    for (const cell of table.cells) {
      cell.write(writer, row);
    }
  }
  return writer.finish();
}

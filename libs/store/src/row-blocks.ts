import type { RowBlock } from '@tidewatch/core';
import { verbatim } from './layouts.js';
import type { Layout } from './layouts.js';
import { encodeRows } from './table-definition.js';
import type { TableDefinition, TableShape } from './table-definition.js';

const DAY_MS = 86_400_000;

/** Rows of one block at most: below the rows of one insert, so that a batch can take a whole number of blocks. */
export const MAX_ROWS_PER_BLOCK = 65_536;

/** The layout of a table whose blocks are RowBinary rows. */
export function rowLayout(shape: TableShape, version: number): Layout {
  return {
    name: `${shape.name}/${version}`,
    table: shape.name,
    format: 'RowBinary',
    columns: shape.columns,
    structure: shape.structure,
    announced: shape.announced,
    chunks: verbatim,
  };
}

/** A table of records and the layout in which its rows travel. */
export interface RowLayout<Row> {
  readonly layout: Layout;
  readonly table: TableDefinition<Row>;
  /** Event time of a row, milliseconds: decides its day. */
  readonly timeOf: (row: Row) => number;
}

/** Describes the blocks of `table`; its columns as they are now are those of `version`. */
export function recordLayout<Row>(
  table: TableDefinition<Row>,
  timeOf: (row: Row) => number,
  version = 1,
): RowLayout<Row> {
  return { layout: rowLayout(table, version), table, timeOf };
}

/** The rows as blocks of one day each, in the order in which the days first appear. */
export function rowBlocks<Row>({ layout, table, timeOf }: RowLayout<Row>, rows: readonly Row[]): RowBlock[] {
  const blocks: RowBlock[] = [];
  for (const [day, ofDay] of byDay(rows, timeOf)) {
    for (let from = 0; from < ofDay.length; from += MAX_ROWS_PER_BLOCK) {
      const chosen = ofDay.slice(from, from + MAX_ROWS_PER_BLOCK);
      const times = chosen.map(timeOf);
      blocks.push({
        layout: layout.name,
        day,
        rows: chosen.length,
        minTime: times.reduce((a, b) => Math.min(a, b)),
        maxTime: times.reduce((a, b) => Math.max(a, b)),
        bytes: encodeRows(table, chosen),
      });
    }
  }
  return blocks;
}

function byDay<Row>(rows: readonly Row[], timeOf: (row: Row) => number): Map<number, Row[]> {
  const days = new Map<number, Row[]>();
  for (const row of rows) {
    const day = Math.floor(timeOf(row) / DAY_MS);
    const sameDay = days.get(day);
    if (sameDay === undefined) {
      days.set(day, [row]);
    } else {
      sameDay.push(row);
    }
  }
  return days;
}

import type { BlockWriter } from './block-writer.js';
import { encodeRows } from './table-definition.js';
import type { TableDefinition } from './table-definition.js';

const DAY_MS = 86_400_000;

/**
 * Stores rows, one block per UTC day of `timeOf` (milliseconds): a block is one partition.
 *
 * Resolves when all are stored. When it fails some days may be stored; storing all again is safe.
 */
export async function appendRows<Row>(
  writer: BlockWriter,
  table: TableDefinition<Row>,
  rows: readonly Row[],
  timeOf: (row: Row) => number,
): Promise<void> {
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
  await Promise.all(
    [...days].map(([day, ofDay]) =>
      writer.append(table, { rows: ofDay.length, bytes: encodeRows(table, ofDay), day }),
    ),
  );
}

import type { RowBlock } from '@tidewatch/core';
import type { Layout } from '../layouts.js';
import { MAX_ROWS_PER_BLOCK } from '../row-blocks.js';
import { RowBinaryWriter } from '../row-binary.js';
import { shareByDay } from './days.js';

/** Rows in columns, about to be written. */
interface DayRows {
  readonly layout: Layout;
  /** Nanoseconds since the epoch, one per row. */
  readonly times: BigInt64Array;
  /** Bytes to expect per row: the buffer grows when it was too little. */
  readonly rowBytes: number;
  readonly write: (writer: RowBinaryWriter, index: number) => void;
}

/** The rows as blocks, one per day and at most {@link MAX_ROWS_PER_BLOCK} rows. */
export function dayBlocks({ layout, times, rowBytes, write }: DayRows): RowBlock[] {
  const blocks: RowBlock[] = [];
  for (const { day, chosen, minTime, maxTime } of shareByDay(times)) {
    const total = chosen?.length ?? times.length;
    for (let from = 0; from < total; from += MAX_ROWS_PER_BLOCK) {
      const rows = Math.min(MAX_ROWS_PER_BLOCK, total - from);
      const writer = new RowBinaryWriter(rows * rowBytes + 64);
      for (let row = from; row < from + rows; row++) {
        write(writer, chosen === null ? row : chosen[row]!);
      }
      blocks.push({ layout: layout.name, day, rows, minTime, maxTime, bytes: writer.finish() });
    }
  }
  return blocks;
}

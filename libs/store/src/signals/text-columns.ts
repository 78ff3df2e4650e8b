import type { TextColumn } from '@tidewatch/otlp';
import type { RowBinaryWriter } from '../row-binary.js';

/** Text `index` of a column as a String. */
export function writeText(writer: RowBinaryWriter, column: TextColumn, index: number): void {
  writer.textRange(column.bytes, column.start[index]!, column.end[index]!);
}

/** Attribute set `index`, which is in the engine's form already. */
export function writeSet(writer: RowBinaryWriter, column: TextColumn, index: number): void {
  writer.range(column.bytes, column.start[index]!, column.end[index]!);
}

import type { SealedBatch } from '@tidewatch/core';
import { badBlock } from '../layouts.js';
import { RowBinaryWriter } from '../row-binary.js';
import {
  COLUMN_BYTES,
  DOUBLE,
  FLAGS,
  HASH,
  INTEGER,
  KIND,
  NAME,
  POINTS_LAYOUT,
  readPointBlocks,
  START,
  TIME,
} from './point-block.js';
import type { PointBlock } from './point-block.js';

const NAMES = 'LowCardinality(String)';
const NANO = "DateTime64(9, 'UTC')";

/** Columns that are copied as they are. */
const COPIED = [
  { name: 'SeriesHash', sql: 'UInt64', column: HASH },
  { name: 'TimeUnix', sql: NANO, column: TIME },
  { name: 'StartTimeUnix', sql: NANO, column: START },
  { name: 'ValueDouble', sql: 'Float64', column: DOUBLE },
  { name: 'ValueInt', sql: 'Int64', column: INTEGER },
  { name: 'Flags', sql: 'UInt32', column: FLAGS },
  { name: 'ValueKind', sql: "Enum8('double' = 0, 'int' = 1)", column: KIND },
] as const;

/** Columns of the assembled block, in its order. */
export const NATIVE_COLUMNS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: 'Project', sql: NAMES },
  { name: 'MetricName', sql: NAMES },
  ...COPIED,
];

/**
 * The blocks of a batch as one block of ClickHouse's Native format: one header and one dictionary of names for all, so
 * that the engine's work does not grow with the number of requests behind a batch.
 *
 * @throws AppError `store.block`, not retryable.
 */
export function assemblePoints(batch: SealedBatch): readonly Uint8Array[] {
  const sources = batch.parts.flatMap(({ bytes }) => bytes.flatMap(readPointBlocks));
  const rows = sources.reduce((sum, block) => sum + block.rows, 0);
  if (rows !== batch.rows) {
    throw badBlock(POINTS_LAYOUT, `the batch ${batch.token} announces ${batch.rows} rows and holds ${rows}`);
  }
  const start = new RowBinaryWriter(64);
  start.length128(NATIVE_COLUMNS.length);
  start.length128(rows);
  return [
    start.finish(),
    ...dictionaryColumn('Project', rows, sources, projectPositions),
    ...dictionaryColumn('MetricName', rows, sources, namePositions),
    ...COPIED.flatMap(({ name, sql, column }) => [
      columnHead(name, sql),
      ...sourceRanges(sources, column, COLUMN_BYTES[column]),
    ]),
  ];
}

function columnHead(name: string, sql: string): Uint8Array {
  const writer = new RowBinaryWriter(64);
  writer.text(name);
  writer.text(sql);
  return writer.finish();
}

/**
 * A column as ranges of the blocks it comes from. Copied into one array, the columns of a batch were the largest objects
 * that storing makes, and each batch of them set off a garbage collection over everything that lives.
 */
function sourceRanges(sources: readonly PointBlock[], column: number, width: number): Uint8Array[] {
  return sources.map(({ bytes, offsets, repeated, rows }) => {
    const from = offsets[column]!;
    return repeated[column]!
      ? Buffer.alloc(rows * width, bytes.subarray(from, from + width))
      : bytes.subarray(from, from + rows * width);
  });
}

/** Position of a text in the dictionary under construction. */
type PositionOf = (text: string) => number;

/**
 * A LowCardinality(String) column: version 1, kind of the positions with bit 9 for "the dictionary follows", texts,
 * positions (ClickHouse, SerializationLowCardinality). Text 0 is the default value, the empty string.
 */
function dictionaryColumn(
  name: string,
  rows: number,
  sources: readonly PointBlock[],
  fill: (source: PointBlock, target: Uint32Array, positionOf: PositionOf) => void,
): Uint8Array[] {
  const positions = new Map<string, number>([['', 0]]);
  const positionOf: PositionOf = (text) => {
    const known = positions.get(text);
    if (known !== undefined) {
      return known;
    }
    positions.set(text, positions.size);
    return positions.size - 1;
  };
  const wide = new Uint32Array(rows);
  let at = 0;
  for (const source of sources) {
    fill(source, wide.subarray(at, at + source.rows), positionOf);
    at += source.rows;
  }
  const [kind, column] = narrowest(wide, positions.size);
  const head = new RowBinaryWriter(positions.size * 32 + 64);
  head.text(name);
  head.text(NAMES);
  head.uint64(1n);
  head.int64FromNumber(kind + 0x200);
  head.int64FromNumber(positions.size);
  for (const text of positions.keys()) {
    head.text(text);
  }
  head.int64FromNumber(rows);
  return [head.finish(), new Uint8Array(column.buffer, column.byteOffset, column.byteLength)];
}

/** Positions in the fewest bytes, with the number by which the format knows that width. */
function narrowest(
  wide: Uint32Array,
  size: number,
): [kind: number, column: Uint8Array | Uint16Array | Uint32Array] {
  if (size <= 0x100) {
    return [0, new Uint8Array(wide)];
  }
  return size <= 0x1_0000 ? [1, new Uint16Array(wide)] : [2, wide];
}

function projectPositions({ project }: PointBlock, target: Uint32Array, positionOf: PositionOf): void {
  target.fill(positionOf(project));
}

function namePositions(source: PointBlock, target: Uint32Array, positionOf: PositionOf): void {
  const { bytes, offsets, repeated, names, rows } = source;
  const global = Uint32Array.from(names, positionOf);
  const start = offsets[NAME]!;
  // Copied because the column is not aligned within the journal's segment.
  const local = new Uint32Array(repeated[NAME]! ? 1 : rows);
  new Uint8Array(local.buffer).set(bytes.subarray(start, start + local.byteLength));
  for (let row = 0; row < local.length; row++) {
    const position = local[row]!;
    if (position >= global.length) {
      throw badBlock(POINTS_LAYOUT, 'a row has a name that is not in the list');
    }
    target[row] = global[position]!;
  }
  if (repeated[NAME]!) {
    target.fill(target[0]!);
  }
}

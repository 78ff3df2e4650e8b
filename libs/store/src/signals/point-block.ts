import type { NumberPoints } from '@tidewatch/otlp';
import { badBlock } from '../layouts.js';
import { RowBinaryWriter } from '../row-binary.js';
import { halvesOf } from './days.js';
import type { SeriesColumns } from './series-columns.js';

/**
 * The bytes of a `metric_points/2` block: columns instead of rows, each as plain memory or, where every row has the
 * same value, that value once. Little-endian:
 *
 *   rows uint32 · bytes of the block uint32 · 8 encodings uint8 (0 plain, 1 repeated)
 *   SeriesHash, TimeUnix, StartTimeUnix, ValueDouble, ValueInt 8 bytes each · Flags, name 4 each · ValueKind 1
 *   texts: the project, LEB128 count of names, the names, each as LEB128 length and UTF-8; the name column holds
 *   positions in the list of names
 *
 * Docs and measurements: docs/decisions/0012-metric-points.md.
 */
export const POINTS_LAYOUT = 'metric_points/2';

const HEADER_BYTES = 16;

/** Bytes per row of each column, in order. */
export const COLUMN_BYTES = [8, 8, 8, 8, 8, 4, 4, 1] as const;
export const [HASH, TIME, START, DOUBLE, INTEGER, FLAGS, NAME, KIND] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/**
 * All of `points`, which must be of one day, as one block. Columns are written where they belong at once: under load the
 * memory of intermediate ones costs more to collect than they cost to fill.
 */
export function encodePointBlock(project: string, points: NumberPoints, series: SeriesColumns): Uint8Array {
  const rows = points.length;
  const starts = halvesOf(points.startTimeUnixNano);
  const integers = halvesOf(points.valueInt);
  const hasOneKind = isRepeated8(points.isInt);
  const repeated = [
    false,
    false,
    isRepeated64(starts),
    // Where kinds are mixed the values differ as well, with no need to look.
    hasOneKind && (points.isInt[0] === 1 || isRepeated64(halvesOf(points.value))),
    isRepeated64(integers),
    isRepeated32(points.flags),
    series.names.length === 1,
    hasOneKind,
  ];
  const texts = encodeTexts(project, series.names);
  const offsets = columnOffsets(rows, repeated);
  const block = new Uint8Array(offsets[COLUMN_BYTES.length]! + texts.byteLength);
  const words = new Uint32Array(block.buffer, 0, 2);
  words[0] = rows;
  words[1] = block.byteLength;
  repeated.forEach((isOnce, column) => (block[8 + column] = isOnce ? 1 : 0));
  const put = (column: number, values: Uint32Array | Uint8Array): void => {
    const length = (repeated[column]! ? 1 : rows) * COLUMN_BYTES[column]!;
    block.set(new Uint8Array(values.buffer, values.byteOffset, length), offsets[column]);
  };
  writeHashes(new Uint32Array(block.buffer, offsets[HASH], rows * 2), points.seriesIndex, series.hashes);
  put(TIME, halvesOf(points.timeUnixNano));
  put(START, starts);
  if (!repeated[DOUBLE]!) {
    writeDoubles(new Float64Array(block.buffer, offsets[DOUBLE], rows), points);
  } else if (points.isInt[0] === 0) {
    put(DOUBLE, halvesOf(points.value));
  }
  put(INTEGER, integers);
  put(FLAGS, points.flags);
  if (!repeated[NAME]!) {
    writeNames(new Uint32Array(block.buffer, offsets[NAME], rows), points.seriesIndex, series.nameIndex);
  }
  put(KIND, points.isInt);
  block.set(texts, offsets[COLUMN_BYTES.length]);
  return block;
}

/** A block, read. */
export interface PointBlock {
  readonly project: string;
  readonly rows: number;
  readonly bytes: Uint8Array;
  /** Where each column begins in `bytes`. */
  readonly offsets: readonly number[];
  /** Whether a column holds one value for all rows. */
  readonly repeated: readonly boolean[];
  readonly names: readonly string[];
}

/**
 * The blocks that follow each other in `bytes`.
 *
 * @throws AppError `store.block`.
 */
export function readPointBlocks(bytes: Uint8Array): PointBlock[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: PointBlock[] = [];
  for (let start = 0; start < view.byteLength;) {
    if (view.byteLength - start < HEADER_BYTES) {
      throw badBlock(POINTS_LAYOUT, 'it ends within its header');
    }
    const length = view.readUInt32LE(start + 4);
    const end = start + length;
    if (length < HEADER_BYTES || end > view.byteLength) {
      throw badBlock(POINTS_LAYOUT, `it claims ${length} bytes of ${view.byteLength - start}`);
    }
    blocks.push(readPointBlock(view.subarray(start, end)));
    start = end;
  }
  return blocks;
}

function readPointBlock(bytes: Buffer): PointBlock {
  const rows = bytes.readUInt32LE(0);
  const repeated = COLUMN_BYTES.map((_width, column) => bytes[8 + column] === 1);
  const offsets = columnOffsets(rows, repeated);
  const end = offsets[COLUMN_BYTES.length]!;
  if (rows === 0 || end > bytes.byteLength) {
    throw badBlock(POINTS_LAYOUT, `its ${rows} rows do not fit its ${bytes.byteLength} bytes`);
  }
  return { rows, bytes, offsets, repeated, ...readTexts(bytes, end) };
}

/** Where each column begins and, as the last element, where the names do. */
function columnOffsets(rows: number, repeated: readonly boolean[]): number[] {
  const offsets = [HEADER_BYTES];
  COLUMN_BYTES.forEach((width, column) => {
    offsets.push(offsets[column]! + width * (repeated[column]! ? 1 : rows));
  });
  return offsets;
}

/** The values of double points; 0 for integer points, whose value is in the other column. */
function writeDoubles(target: Float64Array, { value, isInt }: NumberPoints): void {
  for (let row = 0; row < target.length; row++) {
    target[row] = isInt[row] === 1 ? 0 : value[row]!;
  }
}

function writeNames(target: Uint32Array, seriesIndex: Uint32Array, nameIndex: Uint32Array): void {
  for (let row = 0; row < target.length; row++) {
    target[row] = nameIndex[seriesIndex[row]!]!;
  }
}

function writeHashes(target: Uint32Array, seriesIndex: Uint32Array, hashes: Uint32Array): void {
  for (let row = 0; row < seriesIndex.length; row++) {
    const from = 2 * seriesIndex[row]!;
    target[2 * row] = hashes[from]!;
    target[2 * row + 1] = hashes[from + 1]!;
  }
}

/** Whether all elements are alike; one function per type of array, because the compiler then makes a tight loop. */
function isRepeated8(values: Uint8Array): boolean {
  for (let index = 1; index < values.length; index++) {
    if (values[index] !== values[0]) {
      return false;
    }
  }
  return true;
}

function isRepeated32(values: Uint32Array): boolean {
  for (let index = 1; index < values.length; index++) {
    if (values[index] !== values[0]) {
      return false;
    }
  }
  return true;
}

/** Whether all pairs of halves are alike. */
function isRepeated64(halves: Uint32Array): boolean {
  for (let index = 2; index < halves.length; index += 2) {
    if (halves[index] !== halves[0] || halves[index + 1] !== halves[1]) {
      return false;
    }
  }
  return true;
}

function encodeTexts(project: string, names: readonly string[]): Uint8Array {
  const writer = new RowBinaryWriter(names.length * 40 + 64);
  writer.text(project);
  writer.length128(names.length);
  names.forEach((name) => writer.text(name));
  return writer.finish();
}

function readTexts(bytes: Buffer, start: number): { project: string; names: string[] } {
  let at = start;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        break;
      }
    }
    return value;
  };
  const text = (): string => {
    const length = number();
    if (at + length > bytes.byteLength) {
      throw badBlock(POINTS_LAYOUT, 'its texts do not fit');
    }
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const project = text();
  const count = number();
  const names: string[] = [];
  while (names.length < count) {
    // Every text takes a byte at least, so that a false count ends here as well.
    if (at >= bytes.byteLength) {
      throw badBlock(POINTS_LAYOUT, 'its texts do not fit');
    }
    names.push(text());
  }
  return { project, names };
}

import type { AppError } from '@tidewatch/core';

import { malformedProtobuf } from '../malformed.js';
import { WIRE_TYPE, WireReader } from '../wire/reader.js';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './ids.js';
import { misdirected } from './signal.js';
import type { OtlpSignal } from './signal.js';

const { varint, fixed64, bytes, fixed32 } = WIRE_TYPE;

/** The wire type of each field of the three item messages, by field number. */
const FIELDS: Readonly<Record<OtlpSignal, Readonly<Record<number, number>>>> = {
  metrics: { 1: bytes, 2: bytes, 3: bytes, 5: bytes, 7: bytes, 9: bytes, 10: bytes, 11: bytes, 12: bytes },
  traces: {
    1: bytes,
    2: bytes,
    3: bytes,
    4: bytes,
    5: bytes,
    6: varint,
    7: fixed64,
    8: fixed64,
    9: bytes,
    10: varint,
    11: bytes,
    12: varint,
    13: bytes,
    14: varint,
    15: bytes,
    16: fixed32,
  },
  logs: {
    1: fixed64,
    2: varint,
    3: bytes,
    5: bytes,
    6: bytes,
    7: varint,
    8: fixed32,
    9: bytes,
    10: bytes,
    11: fixed64,
    12: bytes,
  },
};

/** A metric's data: data_points = 1, and for some aggregation_temporality = 2 and is_monotonic = 3. */
const METRIC_DATA = { 1: bytes, 2: varint, 3: varint };

/** AnyValue, the body of a log record. */
const ANY_VALUE = { 1: bytes, 2: varint, 3: varint, 4: fixed64, 5: bytes, 6: bytes, 7: bytes };

/** How many fields are looked at in search of the first item, and in it. Few are needed; a guess must not cost more. */
const MAX_FIELDS = 1_000;

/** Where the fields of a message lie: start and end of each, by field number; the last one of repeated fields. */
type Layout = Map<number, readonly [start: number, end: number]>;

/**
 * Recognises a request that came to the path of another signal.
 *
 * The three requests have the same field numbers around their items, so a logs request reads as spans without ids. What
 * tells them apart is the first item that is not empty: the wire types of its fields, the lengths of ids, and whether a
 * metric's data and a record's body are what they should be. Called only when a request could not be decoded, or when
 * none of its items could be taken.
 *
 * @returns the error to answer, `otlp.malformed`; undefined when the item fits `path`, no signal, or two others
 */
export function otherSignal(body: Uint8Array, path: OtlpSignal): AppError | undefined {
  const reader = new WireReader(body);
  const item = firstItem(reader);
  if (item === undefined || fits(reader, item, path)) {
    return undefined;
  }
  const others = (['metrics', 'traces', 'logs'] as const).filter(
    (signal) => signal !== path && fits(reader, item, signal),
  );
  return others.length === 1 ? malformedProtobuf(item[0], misdirected(others[0]!, path)) : undefined;
}

/** Request.1 is the resource block, its field 2 the scope block, and its field 2 the item, in all three signals. */
function firstItem(reader: WireReader): readonly [number, number] | undefined {
  let fields = 0;
  const search = (start: number, end: number, depth: number): readonly [number, number] | undefined => {
    reader.seek(start, end);
    while (fields++ < MAX_FIELDS && reader.next()) {
      if (reader.wireType !== bytes || reader.field !== (depth === 0 ? 1 : 2)) {
        reader.skip();
        continue;
      }
      const innerEnd = reader.skipBytes();
      const innerStart = reader.contentStart;
      if (innerEnd > innerStart) {
        const found =
          depth === 2 ? ([innerStart, innerEnd] as const) : search(innerStart, innerEnd, depth + 1);
        if (found !== undefined) {
          return found;
        }
      }
      reader.seek(innerEnd, end);
    }
    return undefined;
  };
  return attempt(() => search(0, reader.limit, 0));
}

function fits(reader: WireReader, [start, end]: readonly [number, number], signal: OtlpSignal): boolean {
  const layout = layoutOf(reader, start, end, FIELDS[signal]);
  if (layout === undefined) {
    return false;
  }
  const lengthOf = (field: number): number => {
    const [from, to] = layout.get(field) ?? [0, 0];
    return to - from;
  };
  const holds = (field: number, fields: Readonly<Record<number, number>>): boolean => {
    const range = layout.get(field);
    return range === undefined || layoutOf(reader, range[0], range[1], fields) !== undefined;
  };
  switch (signal) {
    case 'traces':
      // A metric's name may be as long as a trace id; but a metric has no times where a span has them.
      return (
        lengthOf(1) === TRACE_ID_BYTES && lengthOf(2) === SPAN_ID_BYTES && (layout.has(7) || layout.has(8))
      );
    case 'logs':
      return (
        [0, TRACE_ID_BYTES].includes(lengthOf(9)) &&
        [0, SPAN_ID_BYTES].includes(lengthOf(10)) &&
        holds(5, ANY_VALUE) &&
        [1, 2, 5, 6, 11].some((field) => layout.has(field))
      );
    case 'metrics': {
      const data = [5, 7, 9, 10, 11].filter((field) => layout.has(field));
      return lengthOf(1) > 0 && data.length > 0 && data.every((field) => holds(field, METRIC_DATA));
    }
  }
}

/** The fields of a message; undefined when it is malformed or a field in `types` has another wire type. */
function layoutOf(
  reader: WireReader,
  start: number,
  end: number,
  types: Readonly<Record<number, number>>,
): Layout | undefined {
  return attempt(() => {
    const layout: Layout = new Map();
    reader.seek(start, end);
    for (let fields = 0; fields < MAX_FIELDS && reader.next(); fields++) {
      const { field, wireType } = reader;
      if (types[field] !== undefined && types[field] !== wireType) {
        return undefined;
      }
      const from = reader.position;
      reader.skip();
      layout.set(field, [wireType === bytes ? reader.contentStart : from, reader.position]);
    }
    return layout;
  });
}

/** What `read` returns, or undefined when the bytes are malformed: guessing must not add an error of its own. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

import { MAX_ATTRIBUTES, MAX_VALUE_DEPTH } from '../attributes.js';
import type { AnyValue, AttributeMap } from '../attributes.js';
import { malformedProtobuf } from '../malformed.js';
import type { WireReader } from './reader.js';

/**
 * Reads the KeyValue message that the reader's current field holds into `attributes`.
 *
 * KeyValue: key = 1 string, value = 2 AnyValue.
 */
export function readKeyValue(reader: WireReader, attributes: AttributeMap, depth = 0): void {
  const end = reader.bytesEnd();
  const outer = reader.limit;
  reader.limit = end;
  let key = '';
  let value: AnyValue = null;
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        key = reader.string();
        break;
      case 2:
        value = readAnyValue(reader, value, depth);
        break;
      default:
        reader.skip();
    }
  }
  reader.limit = outer;
  attributes.set(key, value);
  if (attributes.size > MAX_ATTRIBUTES) {
    throw malformedProtobuf(reader.position, `there are more than ${MAX_ATTRIBUTES} attributes in one place`);
  }
}

/**
 * Reads the AnyValue message that the reader's current field holds and merges it into `value`.
 *
 * AnyValue, one of: string_value = 1, bool_value = 2 varint, int_value = 3 varint, double_value = 4 fixed64,
 * array_value = 5 message, kvlist_value = 6 message, bytes_value = 7 bytes. The last one present wins.
 */
function readAnyValue(reader: WireReader, value: AnyValue, depth: number): AnyValue {
  if (depth > MAX_VALUE_DEPTH) {
    throw malformedProtobuf(reader.position, `attribute values nest deeper than ${MAX_VALUE_DEPTH} levels`);
  }
  const end = reader.bytesEnd();
  const outer = reader.limit;
  reader.limit = end;
  const merged = readValueFields(reader, value, depth);
  reader.limit = outer;
  return merged;
}

/** Reads the fields of an AnyValue, up to the reader's limit, and merges them into `value`. */
export function readValueFields(reader: WireReader, value: AnyValue = null, depth = 0): AnyValue {
  let merged = value;
  while (reader.next()) {
    merged = readKind(reader, merged, depth);
  }
  return merged;
}

function readKind(reader: WireReader, previous: AnyValue, depth: number): AnyValue {
  switch (reader.field) {
    case 1:
      return reader.string();
    case 2:
      return reader.bool();
    case 3:
      return reader.int64();
    case 4:
      return reader.view.getFloat64(reader.fixed64(), true);
    case 5:
      return readArray(reader, Array.isArray(previous) ? previous : [], depth);
    case 6:
      return readKeyValueList(
        reader,
        isKeyValueList(previous) ? previous : new Map<string, AnyValue>(),
        depth,
      );
    case 7: {
      const end = reader.skipBytes();
      return reader.bytes.subarray(reader.contentStart, end);
    }
    default:
      reader.skip();
      return previous;
  }
}

/** ArrayValue: values = 1 repeated AnyValue. */
function readArray(reader: WireReader, items: AnyValue[], depth: number): AnyValue[] {
  const end = reader.bytesEnd();
  const outer = reader.limit;
  reader.limit = end;
  while (reader.next()) {
    if (reader.field === 1) {
      items.push(readAnyValue(reader, null, depth + 1));
    } else {
      reader.skip();
    }
  }
  reader.limit = outer;
  return items;
}

/** KeyValueList: values = 1 repeated KeyValue. */
function readKeyValueList(reader: WireReader, items: AttributeMap, depth: number): AttributeMap {
  const end = reader.bytesEnd();
  const outer = reader.limit;
  reader.limit = end;
  while (reader.next()) {
    if (reader.field === 1) {
      readKeyValue(reader, items, depth + 1);
    } else {
      reader.skip();
    }
  }
  reader.limit = outer;
  return items;
}

/** Unlike a bare `instanceof Map`, keeps the types of keys and values. */
function isKeyValueList(value: AnyValue): value is AttributeMap {
  return value instanceof Map;
}

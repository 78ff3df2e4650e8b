import type { OtlpEncoding } from './encoding.js';
import { arrayAt, objectAt, parseJsonBody } from './json/reader.js';
import { WireReader } from './wire/reader.js';

/** JSON names of the three repeated fields on the way to the items, per signal. */
const JSON_PATHS = [
  ['resourceSpans', 'scopeSpans', 'spans'],
  ['resourceLogs', 'scopeLogs', 'logRecords'],
] as const;

/** Field numbers of the same fields, equal for both signals. */
const FIELD_PATH = [1, 2, 2] as const;

/**
 * Counts the spans of a trace request or the records of a log request without decoding them.
 *
 * @throws AppError `otlp.malformed` when the envelopes around the items are malformed
 */
export function countItems(body: Uint8Array, encoding: OtlpEncoding): number {
  if (encoding === 'protobuf') {
    return countFields(new WireReader(body), 0);
  }
  const request = parseJsonBody(body);
  return JSON_PATHS.reduce((total, names) => total + countJson(request, names, ''), 0);
}

function countFields(reader: WireReader, depth: number): number {
  const end = reader.limit;
  let count = 0;
  while (reader.next()) {
    if (reader.field !== FIELD_PATH[depth]) {
      reader.skip();
    } else if (depth === FIELD_PATH.length - 1) {
      reader.skipBytes();
      count++;
    } else {
      reader.limit = reader.bytesEnd();
      count += countFields(reader, depth + 1);
      reader.limit = end;
    }
  }
  return count;
}

function countJson(value: unknown, names: readonly string[], path: string): number {
  const [name, ...rest] = names;
  if (name === undefined) {
    return 1;
  }
  const childPath = path === '' ? name : `${path}.${name}`;
  const items = arrayAt(objectAt(value, path)?.[name], childPath);
  return items.reduce<number>(
    (total, item, index) => total + countJson(item, rest, `${childPath}[${index}]`),
    0,
  );
}

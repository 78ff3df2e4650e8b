import { MAX_JSON_DEPTH, nestsTooDeep } from '@tidewatch/core';
import { malformedBody } from './malformed.js';

/** The encodings in which rows arrive. */
export type RowsContentType = 'application/json' | 'application/x-ndjson';

/** One row of a body: the value it holds, or the reason why it holds none. */
export type BodyRow = { readonly value: unknown } | { readonly problem: string };

/**
 * Splits a body into rows: the elements of a JSON array (a lone object counts as an array of one), or the non-empty
 * lines of NDJSON. UTF-8, with or without a byte order mark.
 *
 * @throws AppError `samples.malformed` when a JSON body is not JSON, is neither array nor object, or when no line of a
 *   non-empty NDJSON body is JSON
 */
export function bodyRows(body: Uint8Array, contentType: RowsContentType): BodyRow[] {
  const text = new TextDecoder('utf-8').decode(body);
  return contentType === 'application/json' ? jsonRows(text) : lineRows(text);
}

function jsonRows(text: string): BodyRow[] {
  if (nestsTooDeep(text)) {
    throw malformedBody(`Arrays and objects of the body nest deeper than ${MAX_JSON_DEPTH} levels.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformedBody('The body is not JSON.', error);
  }
  if (Array.isArray(value)) {
    return value.map((row: unknown) => ({ value: row }));
  }
  if (typeof value === 'object' && value !== null) {
    return [{ value }];
  }
  throw malformedBody('The body is JSON, but neither an array nor an object.');
}

function lineRows(text: string): BodyRow[] {
  const rows: BodyRow[] = [];
  let parsed = 0;
  for (const line of text.split('\n')) {
    // A line of white space only, such as the \r of an empty CRLF line, is no row.
    if (line.trim() === '') {
      continue;
    }
    if (nestsTooDeep(line)) {
      rows.push({ problem: `arrays and objects nest deeper than ${MAX_JSON_DEPTH} levels` });
      continue;
    }
    try {
      rows.push({ value: JSON.parse(line) as unknown });
      parsed++;
    } catch {
      rows.push({ problem: 'the line is not JSON' });
    }
  }
  if (parsed === 0 && rows.length > 0) {
    throw malformedBody(`None of the ${rows.length} lines of the body is JSON.`);
  }
  return rows;
}

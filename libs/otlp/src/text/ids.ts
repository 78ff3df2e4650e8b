import type { WireReader } from '../wire/reader.js';

/** Bytes of a W3C trace id and of a span id. */
export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

/** Stands for the length of an id that cannot be read at all: it is no length that an id may have. */
export const UNREADABLE = -1;

/**
 * Reads the id that the reader's current field holds into `ids` at `at`; an id of another length leaves zeros there.
 *
 * @returns the length as sent
 */
export function readId(reader: WireReader, ids: Uint8Array, at: number, size: number): number {
  const end = reader.skipBytes();
  const start = reader.contentStart;
  const length = end - start;
  if (length !== size) {
    ids.fill(0, at, at + size);
    return length;
  }
  const { bytes } = reader;
  for (let index = 0; index < size; index++) {
    ids[at + index] = bytes[start + index]!;
  }
  return length;
}

/**
 * Writes the id that a JSON document spells in hex, in either case, into `ids` at `at`.
 *
 * @returns its length in bytes, or `UNREADABLE` when the text is not hex; zeros are written unless it is `size`
 */
export function parseId(text: string, ids: Uint8Array, at: number, size: number): number {
  if (text.length === 2 * size && /^[0-9a-fA-F]+$/.test(text)) {
    ids.set(Buffer.from(text, 'hex'), at);
    return size;
  }
  ids.fill(0, at, at + size);
  return /^([0-9a-fA-F]{2})*$/.test(text) ? text.length / 2 : UNREADABLE;
}

/** Whether all bytes of an id are zero, which means that there is none. */
export function isZeroId(ids: Uint8Array, at: number, size: number): boolean {
  for (let index = at; index < at + size; index++) {
    if (ids[index] !== 0) {
      return false;
    }
  }
  return true;
}

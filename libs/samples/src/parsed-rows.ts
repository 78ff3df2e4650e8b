import { bodyRows } from './body-rows.js';
import type { RowsContentType } from './body-rows.js';
import { RowReader } from './row-reader.js';
import type { JsonObject } from './row-reader.js';

/** A row that was refused: which, because of which field, and why. */
export interface RejectedRow {
  /** 0-based position in the array, or among the non-empty lines of the NDJSON body. */
  readonly index: number;
  /** Path inside the row such as `prediction.scores.approve`; empty when the row itself is wrong. */
  readonly field: string;
  readonly reason: string;
}

/** What a body held: rows to store, and rows to name in the answer. Their counts add up to the rows sent. */
export interface ParsedRows<T> {
  readonly rows: T[];
  readonly rejected: RejectedRow[];
}

/** What every parser of rows needs to know about the request. */
export interface RowOptions {
  readonly contentType: RowsContentType;
  /** The project of the API key. A row may name it, but no other. */
  readonly project: string;
  /** The server's clock, milliseconds since the epoch. */
  readonly now: number;
  /** Makes the id of a prediction that has none; unused for labels and deployments. */
  readonly newId?: () => string;
}

/** Applies `parse` to each row; a row for which the reader notes a fault is rejected with it. */
export function parseRows<T>(
  body: Uint8Array,
  contentType: RowsContentType,
  parse: (row: JsonObject, reader: RowReader) => T,
): ParsedRows<T> {
  const rows: T[] = [];
  const rejected: RejectedRow[] = [];
  bodyRows(body, contentType).forEach((bodyRow, index) => {
    const reader = new RowReader();
    if ('problem' in bodyRow) {
      rejected.push({ index, field: '', reason: bodyRow.problem });
      return;
    }
    const object = reader.row(bodyRow.value);
    const row = object === undefined ? undefined : parse(object, reader);
    if (reader.fault !== undefined) {
      rejected.push({ index, ...reader.fault });
    } else if (row !== undefined) {
      rows.push(row);
    }
  });
  return { rows, rejected };
}

/** Refuses a row that names another project than the key's. */
export function checkProject(row: JsonObject, reader: RowReader, project: string): void {
  if (row['project'] != null && row['project'] !== project) {
    reader.refuse('project', `the API key belongs to the project ${project}`);
  }
}

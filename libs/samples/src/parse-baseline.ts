import { AppError } from '@tidewatch/core';

import type { BaselineTable } from './baseline.js';
import { BaselineColumn } from './baseline-column.js';
import { bodyRows } from './body-rows.js';
import { csvRecords } from './csv.js';
import { LIMITS } from './limits.js';

/** What `parseBaseline` needs to know about the request; other content types are refused by name. */
export interface BaselineOptions {
  readonly contentType: string;
}

/**
 * Parses the body of `PUT /v1/baselines/:model/:name`: a reference dataset, whole or not at all.
 *
 * JSON and NDJSON rows are prediction samples, of which `features` counts, or flat objects. CSV has a header row. In
 * JSON the type of a value is its JSON type, and `"NaN"`, `"Infinity"` and `"-Infinity"` in a numeric feature count as
 * not finite. In CSV an empty cell is null; a column is numeric when every cell is a number (or nan, inf), boolean
 * when every cell is true or false, text otherwise.
 *
 * @throws AppError `samples.malformed` naming the row or line; `samples.unsupported` for other content types
 */
export function parseBaseline(body: Uint8Array, { contentType }: BaselineOptions): BaselineTable {
  switch (contentType) {
    case 'application/json':
    case 'application/x-ndjson':
      return parseJsonBaseline(body, contentType);
    case 'text/csv':
      return parseCsvBaseline(body);
    default:
      throw new AppError({
        code: 'samples.unsupported',
        message: `A baseline cannot be read from ${contentType === '' ? 'an unnamed content type' : contentType}.`,
        hint: 'Send application/x-ndjson, application/json, text/csv or application/vnd.apache.parquet.',
      });
  }
}

function parseJsonBaseline(
  body: Uint8Array,
  contentType: 'application/json' | 'application/x-ndjson',
): BaselineTable {
  const columns = new Columns();
  const rows = bodyRows(body, contentType);
  rows.forEach((row, index) => {
    const value = 'problem' in row ? undefined : row.value;
    if (!isObject(value)) {
      throw malformedRow(index, 'problem' in row ? row.problem : 'an object is expected');
    }
    const features = isObject(value['features']) ? value['features'] : value;
    for (const name of Object.keys(features)) {
      addJsonValue(columns.named(name, index), features[name], name, index);
    }
  });
  return columns.finish(rows.length);
}

function addJsonValue(column: BaselineColumn, value: unknown, name: string, row: number): void {
  if (typeof value === 'number' && Number.isFinite(value)) {
    column.addNumber(value);
  } else if (typeof value === 'string' && value.length <= LIMITS.textLength) {
    column.addText(value);
  } else if (typeof value === 'boolean') {
    column.addBoolean(value);
  } else if (value !== null) {
    throw malformedRow(
      row,
      `the feature ${name} must be a number, a string of at most ${LIMITS.textLength} characters, a boolean or null`,
    );
  }
}

function parseCsvBaseline(body: Uint8Array): BaselineTable {
  const columns = new Columns();
  let cellsByColumn: string[][] = [];
  let header: readonly string[] | undefined;
  let rows = 0;
  for (const record of csvRecords(new TextDecoder('utf-8').decode(body))) {
    if (header === undefined) {
      header = record;
      if (new Set(header).size !== header.length) {
        throw malformedRow(0, 'the header names a feature twice');
      }
      cellsByColumn = header.map(() => []);
      continue;
    }
    rows++;
    record.forEach((cell, index) => cellsByColumn[index]?.push(cell));
  }
  header?.forEach((name, index) => addCsvColumn(columns.named(name, 0), cellsByColumn[index] ?? [], name));
  return columns.finish(rows);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NUMBER_OR_NOT_FINITE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(nan|inf|infinity)$/i;
const BOOLEAN = /^(true|false)$/i;

function addCsvColumn(column: BaselineColumn, cells: readonly string[], name: string): void {
  const values = cells.filter((cell) => cell !== '');
  const isNumeric = values.every((cell) => NUMBER_OR_NOT_FINITE.test(cell));
  const isBoolean = values.every((cell) => BOOLEAN.test(cell));
  for (const cell of values) {
    if (cell.length > LIMITS.textLength) {
      throw malformedRow(
        cells.indexOf(cell),
        `the feature ${name} is longer than ${LIMITS.textLength} characters`,
      );
    }
    if (isBoolean) {
      column.addBoolean(cell.toLowerCase() === 'true');
    } else if (isNumeric && NUMBER.test(cell) && Number.isFinite(Number(cell))) {
      column.addNumber(Number(cell));
    } else {
      // Digits beyond the range of a double, such as 1e999, are infinite.
      column.addText(isNumeric && NUMBER.test(cell) ? 'Infinity' : cell);
    }
  }
}

/** The columns of a dataset by name, within the limits. */
class Columns {
  private readonly byName = new Map<string, BaselineColumn>();

  named(name: string, row: number): BaselineColumn {
    let column = this.byName.get(name);
    if (column === undefined) {
      if (name === '' || name.length > LIMITS.nameLength) {
        throw malformedRow(row, `a feature name must have 1 to ${LIMITS.nameLength} characters`);
      }
      if (this.byName.size === LIMITS.entries) {
        throw malformedRow(row, `more than ${LIMITS.entries} features`);
      }
      column = new BaselineColumn(name);
      this.byName.set(name, column);
    }
    return column;
  }

  finish(rows: number): BaselineTable {
    // fromEntries defines properties, so that a feature may be called __proto__.
    const features = Object.fromEntries(
      [...this.byName].map(([name, column]) => [name, column.finish(rows)]),
    );
    return { rows, features };
  }
}

function malformedRow(row: number, problem: string): AppError {
  return new AppError({
    code: 'samples.malformed',
    message: `The baseline cannot be read: row ${row}: ${problem}.`,
    hint: 'A baseline is stored whole or not at all: correct the row and send the dataset again.',
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

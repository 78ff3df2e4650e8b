import { AppError } from '@tidewatch/core';

/** The error for a CSV text that breaks the rules at a 1-based line. */
function malformedCsv(line: number, problem: string): AppError {
  return new AppError({
    code: 'samples.malformed',
    message: `The CSV body is malformed at line ${line}: ${problem}.`,
    hint: 'Send RFC 4180 CSV: a header row, commas, and double quotes around cells that hold commas, quotes or line breaks.',
  });
}

/**
 * Reads RFC 4180 CSV row by row: comma separated, quotes doubled inside quoted cells, line breaks CRLF, LF or CR.
 *
 * Lines without any character between records are skipped. Every record must have as many cells as the first.
 *
 * @throws AppError `samples.malformed` with the line
 */
export function* csvRecords(text: string): Generator<string[]> {
  let position = 0;
  let line = 1;
  let width = 0;
  while (position < text.length) {
    const record: string[] = [];
    const firstLine = line;
    let isOpen = true;
    while (isOpen) {
      const cell = text[position] === '"' ? quotedCell(text, position, line) : plainCell(text, position);
      record.push(cell.value);
      line += cell.lineBreaks;
      position = cell.end;
      isOpen = text[position] === ',';
      if (isOpen) {
        position++;
      }
    }
    if (position < text.length) {
      position += text.startsWith('\r\n', position) ? 2 : 1;
      line++;
    }
    if (record.length === 1 && record[0] === '') {
      continue;
    }
    width ||= record.length;
    if (record.length !== width) {
      throw malformedCsv(firstLine, `${record.length} cells where the header has ${width}`);
    }
    yield record;
  }
}

interface Cell {
  readonly value: string;
  /** Where the separator after the cell is. */
  readonly end: number;
  readonly lineBreaks: number;
}

function plainCell(text: string, start: number): Cell {
  let end = start;
  while (end < text.length && !isSeparator(text.charCodeAt(end))) {
    end++;
  }
  return { value: text.slice(start, end), end, lineBreaks: 0 };
}

function quotedCell(text: string, start: number, line: number): Cell {
  let position = start + 1;
  for (;;) {
    const quote = text.indexOf('"', position);
    if (quote === -1) {
      throw malformedCsv(line, 'a quoted cell is not closed');
    }
    if (text[quote + 1] === '"') {
      position = quote + 2;
      continue;
    }
    const end = quote + 1;
    if (end < text.length && !isSeparator(text.charCodeAt(end))) {
      throw malformedCsv(line, 'text follows the closing quote of a cell');
    }
    const value = text.slice(start + 1, quote).replaceAll('""', '"');
    return { value, end, lineBreaks: value.split(/\r\n|\r|\n/).length - 1 };
  }
}

/** Comma, line feed, carriage return. */
function isSeparator(code: number): boolean {
  return code === 44 || code === 10 || code === 13;
}

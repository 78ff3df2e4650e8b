import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorMessage } from '@tidewatch/core';

/** One `NNNN_name.sql`. */
export interface MigrationFile {
  readonly version: number;
  readonly name: string;
  readonly fileName: string;
  /** SHA-256 of the file as it lies on disk, hex. */
  readonly checksum: string;
  readonly sql: string;
}

/**
 * The migrations of a folder in order. Numbers start at 1 and leave no gap.
 *
 * @throws AppError `store.migration-order` for a gap, a duplicate or a name of another form; `store.migrations-missing`
 *   when the folder cannot be read or holds none.
 */
export async function readMigrationFiles(directory: string): Promise<MigrationFile[]> {
  const names = (await listFolder(directory)).filter((name) => name.endsWith('.sql')).sort();
  const files: MigrationFile[] = [];
  for (const fileName of names) {
    const match = /^(\d{4})_([a-z0-9_-]+)\.sql$/.exec(fileName);
    if (match === null) {
      throw order(`${fileName} is not named NNNN_name.sql with lower-case letters, digits, - and _.`);
    }
    const version = Number(match[1]);
    const expected = files.length + 1;
    if (version < expected) {
      throw order(`${fileName} has the same number as ${files[version - 1]?.fileName ?? 'another file'}.`);
    }
    if (version > expected) {
      throw order(`${fileName} comes after number ${expected - 1}: number ${expected} is missing.`);
    }
    const bytes = await readFile(path.join(directory, fileName));
    const checksum = createHash('sha256').update(bytes).digest('hex');
    files.push({ version, name: match[2] ?? '', fileName, checksum, sql: bytes.toString('utf8') });
  }
  if (files.length === 0) {
    throw missingFolder(directory, 'it holds no migration');
  }
  return files;
}

/**
 * The statements of a migration: split where a line ends in `;`, without comments, `${…}` placeholders filled in.
 *
 * CREATE statements get IF NOT EXISTS: a migration that was cut short by a crash is simply run again from its first
 * statement. Statements of any other kind must be repeatable themselves (`ALTER TABLE … ADD COLUMN IF NOT EXISTS`).
 *
 * @throws AppError `store.migration-order` for a placeholder without a value.
 */
export function statementsOf(file: MigrationFile, placeholders: Readonly<Record<string, string>>): string[] {
  const withoutComments = file.sql
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    // Behind code only without quotes after it: two hyphens inside a literal are no comment.
    .map((line) => line.replace(/\s--\s[^'"`]*$/, ''))
    .join('\n');
  const filled = withoutComments.replace(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = placeholders[name];
    if (value === undefined) {
      throw order(`${file.fileName} uses the unknown placeholder \${${name}}.`);
    }
    return value;
  });
  return filled
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .map((statement) =>
      statement.replace(
        /^CREATE (TABLE|MATERIALIZED VIEW|VIEW|DICTIONARY) (?!IF NOT EXISTS)/,
        'CREATE $1 IF NOT EXISTS ',
      ),
    );
}

async function listFolder(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw missingFolder(directory, errorMessage(error), error);
  }
}

function missingFolder(directory: string, reason: string, cause?: unknown): AppError {
  return new AppError({
    code: 'store.migrations-missing',
    message: `The migrations folder ${directory} cannot be used: ${reason}.`,
    hint: 'Start Tidewatch from its installation folder, or install it again.',
    cause,
  });
}

function order(message: string): AppError {
  return new AppError({
    code: 'store.migration-order',
    message,
    hint: 'Migrations are numbered 0001, 0002, … without gaps, and a number is used once. Rename the newest file.',
  });
}

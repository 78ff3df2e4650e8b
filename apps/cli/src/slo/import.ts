import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYamlDocuments } from '@tidewatch/config';
import { AppError, errorMessage, formatProblem, type Problem } from '@tidewatch/core';
import { importSpecs, type ImportResult } from '@tidewatch/slo';
import { stringify } from 'yaml';
import { EXIT, type ExitCode } from '../exit-code.js';
import { oneLine } from '../table.js';
import type { Terminal } from '../terminal.js';
import { counted } from './number-words.js';
import { read } from './read-definitions.js';

/** Options of `slo import`. */
export interface ImportCommandOptions {
  readonly from?: 'sloth' | 'pyrra' | 'openslo';
  readonly out?: string;
  readonly runbook?: string;
  readonly period?: string;
  readonly gaugeSeries?: 'refuse' | 'worst' | 'mean';
  readonly json?: boolean;
}

const YAML_STYLE = { lineWidth: 120, aliasDuplicateObjects: false } as const;

/** `slo import`: specifications of other tools as OpenSLO documents; what cannot be translated is named. */
export function importFiles(
  files: readonly string[],
  options: ImportCommandOptions,
  terminal: Terminal,
): ExitCode {
  const syntax: Problem[] = [];
  const values = files
    .flatMap((file) => readYamlDocuments(file, read(file), syntax))
    .map(({ value }) => value);
  if (syntax.length > 0) {
    throw new AppError({
      code: 'cli.yaml',
      message: `The specifications cannot be read:\n${syntax.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
    });
  }
  const { runbook, period, gaugeSeries } = options;
  const all = importSpecs(values, {
    ...(runbook === undefined ? {} : { runbook }),
    ...(period === undefined ? {} : { period }),
    ...(gaugeSeries === undefined ? {} : { gaugeSeries }),
  });
  const result = options.from === undefined ? all : onlyFrom(all, options.from);
  const written = options.out === undefined ? [] : writeDocuments(options.out, result.documents);
  if (options.json === true) {
    terminal.out(JSON.stringify({ ...result, written }, null, 2));
  } else if (options.out === undefined) {
    if (result.documents.length > 0) {
      terminal.out(
        result.documents
          .map((document) => stringify(document, YAML_STYLE))
          .join('---\n')
          .trimEnd(),
      );
    }
    // Standard output is YAML that can go into a file.
    reportLines(result).forEach((line) => terminal.err(line));
  } else {
    terminal.out([...reportLines(result), ...written.map((file) => `wrote ${file}`)].join('\n'));
  }
  return result.refused.length > 0 || result.documents.length === 0 ? EXIT.failed : EXIT.ok;
}

/** What is of another tool than the one named is refused: it was not expected here. */
function onlyFrom(result: ImportResult, from: NonNullable<ImportCommandOptions['from']>): ImportResult {
  const others = result.imported.filter(({ source }) => source !== from);
  const names = new Set(others.map(({ name }) => name));
  return {
    documents: result.documents.filter((document) => !names.has(nameOf(document))),
    imported: result.imported.filter(({ source }) => source === from),
    refused: [
      ...result.refused,
      ...others.map(({ source, name }) => ({
        source,
        name,
        path: '',
        message: `is a specification of ${source}, and only those of ${from} were asked for`,
      })),
    ],
    notes: result.notes.filter(({ name }) => !names.has(name)),
  };
}

function nameOf(document: object): string {
  const { metadata } = document as { metadata?: { name?: unknown } };
  return typeof metadata?.name === 'string' ? metadata.name : '';
}

function reportLines({ imported, refused, notes }: ImportResult): string[] {
  return [
    ...[...namesByMessage(notes)].map(
      ([message, names]) => `note: ${oneLine(names.join(', '))}: ${oneLine(message)}`,
    ),
    ...refused.map(
      ({ name, path, message }) => `not imported: ${oneLine(name)}: ${oneLine(`${path} ${message}`.trim())}`,
    ),
    `${counted(imported.length, 'document')} imported, ${refused.length} refused.`,
  ];
}

/** What is said of many is said once. */
function namesByMessage(notes: ImportResult['notes']): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name, message } of notes) {
    names.set(message, [...(names.get(message) ?? []), name]);
  }
  return names;
}

/**
 * Writes one file per document, named after it.
 *
 * @throws AppError `cli.write`
 */
function writeDocuments(folder: string, documents: readonly object[]): string[] {
  return documents.map((document, index) => {
    const name = nameOf(document).replace(/[^a-z0-9.-]+/gi, '-');
    return writeText(
      folder,
      `${name === '' ? `document-${index + 1}` : name}.yaml`,
      stringify(document, YAML_STYLE),
    );
  });
}

/**
 * Writes a file that must not be there yet.
 *
 * @throws AppError `cli.write` when it is, or when it cannot be written
 */
export function writeText(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, content, { flag: 'wx' });
  } catch (error) {
    throw new AppError({
      code: 'cli.write',
      message: `${path} cannot be written: ${errorMessage(error)}.`,
      hint: 'Files that exist are left as they are; name another folder with --out.',
      cause: error,
    });
  }
  return path;
}

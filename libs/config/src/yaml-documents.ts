import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { errorMessage, type Problem } from '@tidewatch/core';
import type { z } from 'zod';

/** One YAML document of a rule file, and how to find the line of a path in it. */
export interface RuleDocument {
  readonly file: string;
  readonly value: unknown;
  /** The 1-based line on which the value at `path` starts; that of the closest parent when the path is absent. */
  lineOf(path: readonly PropertyKey[]): number;
}

/**
 * Splits a rule file into its documents. Empty documents are skipped; one that is a list of maps stands for as many
 * documents, as some tools write OpenSLO.
 *
 * @param problems receives the syntax errors; a file with any yields no documents
 */
export function readYamlDocuments(file: string, text: string, problems: Problem[]): RuleDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  const parsed = Array.isArray(documents) ? (documents as Document.Parsed[]) : [];
  const errors = parsed.flatMap((document) => document.errors);
  if (errors.length > 0) {
    for (const error of errors) {
      const message = (error.message.split('\n')[0] ?? 'syntax error').replace(
        / at line \d+, column \d+:?$/,
        '',
      );
      problems.push({
        file,
        line: lines.linePos(error.pos[0]).line,
        path: '',
        message: `is not valid YAML: ${message}`,
      });
    }
    return [];
  }
  return parsed.flatMap((document) => {
    const value = valueOf(document);
    if (value === null) {
      return [];
    }
    if (value instanceof Error) {
      const line = lines.linePos(document.contents?.range?.[0] ?? 0).line;
      problems.push({ file, line, path: '', message: value.message });
      return [];
    }
    const lineOf = (path: readonly PropertyKey[]) => lines.linePos(offsetOf(document, path)).line;
    return Array.isArray(value) && value.length > 0
      ? value.map((part: unknown, index) => ({
          file,
          value: part,
          lineOf: (path: readonly PropertyKey[]) => lineOf([index, ...path]),
        }))
      : [{ file, value, lineOf }];
  });
}

/** What a document says, or why it cannot be told: its aliases lead back to themselves, or are far too many. */
function valueOf(document: Document.Parsed): unknown {
  try {
    const value: unknown = document.toJS();
    return isEndless(value, new Set(), new Set())
      ? new Error(
          'has an alias that stands for something it is part of: a cycle; write the value out instead',
        )
      : value;
  } catch (error) {
    return new Error(`cannot be read: ${errorMessage(error)}`);
  }
}

/** @param above what `value` is part of @param sound what is known to end */
function isEndless(value: unknown, above: Set<object>, sound: Set<object>): boolean {
  if (typeof value !== 'object' || value === null || sound.has(value)) {
    return false;
  }
  if (above.has(value)) {
    return true;
  }
  above.add(value);
  const endless = Object.values(value).some((part) => isEndless(part, above, sound));
  above.delete(value);
  sound.add(value);
  return endless;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as
      { range?: readonly number[] | null } | undefined;
    if (typeof node?.range?.[0] === 'number') {
      return node.range[0];
    }
  }
  return document.contents?.range?.[0] ?? 0;
}

/** Validates one document and turns each issue of the schema into a {@link Problem} with file, line and path. */
export function parseDocument<T>(
  document: RuleDocument,
  schema: z.ZodType<T>,
  problems: Problem[],
): T | undefined {
  const result = schema.safeParse(document.value);
  if (result.success) {
    return result.data;
  }
  problems.push(...result.error.issues.flatMap((issue) => problemsOf(document, issue)));
  return undefined;
}

function problemsOf(document: RuleDocument, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return {
        file: document.file,
        line: document.lineOf(path),
        path: formatPath(path),
        message: 'is not a known key here; check its spelling and its place',
      };
    });
  }
  return [
    {
      file: document.file,
      line: document.lineOf(issue.path),
      path: formatPath(issue.path),
      message: issue.message,
    },
  ];
}

/** `['spec', 'objectives', 0, 'target']` becomes `spec.objectives[0].target`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}

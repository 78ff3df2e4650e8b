import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { Problem } from '@tidewatch/core';
import type { z } from 'zod';

/** One YAML document of a rule file, and how to find the line of a path in it. */
export interface RuleDocument {
  readonly file: string;
  readonly value: unknown;
  /** The 1-based line on which the value at `path` starts; that of the closest parent when the path is absent. */
  lineOf(path: readonly PropertyKey[]): number;
}

/**
 * Splits a rule file into its documents. Empty documents are skipped.
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
  return parsed
    .filter((document) => document.contents !== null)
    .map((document) => ({
      file,
      value: document.toJS() as unknown,
      lineOf: (path) => lines.linePos(offsetOf(document, path)).line,
    }));
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

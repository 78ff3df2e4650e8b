import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatPath, parseDocument, readYamlDocuments, type RuleDocument } from '@tidewatch/config';
import { AppError, errorMessage, type Problem } from '@tidewatch/core';
import {
  costModelSchema,
  metricMonitorSchema,
  resolveSlos,
  sloDocumentSchema,
  type CostModel,
  type MetricMonitor,
  type SloDefinition,
  type SloDocument,
  type SloMode,
} from '@tidewatch/slo';
import { stringify } from 'yaml';
import type { ZodType } from 'zod';

/** What rule files say about SLOs, metric monitors and costs. */
export interface ReadDefinitions {
  readonly files: readonly string[];
  readonly slos: readonly SloDefinition[];
  /** All OpenSLO documents as YAML: what the SLOs are made from. */
  readonly openSlo: string;
  readonly monitors: readonly MetricMonitor[];
  readonly costModels: readonly CostModel[];
  /** Documents of other kinds of Tidewatch: they are not looked at here. */
  readonly others: number;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** File and line of an SLO, by name. */
  readonly places: ReadonlyMap<string, { readonly file: string; readonly line: number } | undefined>;
}

/** A rule and the document it came from. */
interface Placed<Rule> {
  readonly rule: Rule;
  readonly source: RuleDocument;
}

interface Collected {
  readonly documents: { readonly document: SloDocument; readonly source: RuleDocument }[];
  readonly monitors: Placed<MetricMonitor>[];
  readonly costModels: Placed<CostModel>[];
  others: number;
  readonly problems: Problem[];
}

/**
 * Reads rule files: all problems of all of them together, none of which stops the others.
 *
 * @param paths files, or directories of which the `*.yaml` and `*.yml` files are read
 * @param mode how exactly OpenSLO documents must follow OpenSLO
 * @throws AppError `cli.file` when a path cannot be read or a directory holds no rule files
 */
export function readDefinitions(paths: readonly string[], mode: SloMode): ReadDefinitions {
  // A file may be named, and be in a directory that is named too.
  const files = [...new Map(paths.flatMap(filesOf).map((file) => [resolve(file), file])).values()];
  const collected: Collected = { documents: [], monitors: [], costModels: [], others: 0, problems: [] };
  for (const file of files) {
    for (const document of readYamlDocuments(file, read(file), collected.problems)) {
      collect(document, collected);
    }
  }
  const { slos, problems, warnings } = resolveSlos(
    collected.documents.map(({ document }) => document),
    { mode },
  );
  const placed = (found: (typeof problems)[number]): Problem => {
    const source = collected.documents[found.documentIndex]?.source;
    const path = formatPath(found.path);
    return source === undefined
      ? { path, message: found.message }
      : { file: source.file, line: source.lineOf(found.path), path, message: found.message };
  };
  return {
    files,
    slos,
    openSlo: collected.documents.map(({ source }) => stringify(source.value)).join('---\n'),
    monitors: collected.monitors.map(({ rule }) => rule),
    costModels: collected.costModels.map(({ rule }) => rule),
    others: collected.others,
    problems: [
      ...collected.problems,
      ...problems.map(placed),
      ...doubles('MetricMonitor', collected.monitors),
      ...doubles('CostModel', collected.costModels),
    ],
    warnings: warnings.map(placed),
    places: new Map(slos.map(({ name }) => [name, placeOf(name, collected.documents)])),
  };
}

/** Further objectives of a document are named after it: the longest name that begins an SLO's is that of its document. */
function placeOf(
  name: string,
  documents: Collected['documents'],
): { file: string; line: number } | undefined {
  const [found] = documents
    .filter(({ document }) => document.kind === 'SLO' && `${name}-`.startsWith(`${document.metadata.name}-`))
    .sort((a, b) => b.document.metadata.name.length - a.document.metadata.name.length);
  return found === undefined
    ? undefined
    : { file: found.source.file, line: found.source.lineOf(['metadata', 'name']) };
}

/**
 * The text of a file.
 *
 * @throws AppError `cli.file`
 */
export function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function filesOf(path: string): string[] {
  let names: string[];
  try {
    if (!statSync(path).isDirectory()) {
      return [path];
    }
    names = readdirSync(path)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch (error) {
    throw unreadable(path, error);
  }
  if (names.length === 0) {
    throw new AppError({
      code: 'cli.file',
      message: `The directory ${path} holds no *.yaml or *.yml files.`,
      hint: 'Name a file of rules, or a directory that has some.',
    });
  }
  return names.map((name) => join(path, name));
}

function unreadable(path: string, error: unknown): AppError {
  return new AppError({
    code: 'cli.file',
    message: `${path} cannot be read: ${errorMessage(error)}.`,
    hint: 'Name a file, or a directory of files.',
    cause: error,
  });
}

function collect(source: RuleDocument, collected: Collected): void {
  const { apiVersion, kind } = (source.value ?? {}) as { apiVersion?: unknown; kind?: unknown };
  if (apiVersion === 'openslo/v1') {
    const document = parseDocument(source, sloDocumentSchema, collected.problems);
    if (document !== undefined) {
      collected.documents.push({ document, source });
    }
  } else if (apiVersion !== 'tidewatch.dev/v1') {
    collected.problems.push({
      file: source.file,
      line: source.lineOf(['apiVersion']),
      path: 'apiVersion',
      message:
        'must be openslo/v1 or tidewatch.dev/v1; specifications of other tools are translated by "tidewatch slo import"',
    });
  } else if (kind === 'MetricMonitor') {
    add(source, metricMonitorSchema, collected.monitors, collected.problems);
  } else if (kind === 'CostModel') {
    add(source, costModelSchema, collected.costModels, collected.problems);
  } else {
    collected.others += 1;
  }
}

function add<Rule>(
  source: RuleDocument,
  schema: ZodType<Rule>,
  into: Placed<Rule>[],
  problems: Problem[],
): void {
  const rule = parseDocument(source, schema, problems);
  if (rule !== undefined) {
    into.push({ rule, source });
  }
}

/** Two rules of one kind and name would share a history. */
function doubles(kind: string, rules: readonly Placed<{ readonly name: string }>[]): Problem[] {
  const seen = new Set<string>();
  return rules.flatMap(({ rule: { name }, source }) => {
    const known = seen.has(name);
    seen.add(name);
    return known
      ? [
          {
            file: source.file,
            line: source.lineOf(['metadata', 'name']),
            path: 'metadata.name',
            message: `${kind} ${name} is defined twice; give each ${kind} its own name`,
          },
        ]
      : [];
  });
}

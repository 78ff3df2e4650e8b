import { refused } from './sql-refusal.js';
import { READABLE_TABLES, READABLE_VIEWS } from './sql-tables.js';

/**
 * What an SQL SLI may be made of, told from the syntax tree that the engine itself makes of it. Everything that is not known
 * to be harmless is refused. Nothing has run at this point: the engine evaluates constants while it resolves names, so that
 * `file('…')` must not even get that far.
 */

/** Nodes of the tree by their first word. Among those left out: settings, formats, files to write to, APPLY. */
const NODES = new Set([
  'ArrayJoin',
  'Asterisk',
  'ColumnsExceptTransformer',
  'ColumnsListMatcher',
  'ColumnsRegexpMatcher',
  'ColumnsReplaceTransformer',
  'ColumnsReplaceTransformer::Replacement',
  'ColumnsTransformerList',
  'ExpressionList',
  'Function',
  'Identifier',
  'Literal',
  'OrderByElement',
  'QualifiedAsterisk',
  'QualifiedColumnsListMatcher',
  'QualifiedColumnsRegexpMatcher',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'SelectWithUnionQuery',
  'Subquery',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'WindowDefinition',
  'WindowListElement',
  'WithElement',
]);

/** RE2 of functions that reach beyond the tables (files, dictionaries, models, the server's own state), or that wait. */
export const FUNCTIONS_REFUSED =
  '(?i)^(__|ai(classify|embed|extract|generate|translate)|dict|joinget|file|catboost|evalml|naivebayes|sleep|' +
  'hascolumnintable|showcertificate|getmacro|getserver|getclient|getmergetree|getos|generateserialid|zookeeper|' +
  'addressto|demangle|trap$)';

interface SyntaxNode {
  readonly kind: string;
  readonly rest: string;
}

/**
 * Names that may be those of functions, after everything else was checked: a function can also be named for another to call.
 *
 * @param tree Lines of EXPLAIN AST.
 * @throws AppError `store.sql-refused`.
 */
export function checkSyntax(tree: readonly string[]): string[] {
  const nodes = tree.map(nodeOf);
  const names = new Set<string>();
  nodes.forEach((node, index) => {
    const before = nodes[index - 1];
    if (!NODES.has(node.kind)) {
      throw refused(
        `uses ${node.kind === 'Set' ? 'SETTINGS' : `what the engine calls ${node.kind}`}`,
        'Write a plain SELECT; settings, formats and output files are not for an SLI to choose.',
      );
    }
    if (before?.kind === 'TableExpression' && node.kind === 'Function') {
      throw refused(
        `reads from the table function ${firstWord(node.rest)}`,
        "An SLI reads Tidewatch's own tables and nothing else.",
      );
    }
    if (node.kind === 'TableIdentifier') {
      checkTableName(node.rest);
    }
    if (node.kind === 'Function' || node.kind === 'Identifier') {
      names.add(firstWord(node.rest));
    }
  });
  return [...names];
}

function firstWord(text: string): string {
  return text.split(' ', 1)[0] ?? '';
}

function nodeOf(line: string): SyntaxNode {
  const [, kind = '', rest = ''] = /^ *(\S+) ?(.*)$/s.exec(line) ?? [];
  return { kind, rest };
}

/** What a SELECT without FROM reads: one row. */
const NO_TABLE = 'system.one';

function checkTableName(rest: string): void {
  if (rest !== NO_TABLE && !/^\w+(?: \(alias \w+\))?$/.test(rest)) {
    throw refused(
      `reads from ${firstWord(rest)}`,
      'Name a table of Tidewatch without a database, and an alias in letters, digits and underscores.',
    );
  }
}

/** The tables that a resolved statement reads are all readable. @throws AppError `store.sql-refused`. */
export function checkTables(queryTree: readonly string[], database: string): void {
  for (const line of queryTree) {
    const text = line.trimStart();
    if (text.startsWith('TABLE_FUNCTION ')) {
      throw refused('reads from a table function', "An SLI reads Tidewatch's own tables and nothing else.");
    }
    if (!text.startsWith('TABLE id:')) {
      continue;
    }
    const [, name = text] =
      /^TABLE id: \d+(?:, alias: \w+)?, table_name: ([^ ,]+)(?:, final: 1)?$/.exec(text) ?? [];
    if (name !== NO_TABLE && !isReadable(name, database)) {
      throw refused(
        `reads ${name}, which is not one of Tidewatch's tables with rows of a project`,
        `Readable are ${[...READABLE_TABLES, ...READABLE_VIEWS].join(', ')}.`,
      );
    }
  }
}

function isReadable(name: string, database: string): boolean {
  const table = name.startsWith(`${database}.`) ? name.slice(database.length + 1) : '';
  return READABLE_TABLES.includes(table) || READABLE_VIEWS.includes(table);
}

/** Name and type of the columns of the outermost SELECT. */
export function resultColumns(queryTree: readonly string[]): Map<string, string> {
  const from = queryTree.findIndex((line) => line === '  PROJECTION COLUMNS') + 1;
  const columns = new Map<string, string>();
  for (const line of queryTree.slice(from)) {
    const [, name, type] = /^ {4}(\S+) (.+)$/.exec(line) ?? [];
    if (name === undefined || type === undefined) {
      break;
    }
    columns.set(name, type);
  }
  return columns;
}

import { AppError } from '@tidewatch/core';

/** A value bound to `{name:Type}` in a statement. */
export type ParameterValue =
  string | number | bigint | boolean | readonly string[] | readonly number[] | readonly bigint[];

/** The bound values of one statement, by name. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** `{name:Type}`: a name, a colon, and a type that does not contain a brace. */
const PLACEHOLDER = /\{([A-Za-z_]\w*):[^{}]+\}/g;

/**
 * Checks that `sql` and `parameters` name the same parameters.
 *
 * Embedded parameters are sticky on their connection: a statement that forgets one would silently read the value of
 * the statement before it.
 *
 * @throws AppError `store.parameters`, a mistake in this library.
 */
export function checkParameters(sql: string, parameters: Parameters): void {
  const used = new Set([...sql.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''));
  const missing = [...used].filter((name) => !Object.hasOwn(parameters, name));
  const unused = Object.keys(parameters).filter((name) => !used.has(name));
  if (missing.length > 0 || unused.length > 0) {
    throw new AppError({
      code: 'store.parameters',
      message: `The statement's parameters do not match: missing [${missing.join(', ')}], unused [${unused.join(', ')}].`,
    });
  }
}

/**
 * `SET param_name = '…'; …` for the embedded engine, which takes parameters from the query text only.
 *
 * ClickHouse reads a scalar parameter as one tab-separated field, so backslash, tab and newline are escaped first;
 * then the whole is quoted as an SQL literal. An array is read as an array literal, whose elements carry their own
 * quotes and escapes.
 */
export function setParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `SET param_${name} = ${sqlLiteral(parameterText(value))};\n`)
    .join('');
}

function parameterText(value: ParameterValue): string {
  if (typeof value === 'object') {
    return `[${value.map((element) => (typeof element === 'string' ? sqlLiteral(element) : String(element))).join(',')}]`;
  }
  return typeof value === 'string' ? tabSeparatedField(value) : String(value);
}

function tabSeparatedField(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\0');
}

/** `text` as an SQL string literal, quotes included. For settings and file names; values are bound instead. */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Lists of numbers with more elements than this do not fit into the request line, where bound parameters go. */
const LONG_LIST = 200;

/**
 * Moves long lists of numbers from the parameters into the statement, which travels in the body of a request. Only numbers: nothing that
 * could be taken for anything else than digits.
 */
export function inlineLongLists(
  sql: string,
  parameters: Parameters,
): { sql: string; parameters: Parameters } {
  const lists = new Map(
    Object.entries(parameters).flatMap(([name, value]) => {
      const list = longList(value);
      return list === null ? [] : [[name, list] as const];
    }),
  );
  if (lists.size === 0) {
    return { sql, parameters };
  }
  return {
    sql: sql.replace(/\{([A-Za-z_]\w*):([^{}]+)\}/g, (whole, name: string, type: string) => {
      const list = lists.get(name);
      return list === undefined ? whole : `CAST([${list}], '${type}')`;
    }),
    parameters: Object.fromEntries(Object.entries(parameters).filter(([name]) => !lists.has(name))),
  };
}

/** The elements of a long list of numbers as text, or `null` for any other value. */
function longList(value: ParameterValue): string | null {
  if (typeof value !== 'object' || value.length <= LONG_LIST) {
    return null;
  }
  const digits = [...value].every((element) => typeof element === 'bigint' || Number.isFinite(element));
  return digits ? [...value].map(String).join(',') : null;
}

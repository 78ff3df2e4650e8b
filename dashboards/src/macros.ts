/** What Grafana knows when it runs a query: the time range, the interval, and what is chosen in the variables. */
export interface QueryContext {
  /** Start and end of the time range, ms since epoch. */
  readonly from: number;
  readonly to: number;
  /** Length of one bucket of time, ms. */
  readonly intervalMs: number;
  /** Chosen values by variable; `'$__all'` for "All". */
  readonly variables: Readonly<Record<string, readonly string[] | '$__all'>>;
}

type Macro = (args: readonly string[], context: QueryContext) => string;

const seconds = (ms: number): string => `toDateTime(${Math.floor(ms / 1_000)})`;
const millis = (ms: number): string => `fromUnixTimestamp64Milli(${ms})`;
const intervalSeconds = (context: QueryContext): number =>
  Math.max(1, Math.floor(context.intervalMs / 1_000));

/**
 * The macros dashboards may use, as the plugin's backend expands them (grafana/clickhouse-datasource,
 * pkg/macros/macros.go). Others are refused: newer ones would break installations with an older plugin.
 */
const MACROS: Readonly<Record<string, Macro>> = {
  fromTime: (_, context) => seconds(context.from),
  toTime: (_, context) => seconds(context.to),
  interval_s: (_, context) => String(intervalSeconds(context)),
  timeFilter: ([column], context) =>
    `${column} >= ${seconds(context.from)} AND ${column} <= ${seconds(context.to)}`,
  timeFilter_ms: ([column], context) =>
    `${column} >= ${millis(context.from)} AND ${column} <= ${millis(context.to)}`,
  timeInterval: ([column], context) =>
    `toStartOfInterval(toDateTime(${column}), INTERVAL ${intervalSeconds(context)} second)`,
};

const TAKES_COLUMN = new Set(['timeFilter', 'timeFilter_ms', 'timeInterval']);

/**
 * Turns the SQL of a panel, variable or annotation into what the plugin would send: first `$__conditionalAll`, then
 * the variables, then the time macros.
 *
 * @throws Error on a macro outside the safe list, a variable without a value, or unbalanced parentheses
 */
export function expandSql(sql: string, context: QueryContext): string {
  return expandMacros(expandVariables(expandConditions(sql, context), context), context);
}

function expandConditions(sql: string, context: QueryContext): string {
  const name = '$__conditionalAll';
  let expanded = sql;
  for (let at = expanded.indexOf(name); at >= 0; at = expanded.indexOf(name)) {
    const { args, end } = readArguments(expanded, at + name.length);
    const variable = /^\$(\w+)$/.exec(args[1] ?? '')?.[1];
    if (args.length !== 2 || variable === undefined) {
      throw new Error(`${name} takes a condition and a bare variable, not: ${args.join(' | ')}`);
    }
    const condition = chosenValues(variable, context) === '$__all' ? '1=1' : args[0];
    expanded = `${expanded.slice(0, at)}${condition}${expanded.slice(end)}`;
  }
  return expanded;
}

function expandVariables(sql: string, context: QueryContext): string {
  return sql.replaceAll(/\$\{(\w+)(?::(\w+))?\}/g, (text, name: string, format: string | undefined) => {
    const values = chosenValues(name, context);
    if (values === '$__all') {
      throw new Error(`${text} is used outside $__conditionalAll, so "All" would become a value`);
    }
    if (format !== 'singlequote') {
      throw new Error(`${text} must be quoted: \${${name}:singlequote}`);
    }
    return values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(',');
  });
}

function expandMacros(sql: string, context: QueryContext): string {
  const pattern = /\$__(\w+)/;
  let expanded = sql;
  for (let match = pattern.exec(expanded); match !== null; match = pattern.exec(expanded)) {
    const name = match[1] ?? '';
    const macro = Object.hasOwn(MACROS, name) ? MACROS[name] : undefined;
    if (macro === undefined) {
      throw new Error(
        `$__${name} is not among the macros dashboards may use: ${Object.keys(MACROS).join(', ')}`,
      );
    }
    const nameEnd = match.index + match[0].length;
    const { args, end } = TAKES_COLUMN.has(name)
      ? readArguments(expanded, nameEnd)
      : { args: [], end: nameEnd };
    if (TAKES_COLUMN.has(name) && (args.length !== 1 || args[0] === '')) {
      throw new Error(`$__${name} takes one column, not: ${args.join(', ') || 'nothing'}`);
    }
    expanded = `${expanded.slice(0, match.index)}${macro(args, context)}${expanded.slice(end)}`;
  }
  return expanded;
}

function chosenValues(name: string, context: QueryContext): readonly string[] | '$__all' {
  const values = Object.hasOwn(context.variables, name) ? context.variables[name] : undefined;
  if (values === undefined) {
    throw new Error(`The variable ${name} has no value`);
  }
  return values;
}

/** Splits `(a, f(b, c))` at `open` into its top-level arguments; `end` is the offset after the closing parenthesis. */
function readArguments(sql: string, open: number): { args: string[]; end: number } {
  if (sql[open] !== '(') {
    throw new Error(`Expected "(" at offset ${open} of: ${sql}`);
  }
  const args: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < sql.length; at++) {
    const character = sql[at];
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (depth === 0 || (depth === 1 && character === ',')) {
      args.push(sql.slice(start, at).trim());
      start = at + 1;
    }
    if (depth === 0) {
      return { args, end: at + 1 };
    }
  }
  throw new Error(`Unbalanced parentheses after offset ${open} of: ${sql}`);
}

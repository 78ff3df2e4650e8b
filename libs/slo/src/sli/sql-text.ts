/** What a statement says outside of its comments and texts, and whether it ends properly. */
interface Bare {
  /** Comments are spaces, texts are `''`, quoted names stand without their quotes. */
  readonly code: string;
  /** What is not closed, such as `a text`; `null` when all is. */
  readonly open: string | null;
}

/** One piece of SQL that must be looked at as a whole, or one character of anything else. */
const PIECE =
  /--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|[\s\S]/g;

function bare(sql: string): Bare {
  let code = '';
  let open: string | null = null;
  for (const [piece] of sql.matchAll(PIECE)) {
    const first = piece[0] ?? '';
    if (piece.length === 1) {
      open ??= first === "'" ? 'a text' : first === '"' || first === '`' ? 'a quoted name' : null;
      code += first;
    } else if (first === "'") {
      code += "''";
    } else if (first === '"' || first === '`') {
      // Of names that are no words none is a function that is denied.
      code += ` ${/^\w+$/.test(piece.slice(1, -1)) ? piece.slice(1, -1) : 'name'} `;
    } else {
      code += ' ';
    }
  }
  return { code, open: open ?? (code.includes('/*') ? 'a comment' : null) };
}

/** Functions that reach outside of the database, run programs, or only waste time. Without regard to case. */
const DENIED = [
  'file',
  'filecluster',
  'url',
  'urlcluster',
  's3',
  's3cluster',
  's3queue',
  'gcs',
  'oss',
  'cosn',
  'azureblobstorage',
  'azureblobstoragecluster',
  'azurequeue',
  'hdfs',
  'hdfscluster',
  'remote',
  'remotesecure',
  'cluster',
  'clusterallreplicas',
  'mysql',
  'postgresql',
  'mongodb',
  'redis',
  'sqlite',
  'odbc',
  'jdbc',
  'executable',
  'executablepool',
  'python',
  'input',
  'arrowflight',
  'ytsaurus',
  'catboostevaluate',
  'reversednsquery',
  'sleep',
  'sleepeachrow',
];
/** The same for the families of table formats, each with variants for stores and clusters. */
const DENIED_FAMILIES = ['iceberg', 'deltalake', 'hudi', 'paimon'];

/**
 * Everything that keeps a text from being a read-only query for a stretch of time, as sentences. What only the database
 * can tell, such as whether a column exists, is found when it is run.
 *
 * @param parameters names of the bound parameters that the rule gives
 */
export function sqlFaults(sql: string, parameters: readonly string[]): string[] {
  const { code, open } = bare(sql);
  if (open !== null) {
    return [`opens ${open} and does not close it`];
  }
  // Curly quotes are quotes for ClickHouse, some spaces are none for others, and dollars begin texts or belong to names.
  const odd = /[^\t\n\r -~]|\$/.exec(code)?.[0];
  if (odd !== undefined) {
    return [`holds ${JSON.stringify(odd)} outside of texts and quoted names; put it in quotes ('…' or "…")`];
  }
  if (code.includes(';')) {
    return ['must be one statement without a semicolon'];
  }
  if (!/^\s*(select|with)\b/i.test(code)) {
    return ['must be a query: it has to begin with SELECT or WITH'];
  }
  return [...forbiddenParts(code), ...functionFaults(code), ...parameterFaults(code, parameters)];
}

function forbiddenParts(code: string): string[] {
  const parts: readonly (readonly [RegExp, string])[] = [
    [/\binsert\s+into\b/i, 'writes with INSERT INTO; only reading is allowed'],
    [/\binto\s+outfile\b/i, 'writes with INTO OUTFILE; only reading is allowed'],
    [
      /\bformat\s+(?!asc\b|desc\b|nulls\b)\w+\s*$/i,
      'has a FORMAT clause; leave it out, the result is read as columns',
    ],
    [/\bsettings\s+\w+\s*=/i, 'has a SETTINGS clause; leave it out, use timeout and maximumRows beside sql'],
  ];
  return parts.flatMap(([pattern, message]) => (pattern.test(code) ? [message] : []));
}

function functionFaults(code: string): string[] {
  const called = [...code.matchAll(/([A-Za-z_]\w*)\s*\(/g)].map(([, name = '']) => name);
  const denied = called.filter((name) => {
    const lower = name.toLowerCase();
    return DENIED.includes(lower) || DENIED_FAMILIES.some((family) => lower.startsWith(family));
  });
  return [...new Set(denied)].map(
    (name) =>
      `uses ${name}(), which is not allowed: queries read the tables of this database and nothing else`,
  );
}

function parameterFaults(code: string, given: readonly string[]): string[] {
  const named = [...code.matchAll(/\{\s*(\w+)\s*:\s*([^}]*)\}/g)].map(([, name = '', type = '']) => ({
    name,
    type: type.trim(),
  }));
  const names = new Set(named.map((each) => each.name));
  const bounds = ['from', 'to'].filter((name) => !names.has(name));
  return [
    ...(bounds.length > 0
      ? [
          `would read without a time bound: it must name both {from:DateTime64(3)} and {to:DateTime64(3)}, as in WHERE Timestamp >= {from:DateTime64(3)} AND Timestamp < {to:DateTime64(3)}, and ${bounds.join(' and ')} is missing`,
        ]
      : []),
    ...named
      .filter(
        ({ name, type }) => ['from', 'to'].includes(name) && !/^DateTime(64\(\d(, *'')?\))?$/.test(type),
      )
      .map(({ name, type }) => `gives the parameter ${name} the type ${type}; it is a DateTime64(3)`),
    ...[...names]
      .filter((name) => !['from', 'to', ...given].includes(name))
      .map((name) => `names the parameter ${name}, which parameters does not give`),
    ...given
      .filter((name) => !names.has(name) && !['from', 'to'].includes(name))
      .map((name) => `does not name the parameter ${name}, which parameters gives`),
  ];
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Which libraries each library may import. Applications may import all of them. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  stats: ['core'],
  otlp: ['core'],
  samples: ['core'],
  drift: ['core', 'stats'],
  slo: ['core', 'stats'],
  alerts: ['core'],
  scrape: ['core'],
  sampling: ['core'],
  store: ['core', 'otlp', 'samples', 'stats', 'drift', 'slo', 'alerts'],
  journal: ['core'],
  encoder: ['core', 'stats', 'drift'],
  channels: ['core', 'alerts'],
  jobs: ['core'],
  config: [
    'core',
    'otlp',
    'samples',
    'stats',
    'drift',
    'slo',
    'alerts',
    'scrape',
    'sampling',
    'store',
    'journal',
    'encoder',
    'channels',
  ],
};
const PURE = ['core', 'stats', 'otlp', 'samples', 'drift', 'slo', 'alerts', 'scrape', 'sampling'];

/** Packages that one place alone may import. */
const RESERVED: readonly { pattern: RegExp; where: RegExp; why: string }[] = [
  {
    pattern: /^(@clickhouse\/|chdb)/,
    where: /^libs\/store\//,
    why: 'all access to ClickHouse goes through libs/store',
  },
  { pattern: /^onnxruntime-node/, where: /^libs\/encoder\//, why: 'ONNX Runtime lives in libs/encoder' },
  { pattern: /^(bull|ioredis)$/, where: /^libs\/jobs\//, why: 'the queue and the lease live in libs/jobs' },
  { pattern: /^nodemailer/, where: /^libs\/channels\//, why: 'mail is a channel' },
  { pattern: /^@nestjs\//, where: /^apps\/server\//, why: 'Nest is the shell around the libraries' },
];
/** Built-in modules through which a pure library would reach the outside. */
const OUTSIDE =
  /^(node:)?(fs|http|https|http2|net|tls|dgram|dns|child_process|worker_threads|cluster|timers|os|process|v8|vm|inspector|perf_hooks)(\/|$)/;

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
}

const files = ['apps', 'libs', 'dashboards', 'examples'].flatMap((folder) => sourcesBelow(folder));
/** What is built and shipped: not the specs, and not what only they use. */
const sources = files.filter((file) => !file.endsWith('.spec.ts') && !file.includes('/fixtures/'));
const imports = sources.flatMap(importsOf);

describe('imports point one way', () => {
  test('the check sees the code base', () => {
    // A checker that finds nothing also finds no violation.
    expect(sources.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
    const seen = new Set(imports.flatMap((each) => libraryOf(each.from) ?? []));
    expect([...seen].sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  test('every library is in the table', () => {
    expect(readdirSync(join(ROOT, 'libs')).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  test('a library imports only those below it', () => {
    const wrong = imports.filter(({ file, from }) => {
      const owner = ownerOf(file);
      const target = libraryOf(from);
      return owner !== undefined && target !== undefined && !(ALLOWED[owner] ?? []).includes(target);
    });
    expect(wrong).toEqual([]);
  });

  test('store takes nothing but types from the pure libraries above core', () => {
    const wrong = imports.filter(({ file, from, typeOnly }) => {
      const target = libraryOf(from);
      return ownerOf(file) === 'store' && target !== undefined && target !== 'core' && !typeOnly;
    });
    expect(wrong).toEqual([]);
  });

  test('a library is entered through its index only', () => {
    const wrong = imports.filter(({ file, from }) => {
      if (!from.startsWith('.')) {
        return from.startsWith('@tidewatch/') && from.split('/').length > 2;
      }
      const target = relative(ROOT, resolve(ROOT, dirname(file), from));
      return topOf(target) !== topOf(file);
    });
    expect(wrong).toEqual([]);
  });

  test('no library or example imports an application', () => {
    expect(imports.filter(({ file, from }) => !file.startsWith('apps/') && from.includes('apps/'))).toEqual(
      [],
    );
  });

  test('reserved packages are imported where they belong', () => {
    const wrong = imports.flatMap(({ file, from }) =>
      RESERVED.filter(({ pattern, where }) => pattern.test(from) && !where.test(file)).map(({ why }) => ({
        file,
        from,
        why,
      })),
    );
    expect(wrong).toEqual([]);
  });

  test('pure libraries reach nothing outside: no I/O, no clock, no randomness', () => {
    const pure = (file: string) => PURE.includes(ownerOf(file) ?? '');
    expect(imports.filter(({ file, from }) => pure(file) && OUTSIDE.test(from))).toEqual([]);
    const impure =
      /\b(Date\.now\(|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\(|performance\.now\(|fetch\(|process\.)/;
    expect(sources.filter((file) => pure(file) && impure.test(withoutComments(file)))).toEqual([]);
  });

  test('the environment is read in libs/config only', () => {
    const wrong = sources.filter(
      (file) => !file.startsWith('libs/config/') && /\bprocess\.env\b/.test(withoutComments(file)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('files stay small enough to be one concept', () => {
  test('90 % of the source files have at most 250 lines, and none more than 400', () => {
    const lengths = sources
      .map((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length)
      .sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length * 0.9)]).toBeLessThanOrEqual(250);
    expect(lengths.at(-1)).toBeLessThanOrEqual(400);
  });

  test('names are kebab-case and say what is inside', () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.|$)/;
    expect(files.filter((file) => !/^[a-z0-9./-]+$/.test(file) || vague.test(file))).toEqual([]);
  });

  test('core stays at twelve files', () => {
    expect(sources.filter((file) => file.startsWith('libs/core/')).length).toBeLessThanOrEqual(12);
  });
});

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.ESNext,
    true,
  );
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      found.push({ file, from: (node.moduleSpecifier as ts.StringLiteral).text, typeOnly: isTypeOnly(node) });
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0] !== undefined
    ) {
      const [argument] = node.arguments;
      found.push({ file, from: ts.isStringLiteral(argument) ? argument.text : '', typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) {
    return node.isTypeOnly;
  }
  const clause = node.importClause;
  if (clause === undefined || clause.isTypeOnly) {
    return clause?.isTypeOnly ?? false;
  }
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function libraryOf(from: string): string | undefined {
  return /^@tidewatch\/([a-z-]+)/.exec(from)?.[1];
}

function ownerOf(file: string): string | undefined {
  return /^libs\/([a-z-]+)\//.exec(file)?.[1];
}

/** The unit a file belongs to: `libs/core`, `apps/server`, `examples/fleet`; for `dashboards` the folder itself. */
function topOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'dashboards' ? first : `${first}/${second}`;
}

function withoutComments(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
}

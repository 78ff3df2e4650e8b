// ClickHouse's HTTP interface on loopback, served from the embedded engine in a process of its own. It lets tests talk
// to "a server" with the official client where no ClickHouse server can be installed. Plain JavaScript, because tests
// start it without a build.
//
//   node clickhouse-http-server.mjs DATA_DIR [USER PASSWORD]
//
// Prints one line {"port": N} when it listens. Over IPC it takes {"delayMs": N} (wait before every answer) and
// {"refuse": true} (answer 503, as a server that is shutting down does). It exits when its parent does.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const { Session } = createRequire(import.meta.url)('chdb');

const [dataDir, user, password] = process.argv.slice(2);
const engineDir = path.join(dataDir, 'clickhouse');
const temporaryDir = path.join(dataDir, 'tmp');
mkdirSync(engineDir, { recursive: true });
mkdirSync(temporaryDir, { recursive: true });

/** Settings of the HTTP interface itself, unknown to the engine, and parameters that are not settings at all. */
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'session_id',
  'session_timeout',
  'role',
  'wait_end_of_query',
  'enable_http_compression',
  'http_zlib_compression_level',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'http_write_exception_in_output_format',
]);

/** As `exceptionCodeToHTTPStatus` of the server; everything else is 500. */
const STATUS_BY_CODE = { 47: 404, 60: 404, 62: 400, 81: 404, 159: 408, 241: 500, 456: 400, 516: 403 };

const switches = { delayMs: 0, refuse: false };
process.on('message', (message) => Object.assign(switches, message));
process.on('disconnect', () => process.exit(0));

const free = Array.from({ length: 8 }, () => new Session(engineDir));
const waiting = [];

async function withSession(work) {
  const session = free.pop() ?? (await new Promise((resolve) => waiting.push(resolve)));
  try {
    return await work(session);
  } finally {
    const next = waiting.shift();
    if (next) {
      next(session);
    } else {
      free.push(session);
    }
  }
}

const literal = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const identifier = (text) => `\`${text.replaceAll('`', '\\`')}\``;

const server = createServer((request, response) => {
  answer(request, response).catch((error) => fail(response, String(error?.message ?? error)));
});

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const sent = Buffer.concat(chunks);
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  if (switches.delayMs > 0) {
    await new Promise((resolve) => setTimeout(resolve, switches.delayMs));
  }
  if (switches.refuse) {
    fail(response, 'Code: 745. DB::Exception: The server is overloaded. (SERVER_OVERLOADED)', 503);
  } else if (url.pathname === '/ping') {
    response.end('Ok.\n');
  } else if (!isAllowed(request, url)) {
    fail(response, `Code: 516. DB::Exception: ${user}: Authentication failed. (AUTHENTICATION_FAILED)`);
  } else {
    const result = await withSession((session) => run(session, url.searchParams, body));
    succeed(request, response, url.searchParams, result);
  }
}

function isAllowed(request, url) {
  if (user === undefined) {
    return true;
  }
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const [basicUser, basicPassword] = Buffer.from(basic ?? '', 'base64')
    .toString('utf8')
    .split(':');
  const given = {
    user: basic ? basicUser : (request.headers['x-clickhouse-user'] ?? url.searchParams.get('user')),
    password: basic
      ? basicPassword
      : (request.headers['x-clickhouse-key'] ?? url.searchParams.get('password')),
  };
  return given.user === user && given.password === password;
}

async function run(session, parameters, body) {
  const settings = [...parameters].filter(([name]) => !NOT_SETTINGS.has(name) && !name.startsWith('param_'));
  const bound = [...parameters].filter(([name]) => name.startsWith('param_'));
  const database = parameters.get('database') || 'default';
  const prelude = [
    `USE ${identifier(database)}`,
    ...settings.map(([name, value]) => `SET ${name} = ${literal(value)}`),
    // The client has escaped the values for one tab-separated field, which is what SET takes as well.
    ...bound.map(([name, value]) => `SET ${name} = ${literal(value)}`),
  ];
  const format = parameters.get('default_format') ?? 'TabSeparated';
  try {
    const { statement, cleanUp } = await statementOf(session, prelude, parameters.get('query'), body);
    try {
      return await session.queryAsync(`${prelude.join(';')};${statement}`, { format });
    } finally {
      await cleanUp();
    }
  } finally {
    const resets = ['USE default', ...settings.map(([name]) => `SET ${name} = DEFAULT`)];
    await session.queryAsync(resets.join(';')).catch(() => undefined);
  }
}

/** The statement to run; the body of a binary INSERT goes through a file, that of a text INSERT behind the statement. */
async function statementOf(session, prelude, query, body) {
  const nothing = async () => {};
  if (query === null || body.length === 0) {
    return { statement: query ?? body.toString('utf8'), cleanUp: nothing };
  }
  const insert = /^\s*INSERT\s+INTO\s+(\S+)\s*\(([^)]*)\)\s*(SETTINGS[\s\S]*?)?\s*FORMAT\s+(\w+)\s*$/i.exec(
    query,
  );
  if (insert === null || !/^(RowBinary|Native)/.test(insert[4])) {
    return { statement: `${query}\n${body.toString('utf8')}`, cleanUp: nothing };
  }
  const [, table, columns, settings = '', format] = insert;
  const described = await session.queryAsync(`${prelude.join(';')};DESCRIBE TABLE ${table}`, {
    format: 'JSONEachRow',
  });
  const types = new Map(
    Buffer.from(described.bytes())
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map((row) => [row.name, row.type]),
  );
  const structure = columns
    .split(',')
    .map((column) => column.trim().replaceAll('`', ''))
    .map((name) => `${identifier(name)} ${types.get(name)}`)
    .join(', ');
  const file = path.join(temporaryDir, randomUUID());
  await writeFile(file, body);
  return {
    statement: `INSERT INTO ${table} (${columns}) ${settings} SELECT * FROM file(${literal(file)}, ${literal(format)}, ${literal(structure)})`,
    cleanUp: () => rm(file, { force: true }),
  };
}

function succeed(request, response, parameters, result) {
  const bytes = Buffer.from(result.bytes());
  const summary = { read_rows: String(result.rowsRead ?? 0), read_bytes: String(result.bytesRead ?? 0) };
  response.setHeader('X-ClickHouse-Query-Id', parameters.get('query_id') ?? randomUUID());
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  const wantsGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (wantsGzip && parameters.get('enable_http_compression') === '1') {
    response.setHeader('Content-Encoding', 'gzip');
    response.end(gzipSync(bytes));
  } else {
    response.end(bytes);
  }
}

function fail(response, text, status) {
  const code = Number(/Code: (\d+)/.exec(text)?.[1] ?? 1002);
  const message = text.startsWith('Code:')
    ? text
    : `Code: ${code}. DB::Exception: ${text} (UNKNOWN_EXCEPTION)`;
  response.statusCode = status ?? STATUS_BY_CODE[code] ?? 500;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.end(`${message} (version 26.7 (harness))\n`);
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from './run.js';
import type { Terminal } from './terminal.js';
import { VERSION } from './version.js';

const LETTER = {
  name: '7-3-metric_points',
  layout: 'metric_points/2',
  day: 20_779,
  rows: 1_200,
  bytes: 45_000,
  code: 'store.rejected',
  message: 'Cannot parse\ninput',
  time: Date.UTC(2026, 10, 22, 10),
  projects: ['default'],
};
const COUNTS = {
  received: 1_500,
  stored: 200,
  pending: 1_300,
  rejected: 0,
  duplicate: 0,
  deadLettered: 1_200,
};
const STATUS = {
  signals: { metrics: COUNTS },
  journal: {
    bytes: 3_145_728,
    maxBytes: 4_294_967_296,
    segments: 2,
    oldestAgeMs: 61_000,
    sinkFailingSince: null,
  },
  now: 0,
};

let server: Server;
let url: string;
let requests: { line: string; key: string | undefined }[] = [];
let answer: (line: string) => { status: number; body: unknown } = () => ({ status: 404, body: {} });
const folder = mkdtempSync(join(tmpdir(), 'tidewatch-cli-'));

beforeAll(async () => {
  server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push({ line, key: request.headers.authorization });
    const { status, body } = answer(line);
    response
      .writeHead(status, { 'Content-Type': 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  requests = [];
  answer = (line) => {
    if (line === 'GET /api/v1/ingest') {
      return { status: 200, body: STATUS };
    }
    return { status: 200, body: line.startsWith('GET') ? { items: [LETTER] } : {} };
  };
});

/** Runs the command. `reply` is what somebody answers when asked; without it nobody is there. */
async function tidewatch(args: string[], reply?: boolean, input = '') {
  let out = '';
  let err = '';
  const questions: string[] = [];
  const terminal: Terminal = {
    out: (text) => (out += `${text}\n`),
    err: (text) => (err += `${text}\n`),
    isInteractive: reply !== undefined,
    confirm: async (question) => {
      questions.push(question);
      return reply ?? false;
    },
    readInput: async function* () {
      yield Buffer.from(input);
    },
  };
  return { code: await run(args, terminal), out, err, questions };
}

const changes = () => requests.map(({ line }) => line).filter((line) => !line.startsWith('GET'));

describe('journal ls', () => {
  test('shows counts, the journal and its dead letters', async () => {
    const { code, out } = await tidewatch(['journal', 'ls', '--url', url]);
    expect(code).toBe(0);
    expect(out).toBe(`SIGNAL   RECEIVED  STORED  PENDING  REJECTED  DUPLICATE   DEAD
metrics     1,500     200    1,300         0          0  1,200

Journal: 3 MiB of 4 GiB in 2 segments; the oldest item has waited 1m1s.

DEAD LETTER        TABLE          DAY          ROWS      SIZE  PUT ASIDE (UTC)      WHY
7-3-metric_points  metric_points  2026-11-22  1,200  43.9 KiB  2026-11-22 10:00:00  Cannot parse input [store.rejected]

Store one after its cause is gone: tidewatch journal retry NAME
Give one up for good:             tidewatch journal drop NAME
`);
  });

  test('says since when ClickHouse has taken nothing, and that there are no dead letters', async () => {
    const journal = { ...STATUS.journal, oldestAgeMs: null, sinkFailingSince: Date.UTC(2026, 10, 22, 9) };
    answer = (line) => ({
      status: 200,
      body: line.endsWith('dead-letters') ? { items: [] } : { ...STATUS, journal },
    });
    const { out } = await tidewatch(['journal', 'ls', '--url', url]);
    expect(out).toContain('nothing waits for ClickHouse');
    expect(out).toContain('ClickHouse has taken nothing since 2026-11-22 09:00:00 UTC');
    expect(out).toContain('No dead letters.');
  });

  test('prints JSON for programs', async () => {
    const { out } = await tidewatch(['journal', 'ls', '--json', '--url', url]);
    expect(JSON.parse(out)).toEqual({ ...STATUS, deadLetters: [LETTER] });
  });

  test('sends the key of the key file', async () => {
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, 'secret-key\n');
    await tidewatch(['journal', 'ls', '--url', url, '--key-file', keyFile]);
    expect(new Set(requests.map(({ key }) => key))).toEqual(new Set(['Bearer secret-key']));
  });
});

describe('journal drop', () => {
  const drop = ['journal', 'drop', LETTER.name];

  test('asks first, and deletes after a yes', async () => {
    const { code, questions, out } = await tidewatch([...drop, '--url', url], true);
    expect(questions).toEqual(['Delete 1200 rows of metric_points (7-3-metric_points) for good?']);
    expect(changes()).toEqual(['DELETE /api/v1/ingest/dead-letters/7-3-metric_points']);
    expect([code, out]).toEqual([0, '7-3-metric_points is dropped.\n']);
  });

  test('changes nothing after a no', async () => {
    const { code, err } = await tidewatch([...drop, '--url', url], false);
    expect([code, err, changes()]).toEqual([0, 'Nothing was changed.\n', []]);
  });

  test('needs --yes where nobody can answer, and asks no more with it', async () => {
    const refused = await tidewatch([...drop, '--url', url]);
    expect([refused.code, changes()]).toEqual([1, []]);
    expect(refused.err).toMatch(/nobody is here to confirm it\. Say --yes\./);
    const done = await tidewatch([...drop, '--yes', '--json', '--url', url], false);
    expect([done.code, done.questions, JSON.parse(done.out)]).toEqual([0, [], { dropped: LETTER.name }]);
    expect(changes()).toHaveLength(1);
  });
});

describe('journal retry', () => {
  const retry = ['journal', 'retry', LETTER.name];

  test.each([
    ['after a yes', true, [], 1],
    ['not after a no', false, [], 0],
    ['where nobody can answer', undefined, [], 1],
    ['with --yes', false, ['--yes'], 1],
  ])('sends it again %s', async (_, reply, options, count) => {
    const { code } = await tidewatch([...retry, ...options, '--url', url], reply);
    expect(code).toBe(0);
    expect(changes()).toEqual(Array(count).fill('POST /api/v1/ingest/dead-letters/7-3-metric_points/retry'));
  });

  test('of a name that does not exist names those that do', async () => {
    const { code, err } = await tidewatch(['journal', 'retry', 'nope', '--url', url]);
    expect([code, changes()]).toEqual([1, []]);
    expect(err).toBe(
      'There is no dead letter nope. There are: 7-3-metric_points.\n[journal.no-dead-letter]\n',
    );
  });
});

describe('what goes wrong', () => {
  test('no server: how to start one, and a status of its own', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const { code, err } = await tidewatch(['journal', 'ls', '--url', `http://127.0.0.1:${port}`]);
    expect(code).toBe(69);
    expect(err).toContain(`No Tidewatch server answers at http://127.0.0.1:${port}: connect ECONNREFUSED`);
    expect(err).toContain('Start one with "npm start"');
  });

  test.each<[string, number, unknown, number, RegExp]>([
    [
      'a refusal of the server',
      403,
      { code: 'request.forbidden', detail: 'Not yours.' },
      1,
      /^Not yours\.\n\[request\.forbidden\]/,
    ],
    [
      'a server that wants a key',
      401,
      { code: 'request.unauthorized', detail: 'No key.' },
      1,
      /No key\. Name the file that holds your key with --key-file\./,
    ],
    ['a server that is busy', 503, { code: 'journal.closed', detail: 'It closes.' }, 69, /It closes\./],
    ['another server', 200, '<html></html>', 1, /not as Tidewatch does/],
  ])('%s', async (_, status, body, code, message) => {
    answer = () => ({ status, body });
    const result = await tidewatch(['journal', 'ls', '--url', url]);
    expect(result.code).toBe(code);
    expect(result.err).toMatch(message);
  });

  test.each([
    [['journal', 'ls', '--url', 'localhost:8080'], 1, /is not the address of a server/],
    [['journal', 'ls', '--key-file', '/nowhere/key'], 1, /key file \/nowhere\/key cannot be read/],
    [['journal', 'lst'], 2, /unknown command 'lst'[\s\S]*Did you mean ls\?/],
    [['journal', 'drop'], 2, /missing required argument 'name'/],
    [['journal', 'ls', '--colour'], 2, /unknown option '--colour'/],
    [['scrape', 'check', 'x', '--preset', 'torch'], 2, /Allowed choices are triton, vllm/],
  ])('%j', async (args, code, message) => {
    const result = await tidewatch(args);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toMatch(message);
  });
});

describe('scrape check', () => {
  const fixture = (name: string) => join('libs/scrape/fixtures', name);

  test('says what is in an exposition', async () => {
    const { code, out } = await tidewatch(['scrape', 'check', fixture('dcgm.prom'), '--preset', 'dcgm']);
    expect(code).toBe(0);
    expect(out).toMatch(/^METRIC +KIND +UNIT +SERIES\n/);
    expect(out).toMatch(/DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION +counter +2\n/);
    expect(out).toMatch(
      /Prometheus text, .* KiB: 28 samples, 26 kept, 26 series of 13 metrics\.\nNothing is wrong with it\.\n$/,
    );
  });

  test('tells OpenMetrics by its end, on standard input too', async () => {
    const text = readFileSync(fixture('vllm.openmetrics'), 'utf8');
    const { code, out } = await tidewatch(['scrape', 'check', '-', '--json'], undefined, text);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      format: 'openmetrics',
      samples: 90,
      kept: 90,
      series: 19,
      lines: [],
    });
  });

  test('names what is wrong, and fails for it', async () => {
    const { code, out } = await tidewatch(
      ['scrape', 'check', '-'],
      undefined,
      '# TYPE h histogram\nh_bucket{le="1"} 5\nh_bucket{le="+Inf"} 4\na one\nb 1\n',
    );
    expect(code).toBe(1);
    expect(out).toContain('4 samples, 1 kept, 1 series of 1 metric.');
    expect(out).toContain('  line 4: the value "one" is not a number\n');
    expect(out).toContain('  h: the buckets are not cumulative');
  });

  test.each([
    [['-'], 'not an exposition\n', 1, /is no Prometheus or OpenMetrics exposition: line 1/],
    [['-', '--format', 'openmetrics'], 'a 1\n', 1, /it was cut off/],
    [['/nowhere/metrics.txt'], '', 1, /The file \/nowhere\/metrics\.txt cannot be read/],
    [['ftp://a/metrics'], '', 1, /must start with https:\/\/ or http:\/\//],
  ])('%j', async (args, input, code, message) => {
    const result = await tidewatch(['scrape', 'check', ...args], undefined, input);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toMatch(message);
  });

  test('asks an address as a scrape does', async () => {
    answer = (line) => ({ status: line === 'GET /metrics' ? 200 : 404, body: 'a 1\n' });
    const { code, err } = await tidewatch(['scrape', 'check', url]);
    // The stub calls everything JSON.
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('answers with application/json, which is no exposition'),
    ]);
    expect((await tidewatch(['scrape', 'check', url, '--format', 'prometheus'])).out).toContain(
      '1 sample, all kept',
    );
    expect((await tidewatch(['scrape', 'check', `${url}/other`])).err).toContain(
      'answers with HTTP status 404',
    );
  });
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
  expect(await tidewatch(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
  expect((await tidewatch(['--help'])).code).toBe(0);
});

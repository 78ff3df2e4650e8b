import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type * as Chdb from 'chdb';
import { run } from '../../apps/cli/src/run.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

let server: TestServer;
let session: Chdb.Session;

beforeAll(async () => {
  server = await startTestServer({
    environment: { TIDEWATCH_OTLP_GRPC_PORT: '0', TIDEWATCH_FLUSH_INTERVAL: '100ms' },
  });
  // CommonJS on purpose: jest gives an ES import of a native module a second copy.
  const { Session } = createRequire(import.meta.url)('chdb') as typeof Chdb;
  session = new Session(path.join(server.dataDir, 'clickhouse'));
});
afterAll(async () => {
  session.close();
  await server.stop();
  removeFolders();
});

/** Runs the command against the server, as a script does: nobody is there to answer. */
async function tidewatch(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await run([...args, '--url', server.api], {
    out: (text) => (out += `${text}\n`),
    err: (text) => (err += `${text}\n`),
    isInteractive: false,
    confirm: () => Promise.resolve(false),
    readInput: async function* () {},
  });
  return { code, out, err };
}

async function sendSummary(count: string): Promise<void> {
  const summary = { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, count, sum: 1 }] };
  const response = await fetch(`${server.otlp}/v1/metrics`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'latency', summary }] }] }],
    }),
  });
  expect(response.status).toBe(200);
}

async function deadLetters(): Promise<{ name: string; rows: number }[]> {
  const { out } = await tidewatch('journal', 'ls', '--json');
  return (JSON.parse(out) as { deadLetters: { name: string; rows: number }[] }).deadLetters;
}

async function storedCounts(): Promise<string[]> {
  const result = await session.queryAsync('SELECT Count FROM metric_summaries ORDER BY Count', {
    format: 'TSV',
  });
  return result.text().split('\n').filter(Boolean);
}

/** Puts two batches aside: ClickHouse refuses their rows for as long as a constraint says so. */
async function makeDeadLetters(): Promise<{ name: string; rows: number }[]> {
  await session.queryAsync('ALTER TABLE metric_summaries ADD CONSTRAINT nothing CHECK Count > 1000');
  await sendSummary('1');
  await eventually('the first dead letter', async () => (await deadLetters()).length === 1);
  await sendSummary('2');
  const letters = await eventually('the second dead letter', async () => {
    const all = await deadLetters();
    return all.length === 2 && all;
  });
  await session.queryAsync('ALTER TABLE metric_summaries DROP CONSTRAINT nothing');
  return letters;
}

test('what ClickHouse refused is listed, stored again after a retry, and gone after a drop', async () => {
  const [first, second] = await makeDeadLetters();
  const { code, out } = await tidewatch('journal', 'ls');
  expect(code).toBe(0);
  expect(out).toMatch(/^metrics +\d/m);
  expect(out).toMatch(new RegExp(`^${first?.name} +metric_summaries +[0-9-]{10} +1 `, 'm'));
  expect(await storedCounts()).toEqual([]);

  expect(await tidewatch('journal', 'retry', first?.name ?? '')).toMatchObject({ code: 0, err: '' });
  await eventually('the rows of the retried batch', async () => (await storedCounts()).length > 0);
  expect(await storedCounts()).toEqual(['1']);

  expect((await tidewatch('journal', 'drop', second?.name ?? '')).err).toMatch(/Say --yes/);
  expect(await deadLetters()).toHaveLength(1);
  expect(await tidewatch('journal', 'drop', second?.name ?? '', '--yes')).toMatchObject({
    code: 0,
    out: `${second?.name} is dropped.\n`,
  });
  expect(await deadLetters()).toEqual([]);
  await server.server.ingest?.journal.flushed();
  expect(await storedCounts()).toEqual(['1']);
});

test('the own metrics of the server are an exposition without a fault', async () => {
  let out = '';
  const code = await run(['scrape', 'check', server.api], {
    out: (text) => (out += text),
    err: (text) => (out += text),
    isInteractive: false,
    confirm: () => Promise.resolve(false),
    readInput: async function* () {},
  });
  expect(out).toMatch(/all kept.*\nNothing is wrong with it\.$/);
  expect(out).toMatch(/^tidewatch_\w+ +counter +\d+$/m);
  expect(code).toBe(0);
});

import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClickHouseHttp, type ClickHouseHttp } from '../harness/clickhouse-http.js';
import { startProcess, type ServerProcess } from '../harness/server-process.js';
import { removeFolders, temporaryFolder } from '../harness/test-server.js';

const MEBIBYTE = 1_048_576;
const LIMIT = 4 * MEBIBYTE;
const CAPACITY = 16 * MEBIBYTE;
/** What a request's memory costs beyond its bytes: buffers of sockets, columns of the one being decoded, garbage. */
const SLACK = 200 * MEBIBYTE;
const PARALLEL = 200;

let clickhouse: ClickHouseHttp;
let server: ServerProcess;
let otlp = '';
/** Before the first request. */
let idleMemory = 0;

// ClickHouse in another process, so that the memory measured is the server's alone.
beforeAll(async () => {
  clickhouse = await startClickHouseHttp();
  server = startProcess(
    {
      CLICKHOUSE_URL: clickhouse.url,
      TIDEWATCH_ROLES: 'ingest,query',
      TIDEWATCH_DATA_DIR: temporaryFolder('data'),
      TIDEWATCH_HTTP_PORT: '0',
      TIDEWATCH_OTLP_HTTP_PORT: '0',
      TIDEWATCH_OTLP_GRPC_PORT: '0',
      TIDEWATCH_MAX_BODY_BYTES: String(LIMIT),
      TIDEWATCH_INGEST_MEMORY_BYTES: String(CAPACITY),
    },
    temporaryFolder('cwd'),
  );
  [, otlp = ''] = await server.printed(/OTEL_EXPORTER_OTLP_ENDPOINT=(http:\S+)/);
  await server.printed(/is ready/);
  idleMemory = peakMemory();
}, 60_000);
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await clickhouse.stop();
  removeFolders();
}, 60_000);

/** The most memory the server has had since it started, bytes. */
function peakMemory(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}

/** Sends a body on a connection of its own. @returns the status */
function send(body: Buffer, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${otlp}/v1/logs`, { method: 'POST', agent: false, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const GZIP = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };

const valid = (bytes: number) => {
  const open = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"';
  const close = '"}}]}]}]}';
  return Buffer.from(open + 'x'.repeat(bytes - open.length - close.length) + close);
};

function withTrailer(data: Buffer, claimed: number): Buffer {
  const changed = Buffer.from(data);
  changed.writeUInt32LE(claimed, changed.length - 4);
  return changed;
}

describe(`${PARALLEL} requests at once, under a small cap`, () => {
  const bomb = gzipSync(Buffer.alloc(1_000 * MEBIBYTE), { level: 9 });

  test.each<[string, () => Buffer, Record<string, string>, readonly number[]]>([
    ['gzip bombs of 1000:1', () => bomb, GZIP, [413, 503]],
    ['the same with a trailer that says they are small', () => withTrailer(bomb, 1_000), GZIP, [413, 503]],
    ['gzip that inflates to just the limit', () => gzipSync(valid(LIMIT)), GZIP, [200, 503]],
    ['bodies of just the limit', () => valid(LIMIT), JSON_TYPE, [200, 503]],
    ['bodies beyond the limit', () => valid(LIMIT + 1), JSON_TYPE, [413]],
    ['bytes that are no JSON', () => Buffer.alloc(LIMIT, 0x7b), JSON_TYPE, [400, 503]],
  ])(
    '%s: memory stays in bounds, and every answer is one the specification knows',
    async (_what, make, headers, allowed) => {
      const body = make();
      const answers = await Promise.all(Array.from({ length: PARALLEL }, () => send(body, headers)));
      expect(answers.filter((status) => !allowed.includes(status))).toEqual([]);
      expect(peakMemory() - idleMemory).toBeLessThan(CAPACITY + SLACK);
    },
    120_000,
  );

  test('afterwards the server holds nothing and goes on', async () => {
    expect(await send(valid(1_000), JSON_TYPE)).toBe(200);
    const [, api = ''] = /Console\s+(http:\S+)/.exec(server.output()) ?? [];
    const text = await (await fetch(`${api}/metrics`)).text();
    expect(text).toMatch(/^tidewatch_admission_bytes 0$/m);
    expect(server.child.exitCode).toBeNull();
  });
});

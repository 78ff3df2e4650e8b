import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startProcess, type ServerProcess } from '../harness/server-process.js';
import { eventually, removeFolders, temporaryFolder } from '../harness/test-server.js';
import { VERSION } from '../../apps/server/src/version.js';

const FREE = {
  TIDEWATCH_HTTP_PORT: '0',
  TIDEWATCH_OTLP_HTTP_PORT: '0',
  TIDEWATCH_OTLP_GRPC_PORT: '0',
};
const processes: ServerProcess[] = [];

function start(environment: Record<string, string>, cwd = temporaryFolder('cwd')): ServerProcess {
  const process = startProcess({ ...FREE, ...environment }, cwd);
  processes.push(process);
  return process;
}

afterEach(async () => {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});
afterAll(removeFolders);

describe('a start without any setting', () => {
  test('says where the console is and what to set, serves it, and stops cleanly on Ctrl-C', async () => {
    const server = start({});
    const [, endpoint = ''] = await server.printed(/OTEL_EXPORTER_OTLP_ENDPOINT=(http:\S+)/);
    const [, console = ''] = await server.printed(/Console\s+(http:\S+)/);
    expect(await (await fetch(console)).text()).toMatch(/<title>.*Tidewatch/);
    const headers = { 'Content-Type': 'application/json' };
    expect((await fetch(`${endpoint}/v1/metrics`, { method: 'POST', body: '{}', headers })).status).toBe(200);
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(0);
  });

  test('announces the version of package.json', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(VERSION).toBe(version);
  });
});

describe('a start that cannot succeed says what is wrong and what to do, and exits', () => {
  test('a port in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const server = start({ TIDEWATCH_OTLP_HTTP_PORT: String(port) });
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(
      new RegExp(`127\\.0\\.0\\.1:${port}.*another program[^]*TIDEWATCH_OTLP_HTTP_PORT`),
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test('a port for gRPC in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const server = start({ TIDEWATCH_OTLP_GRPC_PORT: String(port) });
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(
      new RegExp(`127\\.0\\.0\\.1:${port}.*another program[^]*TIDEWATCH_OTLP_GRPC_PORT`),
    );
    await new Promise((resolve) => other.close(resolve));
  });

  test('a data directory that cannot be written', async () => {
    // /proc takes no new directories from anybody, root included.
    const server = start({ TIDEWATCH_DATA_DIR: '/proc/tidewatch' });
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(/\/proc\/tidewatch/);
    expect(server.output()).toMatch(/TIDEWATCH_DATA_DIR/);
  });

  test('a ClickHouse server that does not answer, where no data is taken that could wait for it', async () => {
    const server = start({
      CLICKHOUSE_URL: 'http://default:s3cret-word@127.0.0.1:9/tidewatch',
      TIDEWATCH_ROLES: 'query',
    });
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(/127\.0\.0\.1:9/);
    expect(server.output()).toMatch(/CLICKHOUSE_URL/);
    expect(server.output()).not.toContain('s3cret-word');
  });

  test.each<[string, string, RegExp]>([
    [
      'an unknown rule key',
      'apiVersion: tidewatch.dev/v1\nkind: Receiver\nmetadata: {name: a}\nspec: {type: webhook, url: "http://127.0.0.1:1/", retrys: 3}\n',
      /rules\.yaml:4 spec\.retrys: is not a known key/,
    ],
    ['a rule file that does not parse', 'kind: [SLO\n', /rules\.yaml:\d+ is not valid YAML/],
    [
      'a secret that is not set',
      'apiVersion: tidewatch.dev/v1\nkind: Receiver\nmetadata: {name: a}\nspec: {type: slack, urlEnv: SLACK_URL}\n',
      /SLACK_URL is not set/,
    ],
  ])('%s', async (_what, text, expected) => {
    const rulesDir = temporaryFolder('rules');
    writeFileSync(join(rulesDir, 'rules.yaml'), text);
    const server = start({ TIDEWATCH_RULES_DIR: rulesDir });
    expect(await server.ended).toBe(78);
    expect(server.output()).toMatch(expected);
  });

  test('a misspelt setting', async () => {
    const server = start({ TIDEWATCH_HTTPPORT: '8081' });
    expect(await server.ended).toBe(78);
    expect(server.output()).toMatch(/TIDEWATCH_HTTPPORT: is not a setting/);
  });

  test('a data directory that another server has open: its pid and address are named', async () => {
    const dataDir = temporaryFolder('data');
    const port = await freePort();
    const first = start({ TIDEWATCH_DATA_DIR: dataDir, TIDEWATCH_HTTP_PORT: String(port) });
    await first.printed(/is ready/);
    const second = start({ TIDEWATCH_DATA_DIR: dataDir });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(String(first.child.pid));
    expect(second.output()).toContain(`http://127.0.0.1:${port}`);
  });
});

describe('rules are read again on SIGHUP', () => {
  const receiver = (name: string) =>
    `apiVersion: tidewatch.dev/v1\nkind: Receiver\nmetadata: {name: ${name}}\nspec: {type: webhook, url: "http://127.0.0.1:1/"}\n`;

  test('a bad file leaves the old rules in force and says so; a good one replaces them', async () => {
    const rulesDir = temporaryFolder('rules');
    writeFileSync(join(rulesDir, 'a.yaml'), receiver('first'));
    const server = start({ TIDEWATCH_RULES_DIR: rulesDir });
    await server.printed(/is ready/);
    writeFileSync(join(rulesDir, 'a.yaml'), 'kind: [');
    server.child.kill('SIGHUP');
    await server.printed(/the rules were not reloaded; the old ones stay in force/);
    writeFileSync(join(rulesDir, 'a.yaml'), receiver('second'));
    server.child.kill('SIGHUP');
    await server.printed(/rules reloaded/);
  });
});

describe('what was acknowledged', () => {
  test('is there after kill -9', async () => {
    const dataDir = temporaryFolder('data');
    const first = start({ TIDEWATCH_DATA_DIR: dataDir });
    const [, api = ''] = await first.printed(/Console\s+(http:\S+)/);
    const rows = Array.from({ length: 500 }, (_, index) =>
      JSON.stringify({ prediction_id: `p-${index}`, model: 'ranker', features: { age: index } }),
    );
    const headers = { 'Content-Type': 'application/x-ndjson' };
    const answer = await fetch(`${api}/v1/predictions`, { method: 'POST', body: rows.join('\n'), headers });
    expect(await answer.json()).toEqual({ accepted: 500, rejected: [] });
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start({ TIDEWATCH_DATA_DIR: dataDir });
    const [, again = ''] = await second.printed(/Console\s+(http:\S+)/);
    const stored = await eventually('all rows to be stored', async () => {
      const status = (await (await fetch(`${again}/api/v1/status`)).json()) as {
        ingest: { predictionsStored: number; lastPredictionAt: number | null };
      };
      return status.ingest.predictionsStored >= 500 && status.ingest;
    });
    expect(stored.predictionsStored).toBe(500);
    expect(stored.lastPredictionAt).toBeGreaterThan(Date.now() - 120_000);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '@tidewatch/store';
import type { Store } from '@tidewatch/store';
import { startClickHouseHttp } from '../harness/clickhouse-http.js';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { STORE_DEFAULTS } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tidewatch-open-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const openEmbedded = (dataDir: string, url = 'http://127.0.0.1:8080'): Promise<Store> =>
  openStore({ ...STORE_DEFAULTS, mode: { kind: 'embedded', dataDir, announce: { pid: process.pid, url } } });
const openServer = (url: string): Promise<Store> =>
  openStore({ ...STORE_DEFAULTS, mode: { kind: 'server', url } });

const oneCount = () => metricBatch([{ series: metricSeries(), at: Date.now(), value: 1 }]);

describe('an embedded data directory', () => {
  test('is created when it is missing, keeps its data, and is free again after closing', async () => {
    const dataDir = path.join(directory, 'a', 'b');
    const first = await openEmbedded(dataDir);
    await storeMetrics(first, 'default', oneCount());
    await first.close();
    await first.close();
    expect((await readdir(dataDir)).sort()).toEqual(['clickhouse', 'tmp']);
    const second = await openEmbedded(dataDir);
    expect(await second.ingest.status('default')).toMatchObject({ pointsStored: 1 });
    expect(await readdir(path.join(dataDir, 'tmp'))).toEqual([]);
    await second.close();
    await expect(second.health.ping()).rejects.toMatchObject({ code: 'store.closed' });
    await expect(storeMetrics(second, 'default', oneCount())).rejects.toMatchObject({
      code: 'store.closed',
    });
  });

  test('open in another process: says which process and where to reach it', async () => {
    const other = await holdDirectory(directory, 'http://127.0.0.1:9999');
    try {
      const message = `already open by pid ${other.pid} at http://127.0.0.1:9999`;
      await expect(openEmbedded(directory)).rejects.toMatchObject({
        code: 'store.locked',
        message: expect.stringContaining(message),
        hint: expect.stringContaining('Talk to that process'),
      });
    } finally {
      await other.stop();
    }
    // Killed, it could not remove its lock; nobody has to do it by hand.
    await (await openEmbedded(directory)).close();
  });

  test('open in another process that left no lock file: the engine refuses, and the store says what to do', async () => {
    const other = await holdDirectory(directory, '', 'engine-only');
    try {
      await expect(openEmbedded(directory)).rejects.toMatchObject({
        code: 'store.engine',
        hint: expect.stringContaining('one directory belongs to one process'),
      });
    } finally {
      await other.stop();
    }
    await (await openEmbedded(directory)).close();
  });

  test('open twice in this process, and a second directory in this process, are refused', async () => {
    const store = await openEmbedded(path.join(directory, 'one'), 'http://127.0.0.1:1234');
    await expect(openEmbedded(path.join(directory, 'one'))).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringContaining('http://127.0.0.1:1234'),
    });
    await expect(openEmbedded(path.join(directory, 'two'))).rejects.toMatchObject({ code: 'store.engine' });
    expect(await store.health.ping()).toBeGreaterThan(0);
    await store.close();
  });

  const owner = { pid: process.pid, url: 'http://127.0.0.1:1', startedAt: '2026-01-01T00:00:00.000Z' };
  test.each([
    ['of a process that is gone', JSON.stringify({ ...owner, pid: 4_194_000, processStart: '1' })],
    ['of an earlier process with our id', JSON.stringify({ ...owner, processStart: '1' })],
    [
      'of an earlier process with an id that now belongs to another',
      JSON.stringify({ ...owner, pid: 1, processStart: '1' }),
    ],
    ['cut short by a crash', '{"pid":'],
    ['empty', ''],
  ])('a lock %s is replaced', async (_name, text) => {
    const file = path.join(directory, 'tidewatch.lock');
    await writeFile(file, text);
    const store = await openEmbedded(directory);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      pid: process.pid,
      url: 'http://127.0.0.1:8080',
    });
    await store.close();
  });

  test.each(['/proc/tidewatch', '/etc/hostname/data'])('%s cannot be used', async (dataDir) => {
    await expect(openEmbedded(dataDir)).rejects.toMatchObject({
      code: 'store.data-directory',
      message: expect.stringContaining(dataDir),
      hint: expect.stringContaining('TIDEWATCH_DATA_DIR'),
    });
  });
});

describe('a ClickHouse server', () => {
  test('that is not there', async () => {
    const error = await openServer('http://user:secret@127.0.0.1:1/db').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'store.unreachable', retryable: true });
    expect(error).toMatchObject({ message: expect.stringContaining('http://127.0.0.1:1/db') });
    expect(String((error as Error).message)).not.toContain('secret');
  });

  test('that hangs up', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(openServer(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'store.unreachable',
      retryable: true,
    });
    server.close();
  });

  test('named by something that is no URL', async () => {
    await expect(openServer('clickhouse:8123 secret')).rejects.toMatchObject({ code: 'store.url' });
    await expect(openServer('tcp://localhost:9000')).rejects.toMatchObject({ code: 'store.url' });
  });

  test('with a wrong password or a database that does not exist', async () => {
    const server = await startClickHouseHttp({ user: 'watcher', password: 'secret' });
    try {
      const wrong = server.url.replace('secret', 'guess');
      const error = await openServer(wrong).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: 'store.auth',
        retryable: true,
        hint: expect.stringContaining('password'),
      });
      expect(String((error as Error).message)).not.toContain('guess');
      await expect(openServer(`${server.url}/nowhere`)).rejects.toMatchObject({ code: 'store.database' });
      const store = await openServer(server.url);
      expect(store.description).toMatch(/^ClickHouse at http:\/\/127\.0\.0\.1:\d+\/$/);
      await store.close();
    } finally {
      await server.stop();
    }
  }, 60_000);

  test('that is overloaded and then gone: retryable errors, and it works again in between', async () => {
    const server = await startClickHouseHttp();
    const store = await openServer(server.url);
    server.refuse(true);
    await expect(storeMetrics(store, 'default', oneCount())).rejects.toMatchObject({
      code: 'store.busy',
      retryable: true,
    });
    server.refuse(false);
    await storeMetrics(store, 'default', oneCount());
    expect(await store.ingest.status('default')).toMatchObject({ pointsStored: 1 });
    await server.stop();
    await expect(storeMetrics(store, 'default', oneCount())).rejects.toMatchObject({
      code: 'store.unreachable',
      retryable: true,
    });
    await expect(store.health.ping()).rejects.toMatchObject({ code: 'store.unreachable' });
    await store.close();
  }, 60_000);
});

/** Another process that has the directory open. */
async function holdDirectory(
  dataDir: string,
  url: string,
  mode = '',
): Promise<{ pid: number; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, ['test/harness/hold-data-directory.mjs', dataDir, url, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

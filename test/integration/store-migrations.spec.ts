import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '@tidewatch/store';
import type { Store } from '@tidewatch/store';
import type * as Chdb from 'chdb';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { prediction } from '../harness/prediction-rows.js';
import { storeBlocks, storeMetrics } from '../harness/store-blocks.js';
import { STORE_DEFAULTS } from '../harness/store-backends.js';

describe('migrations', () => {
  let directory: string;
  let migrationsDir: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'tidewatch-migrations-'));
    migrationsDir = path.join(directory, 'migrations');
    await mkdir(migrationsDir);
    for (const name of await readdir('migrations')) {
      await copyFile(path.join('migrations', name), path.join(migrationsDir, name));
    }
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const open = (): Promise<Store> =>
    openStore({
      ...STORE_DEFAULTS,
      migrationsDir,
      mode: {
        kind: 'embedded',
        dataDir: path.join(directory, 'data'),
        announce: { pid: process.pid, url: 'http://127.0.0.1:8080' },
      },
    });
  const openAndClose = async (): Promise<void> => (await open()).close();
  const inFolder = (name: string): string => path.join(migrationsDir, name);

  test('run once, and a new one is added to an existing database', async () => {
    const first = await open();
    const { applied } = await first.health.migrationStatus();
    await first.close();
    const next = applied.length + 1;
    const name = `${String(next).padStart(4, '0')}_notes.sql`;
    await writeFile(
      inFolder(name),
      '-- A comment with a ; in it;\nCREATE TABLE notes (t String) -- tail;\nENGINE = ${replicated}MergeTree ORDER BY t;\n' +
        "ALTER TABLE notes ADD COLUMN IF NOT EXISTS n UInt8 DEFAULT length('a;b');",
    );
    const second = await open();
    const status = await second.health.migrationStatus();
    expect(status.pending).toEqual([]);
    expect(status.applied.slice(0, -1)).toEqual(applied);
    expect(status.applied.at(-1)).toMatchObject({ version: next, name: 'notes' });
    expect(status.applied.at(-1)?.appliedAt).toBeGreaterThan(Date.now() - 60_000);
    await writeFile(inFolder(`${String(next + 1).padStart(4, '0')}_later.sql`), 'SELECT 1;');
    expect((await second.health.migrationStatus()).pending).toEqual([
      `${String(next + 1).padStart(4, '0')}_later.sql`,
    ]);
    await second.close();
  });

  test('edited after it was applied', async () => {
    await openAndClose();
    await appendFile(inFolder('0002_predictions.sql'), '-- harmless\n');
    await expect(open()).rejects.toMatchObject({
      code: 'store.migration-changed',
      message: expect.stringContaining('0002_predictions.sql'),
      hint: expect.stringContaining('new migration'),
    });
  });

  test('applied and then gone', async () => {
    await openAndClose();
    const names = (await readdir(migrationsDir)).sort();
    const last = names.at(-1) ?? '';
    await rm(inFolder(last));
    await expect(open()).rejects.toMatchObject({
      code: 'store.migration-missing',
      message: expect.stringContaining(last),
    });
  });

  test('a gap, a number used twice, a wrong name, an unknown placeholder', async () => {
    const rejected = async (
      change: () => Promise<unknown>,
      undo: () => Promise<unknown>,
      message: string,
    ) => {
      await change();
      await expect(open()).rejects.toMatchObject({
        code: 'store.migration-order',
        message: expect.stringContaining(message),
      });
      await undo();
    };
    const move = (from: string, to: string) => rename(inFolder(from), inFolder(to));
    await rejected(
      () => move('0003_verdicts.sql', '0009_verdicts.sql'),
      () => move('0009_verdicts.sql', '0003_verdicts.sql'),
      'number 3 is missing',
    );
    await rejected(
      () => writeFile(inFolder('0002_zzz.sql'), 'SELECT 1;'),
      () => rm(inFolder('0002_zzz.sql')),
      'same number as 0002_predictions.sql',
    );
    await rejected(
      () => writeFile(inFolder('5_Wrong.sql'), 'SELECT 1;'),
      () => rm(inFolder('5_Wrong.sql')),
      'NNNN_name.sql',
    );
    await rejected(
      () =>
        writeFile(inFolder('0001_metrics.sql'), 'CREATE TABLE x ${cluster_name} (t String) ENGINE = Memory;'),
      () => copyFile('migrations/0001_metrics.sql', inFolder('0001_metrics.sql')),
      '${cluster_name}',
    );
    await openAndClose();
  });

  test('a folder that is missing or empty', async () => {
    await rm(migrationsDir, { recursive: true });
    await expect(open()).rejects.toMatchObject({ code: 'store.migrations-missing' });
    await mkdir(migrationsDir);
    await expect(open()).rejects.toMatchObject({ code: 'store.migrations-missing' });
  });

  test('one that failed half way is not recorded and is run again from its beginning', async () => {
    const name = `${String((await readdir(migrationsDir)).length + 1).padStart(4, '0')}_two.sql`;
    const table = (engine: string): string =>
      `CREATE TABLE two_${engine} (t String)\nENGINE = ${engine} ORDER BY t;\n`;
    await writeFile(inFolder(name), `${table('MergeTree')}${table('NoSuchEngine')}`);
    await expect(open()).rejects.toMatchObject({
      code: 'store.query',
      message: expect.stringContaining(name),
    });
    await writeFile(inFolder(name), `${table('MergeTree')}${table('ReplacingMergeTree')}`);
    const store = await open();
    expect(await store.health.migrationStatus()).toMatchObject({ pending: [] });
    await store.close();
  });

  test('points stored by the first version read the same afterwards, also beside new ones and after a merge', async () => {
    const later = (await readdir(migrationsDir)).filter((name) => name >= '0005');
    await Promise.all(later.map((name) => rename(inFolder(name), path.join(directory, name))));
    await openAndClose();
    const columns =
      'Project, MetricName, SeriesHash, TimeUnix, StartTimeUnix, Value, ValueInt, ValueKind, Flags';
    const rows = [
      "('p', 'm', 1, now64(9), 0, 9007199254740992, 9007199254740993, 'int', 0)",
      "('p', 'm', 2, now64(9), 0, -3, -3, 'int', 1)",
      "('p', 'm', 3, now64(9), 0, 0.25, 0, 'double', 0)",
      "('p', 'm', 4, now64(9), 0, nan, 0, 'double', 0)",
    ];
    await withEngine((run) => run(`INSERT INTO metric_points (${columns}) VALUES ${rows.join(', ')}`));
    await Promise.all(later.map((name) => rename(path.join(directory, name), inFolder(name))));
    const store = await open();
    const series = metricSeries({ hash: 5n, metricName: 'm' });
    await storeMetrics(store, 'p', metricBatch([{ series, at: Date.now(), integer: 7n }]));
    await store.close();
    const expected = [
      '1\t9007199254740992\t9007199254740993\tint\t0',
      '2\t-3\t-3\tint\t1',
      '3\t0.25\t0\tdouble\t0',
      '4\tnan\t0\tdouble\t0',
      '5\t7\t7\tint\t0',
    ];
    const read =
      'SELECT SeriesHash, Value, ValueInt, ValueKind, Flags FROM metric_points FINAL PREWHERE Value != 1 ORDER BY SeriesHash';
    await withEngine(async (run) => {
      expect(await run(read)).toEqual(expected);
      await run('OPTIMIZE TABLE metric_points FINAL');
      expect(await run(read)).toEqual(expected);
    });
  }, 60_000);

  test('vectors and inputs stored before they had dimensions read the same afterwards, also beside new ones', async () => {
    const later = (await readdir(migrationsDir)).filter((name) => name >= '0012');
    await Promise.all(later.map((name) => rename(inFolder(name), path.join(directory, name))));
    await openAndClose();
    const at = Date.now() - 60_000;
    const time = `fromUnixTimestamp64Milli(${at}, 'UTC')`;
    await withEngine(async (run) => {
      await run(
        `INSERT INTO embeddings VALUES ('p', 'm', '1', 'image', 'old', ${time}, ${time}, [1, 2], '', '')`,
      );
      await run(
        `INSERT INTO prediction_inputs VALUES ('p', 'm', 'image', 'old', ${time}, ${time}, 'uint8', [2], 'ab')`,
      );
    });
    await Promise.all(later.map((name) => rename(path.join(directory, name), inFolder(name))));
    const store = await open();
    const sample = prediction({
      predictionId: 'new',
      timestamp: at + 1,
      model: 'm',
      modelVersion: '1',
      region: 'eu-1',
      embeddings: { image: Float32Array.of(3, 4) },
    });
    await storeBlocks(store, store.predictions.encode('p', [sample]), 'p');
    const query = {
      population: { model: 'm', service: '', region: '', where: {} },
      name: 'image',
      ranges: [{ from: at, to: at + 2 }],
      limit: 10,
    };
    const { ids, data } = await store.vectors.sample('p', query);
    const vectorOf = (id: string): number[] => [...data.slice(2 * ids.indexOf(id), 2 * ids.indexOf(id) + 2)];
    expect([vectorOf('old'), vectorOf('new')]).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect((await store.vectors.sample('p', { ...query, segment: 'region=eu-1' })).ids).toEqual(['new']);
    expect(await store.vectors.keptInput('p', 'm', 'image', 'old')).toMatchObject({
      dataType: 'uint8',
      shape: [2],
      data: new Uint8Array(Buffer.from('ab')),
    });
    // Of inputs that were stored before nothing is made any more; they expire.
    expect(await store.encoding.backlog()).toMatchObject({ rows: 0 });
    await store.close();
    await withEngine(async (run) => {
      await run('OPTIMIZE TABLE embeddings FINAL');
      expect(await run('SELECT PredictionId, Vector, Region FROM embeddings ORDER BY PredictionId')).toEqual([
        'new\t[3,4]\teu-1',
        'old\t[1,2]\t',
      ]);
    });
  }, 60_000);

  test('one that was done and not recorded, as by a crash, is done again without harm', async () => {
    const names = (await readdir(migrationsDir)).filter((name) => name >= '0005').sort();
    await Promise.all(names.map((name) => rename(inFolder(name), path.join(directory, name))));
    await openAndClose();
    for (const name of names) {
      const sql = await readFile(path.join(directory, name), 'utf8');
      await writeFile(inFolder(name), `${sql}\nSELECT no_such_column;\n`);
      await expect(open()).rejects.toMatchObject({ message: expect.stringContaining(name) });
      await rename(path.join(directory, name), inFolder(name));
      await openAndClose();
    }
  }, 60_000);

  /** Statements on the closed data directory, around the store; rows come as tab-separated lines. */
  async function withEngine<R>(work: (run: (sql: string) => Promise<string[]>) => Promise<R>): Promise<R> {
    const { Session } = createRequire(import.meta.url)('chdb') as typeof Chdb;
    const session = new Session(path.join(directory, 'data', 'clickhouse'));
    try {
      return await work(async (sql) =>
        (await session.queryAsync(sql, { format: 'TabSeparated' }))
          .text()
          .split('\n')
          .filter((line) => line !== ''),
      );
    } finally {
      session.close();
    }
  }
});

import { appendFile, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '@tidewatch/store';
import type { Store } from '@tidewatch/store';
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
});

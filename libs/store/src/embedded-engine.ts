import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorCode, errorMessage } from '@tidewatch/core';
import { createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { takeDirectoryLock } from './directory-lock.js';
import type { BinaryInsert, Engine, EngineConnection } from './engine.js';
import { ENGINE_SLOTS } from './limits.js';
import type { EmbeddedMode } from './options.js';
import { setParameters, sqlLiteral } from './parameters.js';
import { readAll } from './stream-bytes.js';

/**
 * Opens ClickHouse inside this process (chDB) on `mode.dataDir`, creating the directory when it is missing.
 *
 * Layout: `clickhouse/` belongs to the engine, `tmp/` holds blocks on their way in, `tidewatch.lock` says who has it.
 *
 * @throws AppError `store.locked`, `store.data-directory` (missing rights, not a directory), `store.engine` (chDB is
 *   not installed or does not run on this platform).
 */
export async function openEmbeddedEngine(mode: EmbeddedMode): Promise<Engine> {
  const dataDir = path.resolve(mode.dataDir);
  const engineDir = path.join(dataDir, 'clickhouse');
  const temporaryDir = path.join(dataDir, 'tmp');
  await makeDirectories(dataDir, [engineDir, temporaryDir]);
  const lock = await takeDirectoryLock(dataDir, mode.announce);
  const clients: ClickHouseClient[] = [];
  try {
    await emptyDirectory(temporaryDir);
    const chdb = await loadChdb();
    for (let index = 0; index < ENGINE_SLOTS; index++) {
      clients.push(openClient(chdb, engineDir));
    }
    return {
      kind: 'embedded',
      temporaryDir,
      description: `embedded in ${dataDir}`,
      connections: clients.map((client, index) =>
        embeddedConnection(client, path.join(temporaryDir, `${index}.rows`)),
      ),
      close: async () => {
        await closeClients(clients, chdb);
        await lock.release();
      },
    };
  } catch (error) {
    await Promise.allSettled(clients.map((client) => client.close()));
    await lock.release();
    throw error;
  }
}

interface Chdb {
  readonly createChdbConnection: (options: { path: string }) => unknown;
  readonly drainPending: () => Promise<void>;
}

/** chDB is an optional dependency: a process that talks to a server never loads its 500 MB. */
async function loadChdb(): Promise<Chdb> {
  try {
    const [connection, root] = await Promise.all([import('chdb/connection'), import('chdb')]);
    return {
      createChdbConnection: connection.createChdbConnection,
      drainPending: () => Promise.resolve(root.drainPending()).then(() => undefined),
    };
  } catch (error) {
    throw new AppError({
      code: 'store.engine',
      message: `The embedded ClickHouse engine (chdb) cannot be loaded: ${errorMessage(error)}`,
      hint: 'It runs on Linux with glibc (x64, arm64) and macOS. Elsewhere set CLICKHOUSE_URL to a ClickHouse server.',
      cause: error,
    });
  }
}

function openClient(chdb: Chdb, engineDir: string): ClickHouseClient {
  let connection: unknown;
  try {
    connection = chdb.createChdbConnection({ path: engineDir });
  } catch (error) {
    throw new AppError({
      code: 'store.engine',
      message: `The embedded ClickHouse engine cannot open ${engineDir}: ${errorMessage(error)}`,
      hint: 'One process opens one data directory, and one directory belongs to one process: close the other one first.',
      cause: error,
    });
  }
  // The client's type for `connection` is internal to it; chDB implements exactly that.
  return createClient({ connection } as Parameters<typeof createClient>[0]);
}

async function closeClients(clients: readonly ClickHouseClient[], chdb: Chdb): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
  // Without this, a query that finishes after the engine is gone crashes the process at exit.
  await chdb.drainPending();
}

function embeddedConnection(client: ClickHouseClient, blockFile: string): EngineConnection {
  return {
    run: async (sql, parameters) => {
      try {
        const { stream } = await client.exec({ query: setParameters(parameters) + sql });
        return await readAll(stream);
      } catch (error) {
        await discardResult(client);
        throw error;
      }
    },
    insert: async (insert) => {
      // The engine's text interface cannot carry bytes; a file it reads itself can. A connection is held exclusively,
      // so that one file name per connection is enough.
      await writeChunks(blockFile, insert.chunks);
      try {
        await client.command({ query: insertFromFile(insert, blockFile) });
      } finally {
        await rm(blockFile, { force: true });
      }
    },
  };
}

/**
 * A statement that fails amid its result leaves what it has written so far on its connection, where the next statement would take it
 * for the beginning of its own. One that asks for nothing takes it away.
 */
async function discardResult(client: ClickHouseClient): Promise<void> {
  try {
    const { stream } = await client.exec({ query: 'SELECT 1 FORMAT RowBinary' });
    await readAll(stream);
  } catch {
    // What failed before is what matters; a connection that is broken for good fails again at the next statement.
  }
}

function insertFromFile(insert: BinaryInsert, blockFile: string): string {
  const source = `file(${sqlLiteral(blockFile)}, ${sqlLiteral(insert.format)}, ${sqlLiteral(insert.structure)})`;
  return `INSERT INTO ${insert.table} (${insert.columns}) SETTINGS ${insert.settings} SELECT * FROM ${source}`;
}

/** Buffers in one system call; Linux takes at most 1,024. */
const MAX_GATHERED = 1_024;

async function writeChunks(file: string, chunks: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (let from = 0; from < chunks.length; from += MAX_GATHERED) {
      await writeGathered(handle, chunks.slice(from, from + MAX_GATHERED));
    }
  } finally {
    await handle.close();
  }
}

/** Writes all of `chunks`. A system call may write less than it was given. */
async function writeGathered(handle: FileHandle, chunks: Uint8Array[]): Promise<void> {
  let { bytesWritten } = await handle.writev(chunks);
  for (const chunk of chunks) {
    if (bytesWritten < chunk.byteLength) {
      await handle.writeFile(chunk.subarray(bytesWritten));
    }
    bytesWritten = Math.max(0, bytesWritten - chunk.byteLength);
  }
}

async function makeDirectories(dataDir: string, directories: readonly string[]): Promise<void> {
  try {
    for (const directory of directories) {
      await makeDirectory(directory);
    }
    const probe = path.join(dataDir, `.write-test-${process.pid}`);
    await (await open(probe, 'w')).close();
    await rm(probe);
  } catch (error) {
    throw new AppError({
      code: 'store.data-directory',
      message: `The data directory ${dataDir} cannot be used: ${errorMessage(error)}`,
      hint: 'Set TIDEWATCH_DATA_DIR to a directory on a local disk that this user may write.',
      cause: error,
    });
  }
}

/** With its parents. Not `mkdir({recursive})`: on a file system that refuses with ENOENT (/proc) Node never returns. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') {
      return;
    }
    if (code !== 'ENOENT' || path.dirname(directory) === directory) {
      throw error;
    }
    await makeDirectory(path.dirname(directory));
    await mkdir(directory);
  }
}

/** Blocks left behind by a killed process were never answered: their senders send them again. */
async function emptyDirectory(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    await rm(path.join(directory, name), { recursive: true, force: true });
  }
}

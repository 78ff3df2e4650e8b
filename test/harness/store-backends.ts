import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store, type StoreOptions } from '@tidewatch/store';
import type * as Chdb from 'chdb';
import { startClickHouseHttp } from './clickhouse-http.js';

/** An open store on data of its own, with a way around the store to look at what it wrote. */
export interface OpenBackend {
  /** May be replaced by one that was opened again on the same data; `close` closes the one that is here then. */
  store: Store;
  /** The options it was opened with, to open it again after closing. */
  readonly options: StoreOptions;
  /** Rows of any statement; 64-bit integers as text. */
  raw(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Everything but the mode. */
export const STORE_DEFAULTS = {
  migrationsDir: 'migrations',
  retention: { rawDays: 30, vectorDays: 7, aggregateDays: 400 },
  processName: 'test',
} as const;

/** Both ways to run ClickHouse: every test of the store runs against each. */
export const STORE_BACKENDS: readonly {
  readonly name: string;
  readonly open: (onStatement?: (tag: string) => void) => Promise<OpenBackend>;
}[] = [
  { name: 'embedded', open: openEmbedded },
  { name: 'server', open: openServer },
];

/** 64-bit integers as text; on other statements than queries the words would mean something else. */
function quoted(sql: string): string {
  return /^\s*(SELECT|WITH)\b/i.test(sql)
    ? `${sql} SETTINGS output_format_json_quote_64bit_integers = 1`
    : sql;
}

async function openEmbedded(onStatement?: (tag: string) => void): Promise<OpenBackend> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tidewatch-store-'));
  const options: StoreOptions = {
    ...STORE_DEFAULTS,
    ...(onStatement === undefined ? {} : { onStatement }),
    mode: { kind: 'embedded', dataDir, announce: { pid: process.pid, url: 'http://127.0.0.1:8080' } },
  };
  const store = await openStore(options);
  // CommonJS on purpose: jest gives an ES import of a native module a second copy.
  const { Session } = createRequire(import.meta.url)('chdb') as typeof Chdb;
  const session = new Session(path.join(dataDir, 'clickhouse'));
  const backend: OpenBackend = {
    store,
    options,
    raw: async (sql) => parseLines((await session.queryAsync(quoted(sql), { format: 'JSONEachRow' })).text()),
    close: async () => {
      session.close();
      await backend.store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return backend;
}

async function openServer(): Promise<OpenBackend> {
  const server = await startClickHouseHttp();
  const options: StoreOptions = { ...STORE_DEFAULTS, mode: { kind: 'server', url: server.url } };
  const store = await openStore(options);
  const backend: OpenBackend = {
    store,
    options,
    raw: async (sql) => {
      const response = await fetch(`${server.url}/?default_format=JSONEachRow`, {
        method: 'POST',
        body: quoted(sql),
      });
      const text = await response.text();
      if (!response.ok) {
        throw new Error(text);
      }
      return parseLines(text);
    },
    close: async () => {
      await backend.store.close();
      await server.stop();
    },
  };
  return backend;
}

function parseLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

import { Readable } from 'node:stream';
import { AppError, errorMessage } from '@tidewatch/core';
import { createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { toStoreError } from './clickhouse-error.js';
import type { Engine, EngineConnection } from './engine.js';
import { ENGINE_SLOTS } from './limits.js';
import type { ServerMode } from './options.js';
import { inlineLongLists } from './parameters.js';
import { readAll } from './stream-bytes.js';

/** How long the first contact may take. */
const PROBE_TIMEOUT_MS = 5_000;

/** Bytes of a statement with long lists in it; servers take 256 KiB by default. */
const LONGEST_STATEMENT = 16 * 1024 * 1024;

/** What the engine itself needs beyond a statement's own limit to report that it was exceeded. */
const ANSWER_GRACE_MS = 5_000;

/**
 * Connects to a ClickHouse server and checks, once, that it answers and lets us in.
 *
 * @param isProbed whether to check at all: without it, the first statement tells
 * @throws AppError `store.url` (not a usable URL), `store.unreachable` (retryable), `store.auth`, `store.database`.
 */
export async function openServerEngine(mode: ServerMode, isProbed = true): Promise<Engine> {
  const description = withoutPassword(mode.url);
  const client = createClient({
    url: mode.url,
    application: 'tidewatch',
    max_open_connections: ENGINE_SLOTS,
    // Our own timer below bounds every request; the client's would only race with it.
    request_timeout: 3_600_000,
    compression: { request: false, response: false },
    clickhouse_settings: { wait_end_of_query: 1 },
    log: { level: 127 },
  });
  const connection = serverConnection(client);
  try {
    if (isProbed) {
      await connection.run('SELECT 1 FORMAT RowBinary', {}, PROBE_TIMEOUT_MS);
    }
  } catch (error) {
    await client.close();
    throw toStoreError(error, `Connecting to ClickHouse at ${description}`);
  }
  return {
    kind: 'server',
    temporaryDir: null,
    description: `ClickHouse at ${description}`,
    connections: Array.from({ length: ENGINE_SLOTS }, () => connection),
    close: () => client.close(),
  };
}

/** The URL as it may appear in a message: without user and password. */
function withoutPassword(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw badUrl('is not a URL');
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw badUrl(`starts with ${parsed.protocol} instead of http: or https:`);
  }
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  return parsed.toString();
}

function badUrl(what: string): AppError {
  return new AppError({
    code: 'store.url',
    message: `CLICKHOUSE_URL ${what}.`,
    hint: 'Write it as http://user:password@host:8123/database.',
  });
}

function serverConnection(client: ClickHouseClient): EngineConnection {
  return {
    run: (sql, parameters, timeoutMs) =>
      bounded(timeoutMs, async (signal) => {
        const { sql: query, parameters: bound } = inlineLongLists(sql, parameters);
        const { stream } = await client.exec({
          query,
          query_params: { ...bound },
          clickhouse_settings: query === sql ? {} : { max_query_size: String(LONGEST_STATEMENT) },
          abort_signal: signal,
        });
        return readAll(stream);
      }),
    insert: (insert) =>
      bounded(insert.timeoutMs, async (signal) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${insert.table} (${insert.columns}) SETTINGS ${insert.settings} FORMAT ${insert.format}`,
          values: Readable.from(insert.chunks, { objectMode: false }),
          abort_signal: signal,
        });
        await readAll(stream);
      }),
  };
}

/** Runs `work` and gives up when even the engine's own time limit did not end it. */
async function bounded<R>(timeoutMs: number, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs + ANSWER_GRACE_MS);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) {
      throw error;
    }
    throw new AppError({
      code: 'store.timeout',
      message: `ClickHouse gave no answer within ${timeoutMs + ANSWER_GRACE_MS} ms: ${errorMessage(error)}`,
      retryable: true,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

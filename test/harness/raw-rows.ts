import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Chdb from 'chdb';

/** A way around the store to look at what a server in this process has stored. */
export interface RawRows {
  /** Rows of any statement; 64-bit integers as text. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): void;
}

/** Opens the embedded engine of a running server a second time. Only works in the server's own process. */
export function openRawRows(dataDir: string): RawRows {
  // CommonJS on purpose: jest gives an ES import of a native module a second copy.
  const { Session } = createRequire(import.meta.url)('chdb') as typeof Chdb;
  const session = new Session(path.join(dataDir, 'clickhouse'));
  return {
    query: async (sql) => {
      const quoted = `${sql} SETTINGS output_format_json_quote_64bit_integers = 1`;
      const text = (await session.queryAsync(quoted, { format: 'JSONEachRow' })).text();
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    close: () => session.close(),
  };
}

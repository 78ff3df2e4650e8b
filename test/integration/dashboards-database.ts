import { readdirSync, readFileSync } from 'node:fs';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import type { SeedRows } from './dashboards-seed.js';

/** A ClickHouse engine in `directory` with all migrations and the given rows, as a dashboard finds it. */
export async function seededDatabase(directory: string, seed: SeedRows): Promise<ClickHouseClient> {
  // chdb declares the connection against its own copy of the client's types.
  const client = createClient({ connection: createChdbConnection({ path: directory }) as never });
  for (const statement of migrationStatements()) {
    await client.command({ query: statement });
  }
  for (const [table, rows] of Object.entries(seed)) {
    // Two blocks, because the engine drops duplicates within one block: here they lie in two parts until a merge.
    for (const half of [0, 1]) {
      const values = rows.filter((_, index) => index % 2 === half);
      await client.insert({ table, values, format: 'JSONEachRow' });
    }
  }
  return client;
}

/** The migrations as a single node runs them, retention long enough that no seeded row expires during the test. */
function migrationStatements(): string[] {
  const placeholders: Readonly<Record<string, string>> = {
    on_cluster: '',
    replicated: '',
    raw_days: '400',
    vector_days: '400',
    aggregate_days: '400',
    deduplication_window: 'non_replicated_deduplication_window = 10000',
  };
  const directoryUrl = new URL('../../migrations/', import.meta.url);
  return readdirSync(directoryUrl)
    .sort()
    .map((file) => readFileSync(new URL(file, directoryUrl), 'utf8'))
    .flatMap((text) => text.replaceAll(/^\s*--.*$/gm, '').split(/;\s*$/m))
    .map((statement) =>
      statement.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => placeholders[name] ?? `unknown ${name}`),
    )
    .filter((statement) => statement.trim() !== '');
}

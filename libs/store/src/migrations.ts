import { AppError } from '@tidewatch/core';
import type { Database } from './database.js';
import { readMigrationFiles, statementsOf } from './migration-files.js';
import type { MigrationFile } from './migration-files.js';
import type { StoreOptions } from './options.js';
import { sqlLiteral } from './parameters.js';

/** What the database has and what it lacks. */
export interface MigrationStatus {
  readonly applied: readonly {
    readonly version: number;
    readonly name: string;
    readonly appliedAt: number;
  }[];
  /** File names that have not been applied, oldest first. */
  readonly pending: readonly string[];
}

interface AppliedRow {
  version: number;
  name: string;
  checksum: string;
  applied_at: string;
}

/**
 * Brings the database to the newest migration. Runs at every start; with nothing to do it costs one query.
 *
 * Several processes may run it at once: every statement is repeatable, and the same row recorded twice is one row.
 *
 * @throws AppError `store.migration-changed` (an applied file was edited), `store.migration-missing` (an applied file
 *   is gone), `store.migration-order` (gap, duplicate number, unknown placeholder), or the engine's error.
 */
export async function migrate(database: Database, options: StoreOptions): Promise<MigrationStatus> {
  const placeholders = placeholdersOf(options);
  await database.command(schemaTable(placeholders), { tag: 'migrations.create' });
  const files = await readMigrationFiles(options.migrationsDir);
  const applied = await readApplied(database);
  checkHistory(files, applied);
  for (const file of files.slice(applied.length)) {
    for (const statement of statementsOf(file, placeholders)) {
      await database.command(statement, { tag: `migrations.${file.fileName}` });
    }
    const values = [String(file.version), sqlLiteral(file.name), sqlLiteral(file.checksum), 'now64(3)'].join(
      ', ',
    );
    await database.command(
      `INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (${values})`,
      {
        tag: 'migrations.record',
      },
    );
  }
  return migrationStatus(database, options.migrationsDir);
}

/** Which migrations are applied and which are pending. */
export async function migrationStatus(database: Database, migrationsDir: string): Promise<MigrationStatus> {
  const files = await readMigrationFiles(migrationsDir);
  const applied = await readApplied(database);
  return {
    applied: applied.map(({ version, name, applied_at }) => ({
      version,
      name,
      appliedAt: Number(applied_at),
    })),
    pending: files.slice(applied.length).map((file) => file.fileName),
  };
}

function readApplied(database: Database): Promise<AppliedRow[]> {
  return database.query<AppliedRow>(
    `SELECT version, name, checksum, toUnixTimestamp64Milli(applied_at) AS applied_at
     FROM schema_migrations ORDER BY version, applied_at LIMIT 1 BY version`,
    {},
    { tag: 'migrations.applied' },
  );
}

function checkHistory(files: readonly MigrationFile[], applied: readonly AppliedRow[]): void {
  for (const row of applied) {
    const file = files.find(({ version }) => version === row.version);
    const label = `${String(row.version).padStart(4, '0')}_${row.name}.sql`;
    if (file === undefined) {
      throw new AppError({
        code: 'store.migration-missing',
        message: `Migration ${label} was applied to this database, but its file is gone.`,
        hint: 'The database was written by a newer Tidewatch: start that version, or restore the file.',
      });
    }
    if (file.checksum !== row.checksum) {
      throw new AppError({
        code: 'store.migration-changed',
        message: `Migration ${file.fileName} was edited after it was applied to this database.`,
        hint: 'Restore the file as it was released and put the change into a new migration.',
      });
    }
  }
}

function schemaTable(placeholders: Readonly<Record<string, string>>): string {
  return `CREATE TABLE IF NOT EXISTS schema_migrations ${placeholders['on_cluster']}
    (version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC'))
    ENGINE = ${placeholders['replicated']}MergeTree ORDER BY version
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;
}

/** Replicated tables deduplicate for 7 days as well: a block may wait that long in a journal. */
const REPLICATED_WINDOW =
  'replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800';

function placeholdersOf(options: StoreOptions): Readonly<Record<string, string>> {
  const cluster = options.mode.kind === 'server' ? (options.mode.cluster ?? '') : '';
  return {
    on_cluster: cluster === '' ? '' : `ON CLUSTER ${sqlLiteral(cluster)}`,
    replicated: cluster === '' ? '' : 'Replicated',
    raw_days: String(options.retention.rawDays),
    vector_days: String(options.retention.vectorDays),
    aggregate_days: String(options.retention.aggregateDays),
    deduplication_window: cluster === '' ? 'non_replicated_deduplication_window = 10000' : REPLICATED_WINDOW,
  };
}

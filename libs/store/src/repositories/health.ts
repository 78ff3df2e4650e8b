import { statfs } from 'node:fs/promises';
import type { Database } from '../database.js';
import { migrationStatus } from '../migrations.js';
import type { MigrationStatus } from '../migrations.js';
import type { StoreOptions } from '../options.js';
import { toNumber } from '../row-values.js';

/** Room on the disk that holds the data, in bytes. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Answers whether the store works. */
export interface HealthRepository {
  /**
   * Runs the smallest query.
   *
   * @returns how long it took, in milliseconds, including the wait for a slot
   * @throws AppError when the engine does not answer within 5 s
   */
  ping(): Promise<number>;
  /** Of the data directory or, for a server, of its fullest disk. */
  diskSpace(): Promise<DiskSpace>;
  migrationStatus(): Promise<MigrationStatus>;
}

/** Opens the repository. */
export function healthRepository(database: Database, options: StoreOptions): HealthRepository {
  return {
    ping: async () => {
      const start = performance.now();
      await database.query('SELECT 1 AS one', {}, { tag: 'health.ping', timeoutMs: 5_000 });
      return performance.now() - start;
    },
    diskSpace: () =>
      options.mode.kind === 'embedded' ? localSpace(options.mode.dataDir) : serverSpace(database),
    migrationStatus: () => migrationStatus(database, options.migrationsDir),
  };
}

async function localSpace(directory: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

async function serverSpace(database: Database): Promise<DiskSpace> {
  const [disk] = await database.query<{ free: string; total: string }>(
    'SELECT unreserved_space AS free, total_space AS total FROM system.disks ORDER BY free LIMIT 1',
    {},
    { tag: 'health.disk' },
  );
  return { freeBytes: toNumber(disk?.free ?? 0), totalBytes: toNumber(disk?.total ?? 0) };
}

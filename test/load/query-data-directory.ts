import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A row as ClickHouse writes it in JSON: 64-bit integers are text. */
export type RawRow = Readonly<Record<string, string | number | boolean>>;

const SCRIPT = join(process.cwd(), 'test/load/run-queries.mjs');

/** Rows of each statement, read from the data directory of a server that has stopped. */
export async function queryDataDirectory(
  dataDir: string,
  statements: readonly string[],
): Promise<RawRow[][]> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, dataDir, ...statements], {
    env: { PATH: '/usr/bin:/bin', UV_THREADPOOL_SIZE: '16' },
    maxBuffer: 256 * 1_024 * 1_024,
  });
  return JSON.parse(stdout) as RawRow[][];
}

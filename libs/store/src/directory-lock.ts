import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorCode } from '@tidewatch/core';
import { z } from 'zod';

/** What the lock file says about its owner. */
const ownerSchema = z.object({
  pid: z.number().int(),
  url: z.string(),
  startedAt: z.string(),
  /** When the owner's process started, in clock ticks since boot; empty where the system does not tell. */
  processStart: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

/** A held lock. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/** Directories this process has open. On `globalThis`, so that two copies of this module in one process share it. */
const held = ((globalThis as Record<symbol, unknown>)[Symbol.for('tidewatch.store.directories')] ??=
  new Set<string>()) as Set<string>;

/**
 * Marks `dataDir` as used by this process, so that a second one can say who has it. chDB refuses a second opener too,
 * but cannot say who the first is.
 *
 * A lock whose process is gone, or whose process id has since been given to another process, is stale and replaced.
 *
 * @throws AppError `store.locked` naming the owner's process id and URL.
 */
export async function takeDirectoryLock(
  dataDir: string,
  announce: { readonly pid: number; readonly url: string },
): Promise<DirectoryLock> {
  const file = path.join(dataDir, 'tidewatch.lock');
  const owner: Owner = {
    pid: announce.pid,
    url: announce.url,
    startedAt: new Date().toISOString(),
    processStart: processStart(announce.pid),
  };
  // Three attempts: the file may vanish or go stale between looking and taking; then somebody else is also opening.
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(file, `${JSON.stringify(owner)}\n`, { flag: 'wx' });
      held.add(dataDir);
      return { release: () => release(file, dataDir) };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') {
        throw error;
      }
    }
    const other = await readOwner(file);
    if (other !== null && isAlive(other, dataDir)) {
      throw locked(dataDir, other);
    }
    await removeStale(file);
  }
  throw locked(dataDir, await readOwner(file));
}

async function release(file: string, dataDir: string): Promise<void> {
  held.delete(dataDir);
  await rm(file, { force: true });
}

/** The owner, or `null` when the file is gone or was cut short by a crash. */
async function readOwner(file: string): Promise<Owner | null> {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

/** Renaming first makes sure that of several processes only one removes the file it looked at. */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.stale-${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
  }
  await rm(aside, { force: true });
}

function isAlive(owner: Owner, dataDir: string): boolean {
  if (owner.pid === process.pid && !held.has(dataDir)) {
    // In a container every start is process 1: the same id, but not this run.
    return false;
  }
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
  return owner.processStart === '' || owner.processStart === processStart(owner.pid);
}

/** Field 22 of /proc/PID/stat, counted after the command name, which may itself hold spaces and parentheses. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function locked(dataDir: string, owner: Owner | null): AppError {
  const who =
    owner === null ? 'another process' : `pid ${owner.pid} at ${owner.url} since ${owner.startedAt}`;
  return new AppError({
    code: 'store.locked',
    message: `The data directory ${dataDir} is already open by ${who}.`,
    hint:
      'Talk to that process instead, stop it first, or give this one a directory of its own (TIDEWATCH_DATA_DIR). ' +
      'Several processes on one set of data need a ClickHouse server (CLICKHOUSE_URL).',
  });
}

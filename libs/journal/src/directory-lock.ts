import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorCode } from '@tidewatch/core';

/** What the lock file says about its owner. */
interface Owner {
  readonly pid: number;
  /** When the process started, in clock ticks since boot; empty where the system does not tell. */
  readonly processStart: string;
}

/** Folders this process has open. On `globalThis`, so that two copies of this module in one process share it. */
const held = ((globalThis as Record<symbol, unknown>)[Symbol.for('tidewatch.journal.directories')] ??=
  new Set<string>()) as Set<string>;

/**
 * Marks `dir` as used by this process. A lock whose process is gone, or whose process id now belongs to another process, is
 * stale and replaced.
 *
 * @returns the call that gives the lock back
 * @throws AppError `journal.locked` naming the owner's process id.
 */
export async function takeDirectoryLock(dir: string): Promise<() => Promise<void>> {
  const key = path.resolve(dir);
  const file = path.join(dir, 'journal.lock');
  const owner: Owner = { pid: process.pid, processStart: processStart(process.pid) };
  // Three attempts: the file may vanish or go stale between looking and taking; then somebody else is also opening.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await writeFile(file, `${JSON.stringify(owner)}\n`, { flag: 'wx' });
      held.add(key);
      return async () => {
        held.delete(key);
        await rm(file, { force: true });
      };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') {
        throw error;
      }
    }
    const other = await readOwner(file);
    if (other !== null && isAlive(other, key)) {
      throw locked(dir, other);
    }
    await removeStale(file);
  }
  throw locked(dir, await readOwner(file));
}

/** The owner, or `null` when the file is gone or was cut short by a crash. */
async function readOwner(file: string): Promise<Owner | null> {
  try {
    const { pid, processStart } = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>;
    return Number.isInteger(pid) ? { pid: pid!, processStart: String(processStart ?? '') } : null;
  } catch (error) {
    // By name: the class of another realm's error is not this realm's.
    if (errorCode(error) === 'ENOENT' || (error as Error).name === 'SyntaxError') {
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

function isAlive(owner: Owner, key: string): boolean {
  if (owner.pid === process.pid && !held.has(key)) {
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

function locked(dir: string, owner: Owner | null): AppError {
  return new AppError({
    code: 'journal.locked',
    message: `The journal ${dir} is already open by ${owner === null ? 'another process' : `pid ${owner.pid}`}.`,
    hint: 'Stop that process first, or give this one a data directory of its own (TIDEWATCH_DATA_DIR).',
  });
}

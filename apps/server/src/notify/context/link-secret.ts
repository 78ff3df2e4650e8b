import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, errorMessage } from '@tidewatch/core';

const FILE_NAME = 'link-secret';
/** Fewer characters can be guessed. */
const SHORTEST = 32;

/**
 * The key that signed links of this installation are made with.
 *
 * @param file holds the key, for several processes that have to know each other's links; `null` for one of this process alone,
 *   made at the first start and kept in `dataDir`
 * @throws AppError `config.link-secret` when it cannot be read or is too short; the message never repeats it
 */
export function readLinkSecret(file: string | null, dataDir: string): string {
  const path = file ?? join(dataDir, FILE_NAME);
  if (file === null) {
    makeSecret(path, dataDir);
  }
  const secret = attempt(path, () => readFileSync(path, 'utf8').trim());
  if (secret.length < SHORTEST) {
    throw new AppError({
      code: 'config.link-secret',
      message: `The key for signed links in ${path} has ${secret.length} characters, and needs at least ${SHORTEST}.`,
      hint: 'Fill the file with random text, such as that of: openssl rand -hex 32',
    });
  }
  return secret;
}

/** Makes the file unless it is there; another process that is faster wins. */
function makeSecret(path: string, dataDir: string): void {
  attempt(path, () => {
    mkdirSync(dataDir, { recursive: true });
    try {
      writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
  });
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new AppError({
      code: 'config.link-secret',
      message: `The key for signed links cannot be kept in ${path}: ${errorMessage(error)}.`,
      hint: 'Make the file readable for Tidewatch, or its folder writable.',
      cause: error,
    });
  }
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errorMessage, type Problem } from '@tidewatch/core';

/** One client's bearer key. Only the hash is kept in memory, so that no dump or log can show a key. */
export interface ApiKey {
  /** Who uses the key; appears in logs. */
  readonly name: string;
  /** The project all data sent with this key belongs to. */
  readonly project: string;
  /** SHA-256 of the key. */
  readonly sha256: Buffer;
}

/** Shorter keys can be guessed; `openssl rand -hex 32` makes 64 characters. */
const MINIMUM_KEY_LENGTH = 24;

/**
 * Reads a keys file: one `name project key` line per client; empty lines and lines that start with `#` are skipped.
 *
 * @param problems receives everything wrong with the file; no problem text holds a key
 */
export function readApiKeys(path: string, problems: Problem[]): ApiKey[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    problems.push({ path: 'TIDEWATCH_API_KEYS_FILE', message: `cannot be read: ${errorMessage(error)}` });
    return [];
  }
  const keys: ApiKey[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) {
      continue;
    }
    const [name, project, key, ...rest] = content.split(/\s+/);
    const place = { file: path, line: index + 1, path: '' };
    if (name === undefined || project === undefined || key === undefined || rest.length > 0) {
      problems.push({ ...place, message: 'must have the form "name project key"' });
    } else if (key.length < MINIMUM_KEY_LENGTH) {
      problems.push({
        ...place,
        message: `the key of ${name} is shorter than ${MINIMUM_KEY_LENGTH} characters; make one with: openssl rand -hex 32`,
      });
    } else if (!/^[A-Za-z0-9._-]{1,64}$/.test(project)) {
      problems.push({
        ...place,
        message: 'the project may hold letters, digits, dot, dash and underscore, at most 64',
      });
    } else {
      keys.push({ name, project, sha256: createHash('sha256').update(key).digest() });
    }
  }
  if (keys.length === 0 && problems.length === 0) {
    problems.push({
      path: 'TIDEWATCH_API_KEYS_FILE',
      message: `${path} holds no key, so nobody could send anything`,
    });
  }
  return keys;
}

/** The key that `presented` is, compared in constant time, or `undefined`. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const sha256 = createHash('sha256').update(presented).digest();
  return keys.find((key) => timingSafeEqual(key.sha256, sha256));
}

import { AppError, errorMessage } from '@tidewatch/core';
import type { RedisOptions } from 'ioredis';

/** Where Redis is and how to get in. */
export interface RedisAddress {
  /** `redis://host:port/db`, for people: without user and password. */
  readonly shown: string;
  readonly options: Pick<RedisOptions, 'host' | 'port' | 'db' | 'username' | 'password' | 'tls'>;
}

const DEFAULT_PORT = 6_379;

/**
 * Reads `redis://[user:password@]host[:port][/db]`, or the same with `rediss` for TLS.
 *
 * @throws AppError `jobs.redis-url`; it does not repeat the URL, which may hold a password
 */
export function redisAddress(text: string): RedisAddress {
  const url = parse(text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw badUrl('must start with redis:// or rediss://');
  }
  const [, database = ''] = /^\/?(\d*)$/.exec(url.pathname) ?? [];
  if (url.hostname === '' || (url.pathname.length > 1 && database === '')) {
    throw badUrl('must have a host, and after it at most the number of a database');
  }
  if (url.search !== '' || url.hash !== '') {
    throw badUrl('must not have parameters');
  }
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  const db = database === '' ? 0 : Number(database);
  // Node wants IPv6 addresses without brackets.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    shown: `${url.protocol}//${url.hostname}:${port}/${db}`,
    options: {
      host,
      port,
      db,
      ...(url.username === '' ? {} : { username: decoded(url.username) }),
      ...(url.password === '' ? {} : { password: decoded(url.password) }),
      ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    },
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw badUrl('must be a URL');
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw badUrl(`must have user and password percent-encoded (${errorMessage(error)})`);
  }
}

function badUrl(problem: string): AppError {
  return new AppError({
    code: 'jobs.redis-url',
    message: `The address of Redis ${problem}.`,
    hint: 'Set REDIS_URL to an address such as redis://:password@redis.internal:6379/0.',
  });
}

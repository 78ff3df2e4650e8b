import { AppError, errorCode, errorMessage } from '@tidewatch/core';

/** What Redis says when user or password are wrong or missing, or the user may not do this. */
const DENIED = /^(WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password|ERR Client sent AUTH)/;
/** Redis answers, and does not do it now: out of memory, read-only replica, loading, cannot save. */
const REFUSED = /^(EXECABORT|OOM|READONLY|LOADING|MISCONF|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|NOREPLICAS)/;

/**
 * Says what is wrong with Redis. The original error is not kept as the cause: the client library puts the command into
 * it, and that of a failed login holds the password.
 *
 * @param attempt what was attempted, as the start of a sentence
 * @returns AppError `jobs.redis-denied`, `jobs.redis-refused` (retryable) or `jobs.redis-unreachable` (retryable)
 */
export function redisError(attempt: string, shown: string, error: unknown): AppError {
  const text = errorMessage(error);
  if (DENIED.test(text)) {
    return new AppError({
      code: 'jobs.redis-denied',
      message: `${attempt}: Redis at ${shown} does not let Tidewatch in (${firstWord(text)}).`,
      hint: 'Correct user and password in REDIS_URL.',
    });
  }
  if (REFUSED.test(text)) {
    return new AppError({
      code: 'jobs.redis-refused',
      message: `${attempt}: Redis at ${shown} refuses (${firstWord(text)}).`,
      hint: 'Give Redis the memory and disk it needs, with maxmemory-policy noeviction, and point REDIS_URL at a primary.',
      retryable: true,
    });
  }
  return new AppError({
    code: 'jobs.redis-unreachable',
    message: `${attempt}: Redis at ${shown} cannot be reached (${errorCode(error) ?? text}).`,
    hint: 'Start Redis, or correct REDIS_URL. Without REDIS_URL one process needs no Redis.',
    retryable: true,
  });
}

/** Redis starts its errors with a word that names the kind. */
function firstWord(text: string): string {
  return text.split(' ', 1)[0] ?? text;
}

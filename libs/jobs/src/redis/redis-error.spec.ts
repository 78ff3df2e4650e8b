import { expect, test } from '@jest/globals';
import { redisError } from './redis-error.js';

const SHOWN = 'redis://h:6379/0';

test.each<[text: string, code: string, retryable: boolean, words: string]>([
  [
    'WRONGPASS invalid username-password pair',
    'jobs.redis-denied',
    false,
    'does not let Tidewatch in (WRONGPASS)',
  ],
  ['NOAUTH Authentication required.', 'jobs.redis-denied', false, 'does not let Tidewatch in (NOAUTH)'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'jobs.redis-refused', true, 'refuses (OOM)'],
  [
    'READONLY You cannot write against a read only replica.',
    'jobs.redis-refused',
    true,
    'refuses (READONLY)',
  ],
  ['connect ECONNREFUSED 10.0.0.1:6379', 'jobs.redis-unreachable', true, 'cannot be reached (ECONNREFUSED)'],
  ['Connection is closed.', 'jobs.redis-unreachable', true, 'cannot be reached (Connection is closed.)'],
])('%s', (text, code, retryable, words) => {
  // Node's own errors have a code, those of Redis do not.
  const [, systemCode] = /^connect (E\w+)/.exec(text) ?? [];
  const error = Object.assign(new Error(text), systemCode === undefined ? {} : { code: systemCode });
  const made = redisError('It cannot be done', SHOWN, error);
  expect(made).toMatchObject({ code, retryable, message: `It cannot be done: Redis at ${SHOWN} ${words}.` });
  // The original may hold the password.
  expect(made.cause).toBeUndefined();
});

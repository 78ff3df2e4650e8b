import { AppError } from '@tidewatch/core';
import { describe, expect, test } from '@jest/globals';
import { toStoreError } from './clickhouse-error.js';

const failure = (code: string, cause?: unknown): Error =>
  Object.assign(new Error(`Code ${code}`, { cause }), { code });

describe('errors of the engine and of the way to it', () => {
  test.each([
    ['159', 'store.timeout', true],
    ['241', 'store.memory', true],
    ['243', 'store.disk-full', true],
    ['ENOSPC', 'store.disk-full', true],
    ['252', 'store.busy', true],
    ['516', 'store.auth', true],
    ['497', 'store.auth', true],
    ['81', 'store.database', true],
    ['60', 'store.table', true],
    ['16', 'store.table', true],
    ['242', 'store.busy', true],
    ['75', 'store.disk', true],
    ['EROFS', 'store.disk', true],
    ['33', 'store.query', false],
    ['53', 'store.query', false],
    ['ECONNREFUSED', 'store.unreachable', true],
    ['ENOTFOUND', 'store.unreachable', true],
    ['62', 'store.query', false],
    ['47', 'store.query', false],
  ])('%s is %s', (code, expected, retryable) => {
    const error = toStoreError(failure(code), 'Reading verdicts');
    expect(error).toMatchObject({
      code: expected,
      retryable,
      message: `Reading verdicts failed: Code ${code}`,
    });
  });

  test('the code may be that of the cause, or of one of several causes', () => {
    expect(toStoreError(new Error('fetch failed', { cause: failure('ECONNRESET') }), 'x').code).toBe(
      'store.unreachable',
    );
    const several = new AggregateError([failure('OTHER'), failure('ECONNREFUSED')]);
    expect(toStoreError(several, 'x').code).toBe('store.unreachable');
  });

  test('an AppError stays what it is; anything else thrown is a failed query', () => {
    const known = new AppError({ code: 'store.closed', message: 'closed' });
    expect(toStoreError(known, 'x')).toBe(known);
    expect(toStoreError('text', 'Reading')).toMatchObject({
      code: 'store.query',
      message: 'Reading failed: text',
    });
    const circular = new Error('loop');
    circular.cause = circular;
    expect(toStoreError(circular, 'x').code).toBe('store.query');
  });
});

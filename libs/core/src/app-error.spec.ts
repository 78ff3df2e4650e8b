import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { AppError, errorCode, errorMessage, isAppError } from './app-error.js';

describe('isAppError', () => {
  const error = new AppError({
    code: 'store.locked',
    message: 'The directory is in use.',
    hint: 'Stop the other process.',
  });

  test('knows an AppError, and one with a given code', () => {
    expect(isAppError(error)).toBe(true);
    expect(isAppError(error, 'other', 'store.locked')).toBe(true);
    expect(isAppError(error, 'other')).toBe(false);
  });

  test('does not take other errors, or things that are no errors, for one', () => {
    expect([new Error('x'), null, undefined, 'AppError', 7].map((each) => isAppError(each))).toEqual(
      Array(5).fill(false),
    );
  });

  test('the explanation holds the message and the hint', () => {
    expect(error.explanation).toBe('The directory is in use. Stop the other process.');
    expect(error.retryable).toBe(false);
  });
});

describe('what was thrown', () => {
  test('has a code when it is a system error, also one of another realm', () => {
    expect(errorCode(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBe('ENOENT');
    expect(errorCode(runInNewContext('Object.assign(new Error("gone"), { code: "EACCES" })'))).toBe('EACCES');
    expect(errorCode('ENOENT')).toBeUndefined();
  });

  test('has a text whatever it is', () => {
    expect(errorMessage(new Error('gone'))).toBe('gone');
    expect(errorMessage('gone')).toBe('gone');
    expect(errorMessage(undefined)).toBe('undefined');
  });
});

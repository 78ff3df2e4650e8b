import { describe, expect, test } from '@jest/globals';
import { readOptions } from './options.js';

describe('readOptions', () => {
  test('needs no option', () => {
    expect(readOptions([])).toEqual({
      otlpUrl: 'http://127.0.0.1:4318',
      apiUrl: 'http://127.0.0.1:8080',
      incidentAfterMs: 30_000,
      rollbackAfterMs: 50_000,
      historyMs: 7_200_000,
      seed: 7,
      durationMs: null,
    });
  });

  test('reads every option', () => {
    const args =
      '--otlp http://a:1/ --api https://b --incident-after 500ms --rollback-after 0s --history 0s --seed -3 --duration 5m';
    expect(readOptions(args.replace('--seed -3', '--seed=-3').split(' '))).toEqual({
      otlpUrl: 'http://a:1',
      apiUrl: 'https://b',
      incidentAfterMs: 500,
      rollbackAfterMs: 0,
      historyMs: 0,
      seed: -3,
      durationMs: 300_000,
    });
  });

  test('notices a call for help', () => {
    expect(readOptions(['--help'])).toBe('help');
  });

  test.each([
    ['--history', '2'],
    ['--history', '25h'],
    ['--incident-after', 'soon'],
    ['--rollback-after', 'never'],
    ['--duration', '1.5h'],
    ['--seed', 'seven'],
    ['--otlp', 'localhost:4318'],
    ['--api', 'ftp://127.0.0.1'],
    ['--port', '1'],
  ])('refuses %s %s and names the option', (option, value) => {
    expect(() => readOptions([option, value])).toThrow(option.slice(2));
  });
});

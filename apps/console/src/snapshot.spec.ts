import { describe, expect, test } from '@jest/globals';
import { RequestFailure } from './read-json.js';
import { clockOffset, connectionOf, EMPTY_SNAPSHOT, isComplete, oldestReceipt } from './snapshot.js';
import { sampleStatus } from './sample-views.js';

const PATHS = [
  'status',
  'slos',
  'monitors',
  'encoders',
  'incidents?status=open',
  'incidents?status=resolved',
];
const failures = (status: number, paths = PATHS) =>
  paths.map((path) => new RequestFailure(path, status, 'why'));

describe('connectionOf', () => {
  test('no failure is live', () => {
    expect(connectionOf([], '')).toEqual({ kind: 'live' });
  });
  test.each([[0], [502], [504]])('six answers of status %p mean that the server is away', (status) => {
    expect(connectionOf(failures(status), '')).toEqual({ kind: 'unreachable' });
  });
  test('a refused request asks for a key, and says so when one was sent', () => {
    expect(connectionOf(failures(401), '')).toEqual({ kind: 'unauthorized', keyRefused: false });
    expect(connectionOf(failures(403), 'k')).toEqual({ kind: 'unauthorized', keyRefused: true });
  });
  test('some failures are named once each', () => {
    expect(connectionOf(failures(503, PATHS.slice(2)), '')).toEqual({
      kind: 'partial',
      failed: ['the monitors', 'the encoders', 'the incidents'],
      reason: 'why',
    });
  });
  test("six times the server's own 500 is an answer, not an absence", () => {
    expect(connectionOf(failures(500), '').kind).toBe('partial');
  });
});

test('the age of a snapshot is that of its oldest reading', () => {
  const list = { value: { items: [], now: 0 }, receivedAt: 7 };
  const status = { value: sampleStatus({ now: 1_500 }), receivedAt: 1_000 };
  expect(oldestReceipt(EMPTY_SNAPSHOT)).toBeNull();
  expect(oldestReceipt({ ...EMPTY_SNAPSHOT, slos: list, status })).toBe(7);
  expect(isComplete({ ...EMPTY_SNAPSHOT, slos: list, status })).toBe(false);
  expect(clockOffset({ ...EMPTY_SNAPSHOT, status })).toBe(500);
});

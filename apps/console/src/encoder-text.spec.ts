import { describe, expect, test } from '@jest/globals';
import {
  backlogStall,
  beginningOf,
  hasEncoders,
  heaviestOperators,
  problemOf,
  providerName,
} from './encoder-text.js';
import type { EncoderView } from './encoder-view.js';
import { sampleEncoder } from './sample-views.js';

test.each([
  ['cuda', 'CUDA'],
  ['webgpu', 'WebGPU'],
  ['WebGpuExecutionProvider', 'WebGPU'],
  ['CPUExecutionProvider', 'CPU'],
  ['CoreMLExecutionProvider', 'CoreML'],
])('provider %p is called %p', (provider, name) => {
  expect(providerName(provider)).toBe(name);
});

test.each([
  ['short enough', 20, null],
  ['the library libcublas is missing', 24, 'the library libcublas…'],
  ['the library, which is missing', 14, 'the library…'],
  ['/usr/lib/x86_64-linux-gnu/libcublas.so.12', 10, '/usr/lib/x…'],
])('the beginning of %p in %p characters is %p', (text, limit, beginning) => {
  expect(beginningOf(text, limit)).toBe(beginning);
});

describe('problemOf', () => {
  test.each<[Partial<EncoderView>, ReturnType<typeof problemOf>]>([
    [{}, null],
    [
      { state: 'failed', problem: 'The file is empty.' },
      { lead: 'Failed:', text: 'The file is empty.' },
    ],
    [{ state: 'failed' }, { lead: 'Failed:', text: 'the process gave no reason.' }],
    [
      { state: 'starting', problem: 'its process was killed by SIGKILL' },
      { lead: 'Starting again:', text: 'its process was killed by SIGKILL.' },
    ],
    [
      { state: 'closed', problem: 'it runs in another process, one with the encode role' },
      { lead: 'Not running here:', text: 'it runs in another process, one with the encode role.' },
    ],
    [{ state: 'starting' }, null],
    [
      { state: 'ready', problem: 'The process ended.' },
      { lead: 'Last problem:', text: 'The process ended.' },
    ],
  ])('%j', (part, expected) => {
    expect(problemOf(sampleEncoder('frames', part))).toEqual(expected);
  });
});

test('the operators that cost most are shown, the others summed up', () => {
  const profile = [0.1, 0.6, 0.05, 0.25].map((share, index) => ({
    operator: `op${index}`,
    provider: 'CPUExecutionProvider',
    calls: 1,
    milliseconds: share,
    share,
  }));
  const { shown, others, otherShare } = heaviestOperators(profile, 2);
  expect(shown.map(({ operator }) => operator)).toEqual(['op1', 'op3']);
  expect([others, otherShare]).toEqual([2, expect.closeTo(0.15, 12)]);
  expect(heaviestOperators(profile, 8)).toMatchObject({ others: 0, otherShare: 0 });
});

describe('the backlog', () => {
  const empty = { rows: 0, bytes: 0, oldestAt: null };
  const waiting = { rows: 3, bytes: 3_000, oldestAt: 1 };
  const [ready, failed] = [sampleEncoder('a'), sampleEncoder('b', { state: 'failed' })];

  test('it is shown without encoders only while something waits', () => {
    expect([hasEncoders([], empty), hasEncoders([], waiting), hasEncoders([ready], empty)]).toEqual([
      false,
      true,
      true,
    ]);
  });
  test.each([
    ['nothing waits', [failed], empty, ''],
    ['one encoder still runs', [failed, ready], waiting, ''],
    ['all have failed', [failed], waiting, 'Every encoder has failed.'],
    ['one may run elsewhere', [failed, sampleEncoder('c', { state: 'closed' })], waiting, ''],
    ['there is no encoder', [], waiting, 'No encoder is loaded that takes them.'],
  ])('%s', (_name, encoders, backlog, stall) => {
    expect(backlogStall(encoders, backlog)).toBe(stall);
  });
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { startTicker, tickerTrouble, type WatchedTicker } from './ticker.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = Date.UTC(2026, 10, 28, 12);

const tickers: WatchedTicker[] = [];
const said: Record<string, unknown>[] = [];
const logger = pino(
  {},
  { write: (line: string) => void said.push(JSON.parse(line) as Record<string, unknown>) },
);

beforeEach(() => {
  jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'queueMicrotask'] });
  said.length = 0;
});
afterEach(async () => {
  await Promise.all(tickers.splice(0).map((ticker) => ticker.stop()));
  jest.useRealTimers();
});

function start(name: string, work: (now: number) => Promise<void>): WatchedTicker {
  const ticker = startTicker(name, SECOND, logger, work);
  tickers.push(ticker);
  return ticker;
}

const trouble = (...of: readonly WatchedTicker[]): string | null =>
  tickerTrouble(of, 10 * MINUTE, Date.now());

describe('a ticker', () => {
  test('runs at once and then again and again, and never twice at once', async () => {
    const at: number[] = [];
    let finish = (): void => undefined;
    start('slow', async (now) => {
      at.push(now - START);
      await new Promise<void>((resolve) => (finish = resolve));
    });
    expect(at).toEqual([0]);
    await jest.advanceTimersByTimeAsync(3.5 * SECOND);
    expect(at).toEqual([0]);
    finish();
    await jest.advanceTimersByTimeAsync(SECOND);
    expect(at).toEqual([0, 4 * SECOND]);
    finish();
  });

  test('says when rounds begin to fail and when they work again, and nothing in between', async () => {
    let fails = true;
    start('flaky', async () => {
      if (fails) {
        throw new Error('the store is away');
      }
    });
    await jest.advanceTimersByTimeAsync(5 * SECOND);
    fails = false;
    await jest.advanceTimersByTimeAsync(5 * SECOND);
    expect(said.map(({ msg, ticker, error, failures }) => ({ msg, ticker, error, failures }))).toEqual([
      { msg: expect.stringContaining('a round failed'), ticker: 'flaky', error: 'the store is away' },
      { msg: 'rounds work again', ticker: 'flaky', failures: 6 },
    ]);
  });

  test('that works is never in trouble', async () => {
    const ticker = start('monitors', async () => undefined);
    await jest.advanceTimersByTimeAsync(30 * MINUTE);
    expect(trouble(ticker)).toBeNull();
  });

  test.each<[string, () => Promise<void>]>([
    ['hangs', () => held],
    ['fails', () => Promise.reject(new Error('no'))],
  ])(
    'whose round %s is in trouble when that lasts, and no more once one has ended well',
    async (_how, work) => {
      const release = hold();
      let broken = true;
      const ticker = start('monitors', async () => {
        if (broken) {
          await work();
        }
      });
      const well = start('embeddings', async () => undefined);
      await jest.advanceTimersByTimeAsync(10 * MINUTE);
      expect(trouble(well, ticker)).toBeNull();
      await jest.advanceTimersByTimeAsync(SECOND);
      expect(trouble(well, ticker)).toBe('no round of monitors has ended well for 10m');
      broken = false;
      release();
      await jest.advanceTimersByTimeAsync(SECOND);
      expect(trouble(well, ticker)).toBeNull();
    },
  );
});

let held = Promise.resolve();

/** Makes `held` wait until the returned function is called. */
function hold(): () => void {
  let release = (): void => undefined;
  held = new Promise<void>((resolve) => (release = resolve));
  return release;
}

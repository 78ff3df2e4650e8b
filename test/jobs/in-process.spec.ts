import { describe, expect, test } from '@jest/globals';
import { inProcessDriver } from '@tidewatch/jobs';
import { jobQueueContract } from './job-queue-contract.js';

jobQueueContract({
  name: 'in-process',
  durable: false,
  open: async () => ({
    driver: (onError) => inProcessDriver({ onError }),
    now: () => performance.now(),
    close: async () => undefined,
  }),
});

/** A clock that moves when it is told to, with its timers. */
function handClock() {
  let time = 1_000;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => time,
    setTimer: (callback: () => void, ms: number) => {
      const timer = { at: time + ms, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pending: () => timers.size,
    /** Runs what is due up to then, in order, and lets handlers go on in between. */
    async advance(ms: number) {
      const end = time + ms;
      for (;;) {
        const next = [...timers].sort((a, b) => a.at - b.at)[0];
        if (next === undefined || next.at > end) {
          break;
        }
        timers.delete(next);
        time = Math.max(time, next.at);
        next.callback();
        await new Promise((resolve) => setImmediate(resolve));
      }
      time = end;
    },
  };
}

describe('with a clock moved by hand', () => {
  test('delayed jobs run at their times, in the order of these, with one timer at a time', async () => {
    const clock = handClock();
    const queue = inProcessDriver(clock).open<number>('simulated');
    const ran: [number, number][] = [];
    queue.process(1, async (delay) => void ran.push([delay, clock.now() - 1_000]));
    const delays = Array.from({ length: 500 }, (_, index) => ((index * 7_919) % 500) * 60_000 + 1);
    await queue.add(delays.map((delayMs) => ({ id: String(delayMs), data: delayMs, delayMs })));
    expect(clock.pending()).toBe(1);
    await clock.advance(30 * 60_000);
    expect(ran.length).toBe(30);
    expect(await queue.counts()).toEqual({ waiting: 470, active: 0 });
    await clock.advance(500 * 60_000);
    expect(ran).toEqual([...delays].sort((a, b) => a - b).map((delay) => [delay, delay]));
    expect(clock.pending()).toBe(0);
    await queue.close();
  });

  test('a job that is due sooner takes the timer over; closing calls it off', async () => {
    const clock = handClock();
    const queue = inProcessDriver(clock).open<string>('simulated');
    const ran: string[] = [];
    queue.process(1, async (data) => void ran.push(data));
    await queue.add([{ id: 'later', data: 'later', delayMs: 60_000 }]);
    await queue.add([{ id: 'sooner', data: 'sooner', delayMs: 1_000 }]);
    expect(clock.pending()).toBe(1);
    await clock.advance(1_000);
    expect(ran).toEqual(['sooner']);
    expect(clock.pending()).toBe(1);
    await queue.close();
    expect(clock.pending()).toBe(0);
  });

  test('a delay beyond the longest timer is waited for in parts', async () => {
    const clock = handClock();
    const queue = inProcessDriver(clock).open<string>('simulated');
    const ran: string[] = [];
    queue.process(1, async (data) => void ran.push(data));
    const month = 30 * 86_400_000;
    await queue.add([{ id: 'm', data: 'm', delayMs: month }]);
    await clock.advance(month - 1);
    expect(ran).toEqual([]);
    await clock.advance(1);
    expect(ran).toEqual(['m']);
    await queue.close();
  });
});

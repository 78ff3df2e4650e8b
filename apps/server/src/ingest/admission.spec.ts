import { describe, expect, test } from '@jest/globals';
import { Admission, type Timer } from './admission.js';

/** Timers that run when told to, the oldest first. */
function manualTimer(): { timer: Timer; fire: () => void; pending: () => number } {
  const timers = new Set<() => void>();
  return {
    timer: (_ms, work) => {
      timers.add(work);
      return { cancel: () => void timers.delete(work) };
    },
    fire: () => {
      const [oldest] = timers;
      if (oldest !== undefined) {
        timers.delete(oldest);
        oldest();
      }
    },
    pending: () => timers.size,
  };
}

function open(capacityBytes: number, maxWaiting = 10) {
  const clock = manualTimer();
  const admission = new Admission({ capacityBytes, maxWaiting, waitMs: 500, timer: clock.timer });
  return { admission, ...clock };
}

describe('while there is room', () => {
  test('what is reserved counts until it is released, and only once', async () => {
    const { admission } = open(100);
    const first = await admission.reserve(60);
    const second = await admission.reserve(40);
    expect(admission.stats).toMatchObject({ bytes: 100, waiting: 0, refused: 0 });
    first.release();
    first.release();
    expect(admission.stats.bytes).toBe(40);
    second.release();
    expect(admission.stats.bytes).toBe(0);
  });

  test('a reservation grows as far as there is room and not a byte further', async () => {
    const { admission } = open(100);
    const reservation = await admission.reserve(10);
    expect(reservation.grow(90)).toBe(true);
    expect(reservation.grow(1)).toBe(false);
    expect([reservation.bytes, admission.stats.bytes]).toEqual([100, 100]);
  });

  test('resizing counts what is really held, even beyond the capacity', async () => {
    const { admission } = open(100);
    const reservation = await admission.reserve(50);
    reservation.resize(130);
    expect(admission.stats.bytes).toBe(130);
    reservation.resize(20);
    expect(admission.stats.bytes).toBe(20);
    reservation.release();
    expect(admission.stats.bytes).toBe(0);
  });

  test('a released reservation takes nothing any more', async () => {
    const { admission } = open(100);
    const reservation = await admission.reserve(50);
    reservation.release();
    expect(reservation.grow(10)).toBe(false);
    reservation.resize(30);
    await reservation.extend(10);
    expect(admission.stats.bytes).toBe(0);
  });
});

describe('when there is no room', () => {
  test('one waits until another has finished, first come first served', async () => {
    const { admission, pending } = open(100);
    const first = await admission.reserve(100);
    const order: string[] = [];
    const large = admission.reserve(80).then((reservation) => (order.push('large'), reservation));
    // There would be room for this one, but it must not starve the one before it.
    const small = admission.reserve(30).then((reservation) => (order.push('small'), reservation));
    expect(admission.stats.waiting).toBe(2);
    first.release();
    (await large).release();
    await small;
    expect(order).toEqual(['large', 'small']);
    expect([admission.stats.bytes, admission.stats.waiting, pending()]).toEqual([30, 0, 0]);
  });

  test('one that has room already and needs more goes first', async () => {
    const { admission } = open(100);
    const first = await admission.reserve(50);
    const second = await admission.reserve(50);
    const order: string[] = [];
    const newcomer = admission.reserve(30).then(() => order.push('newcomer'));
    const growing = second.extend(40).then(() => order.push('growing'));
    first.release();
    await growing;
    second.release();
    await newcomer;
    expect(order).toEqual(['growing', 'newcomer']);
    expect(admission.stats.bytes).toBe(30);
  });

  test('waiting ends with a refusal that a retry can mend', async () => {
    const { admission, fire } = open(100);
    await admission.reserve(100);
    const waiting = admission.reserve(1);
    fire();
    await expect(waiting).rejects.toMatchObject({ code: 'ingest.overloaded', retryable: true });
    expect(admission.stats).toMatchObject({ bytes: 100, waiting: 0, refused: 1 });
  });

  test('when a large one gives up, the smaller ones behind it move up', async () => {
    const { admission, fire } = open(100);
    await admission.reserve(50);
    const large = admission.reserve(80);
    const small = admission.reserve(40);
    expect(admission.stats.waiting).toBe(2);
    fire();
    await expect(large).rejects.toMatchObject({ code: 'ingest.overloaded' });
    expect((await small).bytes).toBe(40);
    expect(admission.stats).toMatchObject({ bytes: 90, waiting: 0 });
  });

  test('only so many wait; a further one is refused at once', async () => {
    const { admission } = open(100, 1);
    const first = await admission.reserve(100);
    const waiting = admission.reserve(10);
    await expect(admission.reserve(10)).rejects.toMatchObject({ code: 'ingest.overloaded' });
    first.release();
    expect((await waiting).bytes).toBe(10);
  });

  test('what could never fit does not wait', async () => {
    const { admission, pending } = open(100);
    await expect(admission.reserve(101)).rejects.toMatchObject({ code: 'ingest.overloaded' });
    expect(pending()).toBe(0);
  });
});

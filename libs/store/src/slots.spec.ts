import { describe, expect, test } from '@jest/globals';
import { Slots } from './slots.js';

/** Work that ends when told to. */
function gate(): { readonly done: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { done, open };
}

describe('slots', () => {
  test('reads never hold the last one, and a waiting write goes before waiting reads', async () => {
    const slots = new Slots(['a', 'b'], 1);
    const order: string[] = [];
    const reading = gate();
    const writing = gate();
    const first = slots.use('read', () => reading.done);
    const secondRead = slots.use('read', async () => order.push('read'));
    await slots.use('write', async () => order.push('write beside a read'));
    const firstWrite = slots.use('write', () => writing.done);
    const secondWrite = slots.use('write', async () => order.push('waiting write'));
    reading.open();
    await first;
    await Promise.all([secondWrite, secondRead]);
    writing.open();
    await firstWrite;
    expect(order).toEqual(['write beside a read', 'waiting write', 'read']);
  });

  test('a slot comes back when its work fails', async () => {
    const slots = new Slots(['a'], 1);
    await expect(slots.use('write', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await slots.use('read', async (item) => item)).toBe('a');
  });

  test('who waits too long is told to come back, and leaves the queue', async () => {
    const slots = new Slots(['a'], 1);
    const busy = gate();
    const holder = slots.use('write', () => busy.done);
    await expect(slots.use('read', async () => 'never', 10)).rejects.toMatchObject({
      code: 'store.busy',
      retryable: true,
    });
    busy.open();
    await holder;
    await slots.drained();
    expect(await slots.use('read', async (item) => item)).toBe('a');
  });

  test('drained waits for what is held and for who waits', async () => {
    const slots = new Slots(['a'], 1);
    const busy = gate();
    const finished: string[] = [];
    const all = [
      slots.use('read', () => busy.done).then(() => finished.push('held')),
      slots.use('write', async () => undefined).then(() => finished.push('waiting')),
    ];
    const drained = slots.drained().then(() => [...finished]);
    busy.open();
    await Promise.all(all);
    await drained;
    expect(finished.sort()).toEqual(['held', 'waiting']);
  });
});

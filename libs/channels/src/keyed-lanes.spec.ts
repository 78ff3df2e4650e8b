import { expect, test } from '@jest/globals';
import { KeyedLanes } from './keyed-lanes.js';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

test('work with one key runs one after the other, with others side by side', async () => {
  const lanes = new KeyedLanes();
  const running = new Map<string, number>();
  let together = 0;
  const work = (key: string) => async (): Promise<string> => {
    running.set(key, (running.get(key) ?? 0) + 1);
    expect(running.get(key)).toBe(1);
    together = Math.max(together, [...running.values()].filter((count) => count > 0).length);
    await pause();
    running.set(key, 0);
    return key;
  };
  const results = await Promise.all(['a', 'b', 'a', 'b', 'a'].map((key) => lanes.run(key, work(key))));
  expect(results).toEqual(['a', 'b', 'a', 'b', 'a']);
  expect(together).toBe(2);
});

test('a failure is that of its own work only', async () => {
  const lanes = new KeyedLanes();
  const failing = lanes.run('a', () => Promise.reject(new Error('broken')));
  const next = lanes.run('a', () => Promise.resolve(1));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe(1);
});

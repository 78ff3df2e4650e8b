import { describe, expect, test } from '@jest/globals';
import { startRefreshing, waitAfter } from './refresh.js';
import type { RefreshHost } from './refresh.js';

/** A browser whose clock and visibility the test moves. */
class FakeBrowser implements RefreshHost {
  time = 0;
  visible = true;
  tasks: { due: number; run: () => void }[] = [];
  listener: () => void = () => undefined;

  now(): number {
    return this.time;
  }
  isVisible(): boolean {
    return this.visible;
  }
  after(ms: number, run: () => void): () => void {
    const task = { due: this.time + ms, run };
    this.tasks.push(task);
    return () => {
      this.tasks = this.tasks.filter((other) => other !== task);
    };
  }
  onVisibilityChange(task: () => void): () => void {
    this.listener = task;
    return () => {
      this.listener = () => undefined;
    };
  }
  show(visible: boolean): void {
    this.visible = visible;
    this.listener();
  }
  async moveTo(time: number): Promise<void> {
    for (;;) {
      const next = this.tasks.filter((task) => task.due <= time).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) {
        break;
      }
      this.tasks = this.tasks.filter((task) => task !== next);
      this.time = Math.max(this.time, next.due);
      next.run();
      await new Promise(setImmediate);
    }
    this.time = time;
  }
}

function started(answer: () => Promise<boolean>) {
  const browser = new FakeBrowser();
  const loads: number[] = [];
  const waits: (number | null)[] = [];
  const load = (): Promise<boolean> => {
    loads.push(browser.time);
    return answer();
  };
  const refresher = startRefreshing(load, (dueAt) => waits.push(dueAt), browser);
  return { browser, loads, waits, refresher };
}

test('the wait doubles with each failure up to one minute', () => {
  expect([0, 1, 2, 3, 4, 50].map(waitAfter)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
});

describe('startRefreshing', () => {
  test('loads at once and then every five seconds', async () => {
    const { browser, loads } = started(async () => true);
    await browser.moveTo(16_000);
    expect(loads).toEqual([0, 5_000, 10_000, 15_000]);
  });

  test('backs off while nothing answers and returns to five seconds after an answer', async () => {
    let answers = false;
    const { browser, loads } = started(async () => answers);
    await browser.moveTo(31_000);
    expect(loads).toEqual([0, 10_000, 30_000]);
    answers = true;
    await browser.moveTo(80_000);
    expect(loads).toEqual([0, 10_000, 30_000, 70_000, 75_000, 80_000]);
  });

  test('never starts a load while another is under way', async () => {
    const finish: (() => void)[] = [];
    const { browser, loads, refresher } = started(
      () => new Promise((resolve) => finish.push(() => resolve(true))),
    );
    await browser.moveTo(20_000);
    refresher.refreshNow();
    browser.show(false);
    browser.show(true);
    await browser.moveTo(30_000);
    expect(loads).toEqual([0]);
    finish[0]?.();
    await new Promise(setImmediate);
    await browser.moveTo(35_000);
    expect(loads).toEqual([0, 35_000]);
  });

  test('loads nothing while hidden and catches up at once when shown again', async () => {
    const { browser, loads, waits } = started(async () => true);
    await browser.moveTo(1_000);
    browser.show(false);
    await browser.moveTo(60_000);
    expect(loads).toEqual([0]);
    expect(waits.at(-1)).toBeNull();
    browser.show(true);
    await browser.moveTo(61_000);
    expect(loads).toEqual([0, 60_000]);
  });

  test('refreshNow replaces the planned refresh, and stop ends all of it', async () => {
    const { browser, loads, refresher } = started(async () => true);
    await browser.moveTo(3_000);
    refresher.refreshNow();
    await browser.moveTo(7_000);
    expect(loads).toEqual([0, 3_000]);
    refresher.stop();
    await browser.moveTo(60_000);
    expect(loads).toEqual([0, 3_000]);
    expect(browser.tasks).toEqual([]);
  });
});

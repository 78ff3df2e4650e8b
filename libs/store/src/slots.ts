import { AppError } from '@tidewatch/core';
import { SLOT_WAIT_MS } from './limits.js';

/** `read` may be made to wait; `write` goes first, because somebody waits for an ingest answer behind it. */
export type Lane = 'read' | 'write';

interface Waiter<T> {
  readonly lane: Lane;
  readonly give: (item: T) => void;
}

/**
 * Hands out a fixed number of things (engine connections), each to one holder at a time.
 *
 * Writers are served before readers, and readers never hold the last one.
 */
export class Slots<T> {
  private readonly free: T[];
  private readonly maxReaders: number;
  private readonly size: number;
  private readers = 0;
  private readonly waiting: { write: Waiter<T>[]; read: Waiter<T>[] } = { write: [], read: [] };
  private idle: (() => void) | null = null;

  constructor(items: readonly T[], maxReaders: number) {
    this.free = [...items];
    this.size = items.length;
    this.maxReaders = maxReaders;
  }

  /**
   * Runs `work` with an exclusively held item.
   *
   * @throws AppError `store.busy` (retryable) when none came free within `waitMs`.
   */
  async use<R>(lane: Lane, work: (item: T) => Promise<R>, waitMs: number = SLOT_WAIT_MS): Promise<R> {
    const item = await this.acquire(lane, waitMs);
    try {
      return await work(item);
    } finally {
      this.release(item, lane);
    }
  }

  /** Resolves when nothing is held and nobody waits. */
  drained(): Promise<void> {
    if (this.isIdle()) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.idle = resolve;
    });
  }

  private acquire(lane: Lane, waitMs: number): Promise<T> {
    const item = this.take(lane);
    if (item !== undefined) {
      return Promise.resolve(item);
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting[lane] = this.waiting[lane].filter((other) => other !== waiter);
        reject(
          new AppError({
            code: 'store.busy',
            message: `No engine slot came free for a ${lane} within ${waitMs} ms.`,
            hint: 'The store is overloaded: shorten the time ranges that are queried, or try again later.',
            retryable: true,
          }),
        );
      }, waitMs);
      const waiter: Waiter<T> = {
        lane,
        give: (given) => {
          clearTimeout(timer);
          resolve(given);
        },
      };
      this.waiting[lane].push(waiter);
    });
  }

  private take(lane: Lane): T | undefined {
    if (lane === 'read' && this.readers >= this.maxReaders) {
      return undefined;
    }
    const item = this.free.pop();
    if (item !== undefined && lane === 'read') {
      this.readers++;
    }
    return item;
  }

  private release(item: T, lane: Lane): void {
    this.free.push(item);
    if (lane === 'read') {
      this.readers--;
    }
    for (const next of ['write', 'read'] as const) {
      while (this.waiting[next].length > 0) {
        const given = this.take(next);
        if (given === undefined) {
          break;
        }
        this.waiting[next].shift()?.give(given);
      }
    }
    if (this.isIdle()) {
      this.idle?.();
      this.idle = null;
    }
  }

  private isIdle(): boolean {
    return (
      this.free.length === this.size && this.waiting.write.length === 0 && this.waiting.read.length === 0
    );
  }
}

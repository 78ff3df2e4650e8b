import { alreadyProcessing, queueClosed } from '../queue-errors.js';
import type { Job, JobHandler, JobQueue, JobErrorListener } from '../job-queue.js';
import { DueJobs } from './due-jobs.js';

/** `setTimeout` fires at once when it is asked to wait longer. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The clock and timers of a queue in memory. */
export interface QueueClock {
  /** ms, never running backwards. */
  now(): number;
  /** Calls back once, not before `ms` have passed. @returns how to call it off */
  setTimer(callback: () => void, ms: number): () => void;
}

interface Entry<Data> {
  readonly id: string;
  readonly data: Data;
  readonly dueAt: number;
}

/** A queue in memory. What waits in it when it is closed, or when the process ends, is gone. */
export class InProcessQueue<Data> implements JobQueue<Data> {
  readonly name: string;
  private readonly clock: QueueClock;
  private readonly onError: JobErrorListener;
  /** Of everything that waits or runs. */
  private readonly ids = new Set<string>();
  private readonly delayed = new DueJobs<Entry<Data>>();
  /** A list with a moving head: `shift` would copy it for every job. */
  private ready: Entry<Data>[] = [];
  private head = 0;
  private active = 0;
  private paused = false;
  private work: { readonly concurrency: number; readonly handler: JobHandler<Data> } | null = null;
  private timer: { readonly at: number; readonly cancel: () => void } | null = null;
  private idle: (() => void) | null = null;
  private closing: Promise<void> | null = null;

  constructor(name: string, clock: QueueClock, onError: JobErrorListener) {
    this.name = name;
    this.clock = clock;
    this.onError = onError;
  }

  async add(jobs: readonly Job<Data>[]): Promise<void> {
    if (this.closing !== null) {
      throw queueClosed(this.name);
    }
    const now = this.clock.now();
    for (const { id, data, delayMs = 0 } of jobs) {
      if (this.ids.has(id)) {
        continue;
      }
      this.ids.add(id);
      if (delayMs > 0) {
        this.delayed.push({ id, data, dueAt: now + delayMs });
      } else {
        this.ready.push({ id, data, dueAt: now });
      }
    }
    this.arm();
    this.start();
  }

  process(concurrency: number, handler: JobHandler<Data>): void {
    if (this.work !== null) {
      throw alreadyProcessing(this.name);
    }
    this.work = { concurrency, handler };
    this.start();
  }

  async counts(): Promise<{ waiting: number; active: number }> {
    return { waiting: this.delayed.size + this.ready.length - this.head, active: this.active };
  }

  async pause(): Promise<void> {
    this.paused = true;
  }

  async resume(): Promise<void> {
    this.paused = false;
    this.start();
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.timer?.cancel();
    this.timer = null;
    this.delayed.clear();
    this.ready = [];
    this.head = 0;
    if (this.active > 0) {
      await new Promise<void>((resolve) => (this.idle = resolve));
    }
    this.ids.clear();
  }

  /** Sets the timer for the earliest delayed job, unless one is set for it or before it. */
  private arm(): void {
    const nextAt = this.delayed.nextAt;
    if (nextAt === undefined || this.closing !== null || (this.timer !== null && this.timer.at <= nextAt)) {
      return;
    }
    this.timer?.cancel();
    // Rounded up: a timer counts whole milliseconds, and a job must not be early.
    const wait = Math.min(Math.max(1, Math.ceil(nextAt - this.clock.now())), LONGEST_TIMER_MS);
    const cancel = this.clock.setTimer(() => {
      this.timer = null;
      this.release();
    }, wait);
    this.timer = { at: nextAt, cancel };
  }

  private release(): void {
    const now = this.clock.now();
    for (let due = this.delayed.takeDue(now); due !== undefined; due = this.delayed.takeDue(now)) {
      this.ready.push(due);
    }
    this.arm();
    this.start();
  }

  /** Starts as many jobs as may run. */
  private start(): void {
    while (
      this.closing === null &&
      !this.paused &&
      this.work !== null &&
      this.active < this.work.concurrency
    ) {
      const next = this.ready[this.head];
      if (next === undefined) {
        this.ready = [];
        this.head = 0;
        return;
      }
      this.head += 1;
      this.active += 1;
      void this.run(next, this.work.handler);
    }
    if (this.head > 1_000 && this.head * 2 > this.ready.length) {
      this.ready = this.ready.slice(this.head);
      this.head = 0;
    }
  }

  private async run({ id, data }: Entry<Data>, handler: JobHandler<Data>): Promise<void> {
    // A turn later: `add` has returned by then, and a handler that throws at once does so here.
    await Promise.resolve();
    try {
      await handler(data);
    } catch (error) {
      this.onError(error, { queue: this.name, job: id });
    } finally {
      this.active -= 1;
      this.ids.delete(id);
      this.start();
      if (this.active === 0) {
        this.idle?.();
      }
    }
  }
}

import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '@tidewatch/core';
import type Bull from 'bull';
import type { Job, JobHandler, JobQueue, JobErrorListener } from '../job-queue.js';
import { alreadyProcessing, queueClosed } from '../queue-errors.js';
import { redisError } from '../redis/redis-error.js';
import { within } from '../redis/time-limit.js';

/** What is stored of a job. The id is in it again: what does not belong together is seen and not run. */
export interface Envelope<Data> {
  readonly id: string;
  readonly data: Data;
}

/** Jobs in one round trip. More would hold Redis up for everybody else. */
const SLICE = 1_000;
/** Who adds a job wants to know soon that Redis is away; it may arrive all the same, which does no harm. */
const ANSWER_MS = 5_000;
/** After the last job has ended, how long the connections may take to close. */
const GOODBYE_MS = 3_000;
/** The same trouble is told again after this long. */
const REPEAT_TROUBLE_MS = 10_000;

/** Joins the id of a job and what tells its passings apart. */
const PASSED = '~passed-';
/** How long a job that is left to another process waits: it may come back to this one. */
const PASS_MS = 100;

/** What {@link BullJobQueue} needs. */
export interface BullJobQueueOptions<Data> {
  readonly queue: Bull.Queue<Envelope<Data>>;
  /** Address of Redis without user and password. */
  readonly shown: string;
  readonly onError: JobErrorListener;
}

/** A queue on Redis, shared by all processes that open one of this name. */
export class BullJobQueue<Data> implements JobQueue<Data> {
  readonly name: string;
  private readonly queue: Bull.Queue<Envelope<Data>>;
  private readonly shown: string;
  private readonly onError: JobErrorListener;
  private readonly running = new Set<Promise<void>>();
  private readonly told = new Map<string, number>();
  private working = false;
  private paused = false;
  private closing: Promise<void> | null = null;

  constructor({ queue, shown, onError }: BullJobQueueOptions<Data>) {
    this.name = queue.name;
    this.queue = queue;
    this.shown = shown;
    this.onError = onError;
    queue.on('error', (error) => this.report(error));
    queue.on('lock-extension-failed', (_job, error) => this.report(error));
  }

  async add(jobs: readonly Job<Data>[]): Promise<void> {
    for (let start = 0; start < jobs.length; start += SLICE) {
      if (this.closing !== null) {
        throw queueClosed(this.name);
      }
      await this.addSlice(jobs.slice(start, start + SLICE));
    }
  }

  process(concurrency: number, handler: JobHandler<Data>): void {
    if (this.working) {
      throw alreadyProcessing(this.name);
    }
    this.working = true;
    const work = this.queue.process(concurrency, (job) => this.run(job, handler));
    work.catch((error: unknown) => this.report(error));
  }

  async counts(): Promise<{ waiting: number; active: number }> {
    try {
      const { waiting, delayed, active } = await within(ANSWER_MS, this.queue.getJobCounts());
      return { waiting: waiting + delayed, active };
    } catch (error) {
      throw redisError(`The jobs of the queue ${this.name} cannot be counted`, this.shown, error);
    }
  }

  async pause(): Promise<void> {
    this.paused = true;
  }

  async resume(): Promise<void> {
    this.paused = false;
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /**
   * Leaves a job to another process. Bull's own local pause is not used: it takes the worker's connection down and up again,
   * and when that happens while Redis is away the worker never asks for jobs again.
   */
  private async pass(id: string, data: Data): Promise<void> {
    // Another id: this one is taken for as long as the job runs.
    const again = `${id.split(PASSED)[0] ?? id}${PASSED}${randomUUID()}`;
    try {
      await this.addSlice([{ id: again, data, delayMs: PASS_MS }]);
    } catch (error) {
      // Whoever made it makes it again from what is stored.
      this.report(error);
    }
  }

  private async addSlice(jobs: readonly Job<Data>[]): Promise<void> {
    const attempt = `${jobs.length} jobs cannot be added to the queue ${this.name}`;
    const bulk = jobs.map(({ id, data, delayMs = 0 }) => ({
      data: { id, data },
      opts: { jobId: jobKey(id), ...(delayMs > 0 ? { delay: Math.ceil(delayMs) } : {}) },
    }));
    try {
      const added = await within(ANSWER_MS, this.queue.addBulk(bulk));
      // A command that Redis refuses inside the transaction leaves its error where the id should be.
      if (added.some((job, index) => job.id !== bulk[index]?.opts.jobId)) {
        throw redisError(attempt, this.shown, new Error('EXECABORT'));
      }
    } catch (error) {
      throw isAppError(error) ? error : redisError(attempt, this.shown, error);
    }
  }

  private async run(job: Bull.Job<Envelope<Data>>, handler: JobHandler<Data>): Promise<void> {
    const { id, data } = job.data;
    if (typeof id !== 'string' || jobKey(id) !== job.id) {
      // Without these options its remains would stay and be taken for a job that still waits.
      Object.assign(job.opts, { removeOnComplete: true, removeOnFail: true });
      this.report(
        new AppError({
          code: 'jobs.damaged',
          message: `A job of the queue ${this.name} has lost its content and is dropped.`,
          hint: 'Give Redis enough memory, with maxmemory-policy noeviction. Jobs are made again from what is stored.',
        }),
      );
      return;
    }
    const work = this.paused ? this.pass(id, data) : this.work(id, data, handler);
    this.running.add(work);
    await work;
    this.running.delete(work);
  }

  /** Never rejects: Bull would store the text of the error, and what is in it is unknown. */
  private async work(id: string, data: Data, handler: JobHandler<Data>): Promise<void> {
    try {
      await handler(data);
    } catch (error) {
      this.onError(error, { queue: this.name, job: id });
    }
  }

  private async end(): Promise<void> {
    forgiveReconnection(this.queue);
    // Ends only once Redis has heard of the last job, and Redis may be away.
    const closed = this.queue.close();
    while (this.running.size > 0) {
      await Promise.all(this.running);
    }
    await within(GOODBYE_MS, closed).catch(() => undefined);
    for (const client of this.queue.clients) {
      if (client.status !== 'end') {
        client.disconnect();
      }
      stopSocketTimer(client);
    }
  }

  /** Tells of trouble with Redis. Three connections see each outage, every time they try again. */
  private report(error: unknown): void {
    if (this.closing !== null) {
      return;
    }
    const trouble = isAppError(error)
      ? error
      : isLostJob(error)
        ? new AppError({
            code: 'jobs.lost-lock',
            message: `A job of the queue ${this.name} belonged to its worker no more when it was done: the worker had been silent for longer than its lock, or Redis has lost its data.`,
            hint: 'The job may run again, and nothing happens twice. If it happens often, give the process more CPU.',
          })
        : redisError(`The queue ${this.name} is held up`, this.shown, error);
    const now = Date.now();
    const key = `${trouble.code} ${trouble.message}`;
    if (now - (this.told.get(key) ?? -Infinity) < REPEAT_TROUBLE_MS) {
      return;
    }
    if (this.told.size > 100) {
      this.told.clear();
    }
    this.told.set(key, now);
    this.onError(trouble, { queue: this.name, job: null });
  }
}

/**
 * The id under which Bull keeps a job. Redis keys are joined by colons and share a prefix with Bull's own, so that an id
 * such as `wait` or `a:lock` would name something else.
 */
function jobKey(id: string): string {
  // By way of a buffer: it repairs half surrogates, which `encodeURIComponent` throws at.
  return `job-${encodeURIComponent(Buffer.from(id).toString())}`;
}

/**
 * To end the worker's blocking call, Bull takes its connection down and up again, and looks at how that went only after
 * the last job: while Redis is away the failure would be a rejection that nobody handles, and end the process.
 */
function forgiveReconnection(queue: object): void {
  const { bclientInitialized, bclient } = queue as {
    readonly bclientInitialized?: boolean;
    readonly bclient: { connect(): Promise<void> };
  };
  // Asking for the client would make one.
  if (bclientInitialized === true) {
    const connect = bclient.connect.bind(bclient);
    bclient.connect = () => connect().catch(() => undefined);
  }
}

/**
 * The client library forgets the timer that watches over answers when it disconnects while one is due, and a worker
 * always has one due. For 15 s it would keep the process from ending.
 */
function stopSocketTimer(client: object): void {
  clearTimeout((client as { socketTimeoutTimer?: NodeJS.Timeout }).socketTimeoutTimer);
}

/** Bull has no codes for what its own scripts answer. */
function isLostJob(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Missing (key|lock) for job|Job .* is not in the|Lock mismatch)/.test(error.message)
  );
}

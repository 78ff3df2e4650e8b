/** One piece of work. Work is done at least once: what a handler does twice must have one effect. */
export interface Job<Data> {
  /** A job with the id of one that waits or runs is the same job. Ids of finished jobs are forgotten. */
  readonly id: string;
  /** Survives `JSON.stringify` and holds no secret: a shared queue stores it. Handlers do not change it. */
  readonly data: Data;
  /** How long it waits before it may run, ms; default 0. */
  readonly delayMs?: number;
}

/** Does the work of one job. A rejection is reported and the job forgotten: whoever made it knows how to make it again. */
export type JobHandler<Data> = (data: Data) => Promise<void>;

/** A queue of jobs of one kind. */
export interface JobQueue<Data> {
  readonly name: string;
  /**
   * Resolves when the jobs are in the queue. After an error some of them may be: adding them again is safe.
   *
   * @throws AppError `jobs.queue-closed`, `jobs.redis-unreachable` (retryable), `jobs.redis-refused` (retryable)
   */
  add(jobs: readonly Job<Data>[]): Promise<void>;
  /** Starts working. Once per queue and process. */
  process(concurrency: number, handler: JobHandler<Data>): void;
  /**
   * Jobs that wait, delayed ones included, and that run.
   *
   * @throws AppError `jobs.redis-unreachable` (retryable)
   */
  counts(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** This process takes no more jobs until {@link resume}; other processes do. Jobs that run go on. Does not reject. */
  pause(): Promise<void>;
  /** Works again. Does not reject. */
  resume(): Promise<void>;
  /** Takes no more jobs and waits for those that run. */
  close(): Promise<void>;
}

/** Where queues come from: memory, or Redis. */
export interface JobDriver {
  readonly kind: 'in-process' | 'bull';
  /** Whether several processes share its queues. */
  readonly shared: boolean;
  /**
   * Resolves when jobs can be added.
   *
   * @throws AppError `jobs.redis-unreachable` (retryable), `jobs.redis-denied`
   */
  ready(): Promise<void>;
  /** Opens a queue; each name once. */
  open<Data>(name: string): JobQueue<Data>;
}

/** What an error without a caller is about. */
export interface JobErrorPlace {
  readonly queue: string;
  /** `null` when it is about no single job. */
  readonly job: string | null;
}

/**
 * Hears of errors that nobody waits for: what a handler rejected with, and trouble with Redis (AppErrors). Must not
 * throw.
 */
export type JobErrorListener = (error: unknown, place: JobErrorPlace) => void;

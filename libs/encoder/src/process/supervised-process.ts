import { AppError } from '@tidewatch/core';
import { DeathRecord } from './death-record.js';
import type { ProcessLogger } from './process-logger.js';
import type { Provider, ProviderReport } from './provider-report.js';
import { Worker, type PendingRequest, type WorkerAnswer, type WorkerTimeouts } from './worker.js';
import { workerPath, type WorkerName } from './worker-path.js';
import type { WorkerStarted } from './worker-protocol.js';

/** What is supervised. */
export interface SupervisedOptions {
  /** For messages: "encoder images". */
  readonly name: string;
  /** First part of the codes of errors: `encoder` makes `encoder.failed`, `encoder.closed` and `encoder.died`. */
  readonly code: string;
  readonly worker: WorkerName;
  /** What the worker is started with. */
  readonly parameters: unknown;
  readonly provider: Provider | 'auto';
  /** How many requests may be on the way to the process at once: one is worked on while the next is made ready. */
  readonly window: number;
  /** Above this the process is replaced by a new one. */
  readonly memoryLimitBytes: number;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly timeouts?: Partial<WorkerTimeouts> | undefined;
  readonly logger: ProcessLogger;
  /** Called when there may be room for a request, and when the state has changed. */
  readonly onChange?: () => void;
}

/** `failed` is for good when the worker said that it cannot work; after deaths, starts go on and it may become `ready`. */
export type ProcessState = 'starting' | 'ready' | 'failed' | 'closed';

/** Loading a model of gigabytes and building a GPU's shaders take minutes; more is a hang. */
const TIMEOUTS: WorkerTimeouts = { startMs: 300_000, answerMs: 300_000, stopMs: 5000 };
/** A process whose memory is above the limit from the start is replaced when it has grown by a quarter. */
const GROWTH_ABOVE_START = 1.25;
/** A process that grows too large within this time is let be: starting others would be all that is done. */
const REPLACEMENT_PAUSE_MS = 10_000;

/**
 * A child process that is always there: started again when it dies, replaced when it has grown too large, and no request is
 * lost by either. A request that takes the process down again and again is refused, and no other.
 */
export class SupervisedProcess {
  private readonly options: SupervisedOptions;
  private readonly deaths: DeathRecord;
  private readonly waiting: PendingRequest[] = [];
  private readonly retiring = new Set<Worker>();
  private current: Worker | null;
  private replacement: Worker | null = null;
  private nextStart: NodeJS.Timeout | undefined;
  private limitBytes: number;
  private noReplacementBefore = 0;
  private stateNow: ProcessState = 'starting';
  private problemNow = '';
  private restartCount = 0;
  /** The worker itself said that it cannot work: starting it again would change nothing. */
  private startRefused = false;
  private undecided: (() => void)[] = [];

  constructor(options: SupervisedOptions) {
    this.options = options;
    this.deaths = new DeathRecord(options.provider);
    this.limitBytes = options.memoryLimitBytes;
    this.current = this.start();
  }

  get state(): ProcessState {
    return this.stateNow;
  }

  /** What is wrong, for a person; empty when nothing is. */
  get problem(): string {
    return this.problemNow;
  }

  /** How many times the process was started again or replaced. */
  get restarts(): number {
    return this.restartCount;
  }

  /** What the process said when it was ready; `null` while there is none that is. */
  get started(): WorkerStarted | null {
    return this.current?.started ?? null;
  }

  /** What the process runs on, or ran on while it is being started again. */
  get provider(): ProviderReport | null {
    return this.deaths.settled;
  }

  get residentBytes(): number {
    return this.current?.residentBytes ?? 0;
  }

  get pid(): number | undefined {
    return this.current?.pid;
  }

  /** Whether a request would be sent at once. */
  get hasRoom(): boolean {
    return this.waiting.length === 0 && this.hasRoomFor(false);
  }

  /** Resolves when the process is ready, has failed or is closed. */
  decided(): Promise<void> {
    return this.stateNow === 'starting'
      ? new Promise((resolve) => this.undecided.push(resolve))
      : Promise.resolve();
  }

  /** Why a request would be refused now; `null` when it would not be. */
  refusal(): AppError | null {
    switch (this.stateNow) {
      case 'closed':
        return this.error('closed', 'takes nothing more: it was closed', true);
      case 'failed':
        return this.error('failed', `does not work: ${this.problemNow}`, !this.startRefused);
      case 'starting':
      case 'ready':
        return null;
    }
  }

  /**
   * Sends a request as soon as there is room, and again when the process dies.
   *
   * @param attempts how many processes the request may take down before it is given up
   * @throws AppError `CODE.died` when it took down as many; `CODE.failed` when the process cannot be started; `CODE.closed`;
   * or what the worker refused it with
   */
  request(payload: unknown, parts: readonly Uint8Array[], attempts = 3): Promise<WorkerAnswer> {
    return new Promise((resolve, reject) => {
      const refusal = this.refusal();
      if (refusal !== null) {
        reject(refusal);
        return;
      }
      this.waiting.push({ payload, parts, attempts, deaths: 0, suspect: false, resolve, reject });
      this.pump();
    });
  }

  /** Refuses what was not sent, lets the process finish what was, within some seconds, and ends it. */
  async close(): Promise<void> {
    clearTimeout(this.nextStart);
    this.become('closed', '');
    const workers = [this.current, this.replacement, ...this.retiring].filter((worker) => worker !== null);
    await Promise.all(workers.map((worker) => worker.stop()));
  }

  private start(): Worker {
    const { worker, parameters, provider, environment, timeouts, name, logger } = this.options;
    return new Worker(
      { script: workerPath(worker), ...(environment === undefined ? {} : { environment }) },
      { parameters, provider, excluded: this.deaths.excluded, settled: this.deaths.settled },
      { ...TIMEOUTS, ...timeouts },
      {
        onStarted: (from, started) => this.onStarted(from, started),
        onStartRefused: (from, error) => this.onStartRefused(from, error),
        onSettled: (from) => this.onSettled(from),
        // A provider that is tried and does not work says so at length; whether it works is told when it is known.
        onLine: (from, line) =>
          logger[from.speaksOfStart ? 'info' : 'warn']({ process: name, pid: from.pid }, line),
        onExit: (from, reason) => this.onExit(from, reason),
      },
    );
  }

  private onStarted(worker: Worker, { provider: report }: WorkerStarted): void {
    if (worker === this.replacement) {
      this.replacement = null;
      this.restartCount++;
      this.noReplacementBefore = Date.now() + REPLACEMENT_PAUSE_MS;
      const old = this.current;
      this.current = worker;
      if (old !== null) {
        this.retire(old);
      }
    }
    if (worker !== this.current) {
      return;
    }
    const { name, logger } = this.options;
    logger.info({ process: name, pid: worker.pid, ...report }, 'a process is ready');
    this.deaths.started(report);
    this.setLimit(worker);
    this.become('ready', '');
  }

  private setLimit({ residentBytes }: Worker): void {
    const { name, logger, memoryLimitBytes } = this.options;
    this.limitBytes = memoryLimitBytes;
    if (residentBytes > memoryLimitBytes) {
      this.limitBytes = residentBytes * GROWTH_ABOVE_START;
      logger.warn(
        { process: name, residentBytes, memoryLimitBytes },
        'a process is above its memory limit as soon as it has started; it will be replaced when it has grown by a quarter',
      );
    }
  }

  private onStartRefused(worker: Worker, error: AppError): void {
    if (worker === this.current) {
      this.options.logger.error({ process: this.options.name, code: error.code }, error.explanation);
      this.retire(worker);
      this.current = null;
      this.startRefused = true;
      this.become('failed', error.explanation);
    } else {
      void worker.stop();
    }
  }

  private onSettled(worker: Worker): void {
    this.deaths.answered();
    if (worker !== this.current) {
      this.retire(worker);
    } else if (worker.residentBytes > this.limitBytes) {
      this.replace(worker);
    }
    this.changed();
  }

  /** Starts another process beside this one; it takes over when it is ready. */
  private replace({ residentBytes }: Worker): void {
    if (this.replacement === null && this.stateNow === 'ready' && Date.now() >= this.noReplacementBefore) {
      const { name, logger, memoryLimitBytes } = this.options;
      logger.info(
        { process: name, residentBytes, memoryLimitBytes },
        'a process is replaced for the memory it uses',
      );
      this.replacement = this.start();
    }
  }

  private retire(worker: Worker): void {
    this.retiring.add(worker);
    if (worker.inFlight.length === 0) {
      void worker.stop();
    }
  }

  private onExit(worker: Worker, reason: string): void {
    const { name, logger } = this.options;
    this.takeBack(worker, reason);
    this.retiring.delete(worker);
    if (worker === this.replacement) {
      this.replacement = null;
      this.noReplacementBefore = Date.now() + REPLACEMENT_PAUSE_MS;
      logger.warn({ process: name, reason }, 'a process that was to take over did not start');
    } else if (worker === this.current) {
      this.current = null;
      this.startAgain(worker, reason);
    }
    this.changed();
  }

  private startAgain(dead: Worker, reason: string): void {
    if (this.stateNow === 'closed') {
      return;
    }
    const { name, logger } = this.options;
    const ran = dead.started?.provider.provider ?? null;
    const delayMs = this.deaths.died({ reason, ran, trying: dead.trying });
    logger.warn({ process: name, pid: dead.pid, reason, delayMs }, 'a process died and is started again');
    if (this.replacement !== null) {
      this.current = this.replacement;
      this.replacement = null;
    } else {
      this.nextStart = setTimeout(() => (this.current = this.start()), delayMs);
    }
    this.restartCount++;
    this.become(this.deaths.hopeless ? 'failed' : 'starting', `its process ${reason}`);
  }

  /** What a dead process had not answered is sent again; what it was at when it died has one attempt less. */
  private takeBack(worker: Worker, reason: string): void {
    const requests = worker.inFlight.splice(0);
    const [first] = requests;
    if (first === undefined) {
      return;
    }
    first.deaths++;
    if (first.deaths >= first.attempts) {
      requests.shift();
      first.reject(
        this.error('died', `cannot do what it was asked: its process ${reason} while it was at it`, false),
      );
    }
    for (const request of requests) {
      request.suspect = true;
    }
    this.waiting.unshift(...requests);
  }

  private hasRoomFor(suspect: boolean): boolean {
    const worker = this.current;
    if (this.stateNow !== 'ready' || worker === null) {
      return false;
    }
    const alone = suspect || worker.inFlight.some((request) => request.suspect);
    return worker.inFlight.length < (alone ? 1 : this.options.window);
  }

  private pump(): void {
    const refusal = this.refusal();
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (refusal !== null) {
        next.reject(refusal);
      } else if (this.hasRoomFor(next.suspect)) {
        this.current?.send(next);
      } else {
        return;
      }
      this.waiting.shift();
    }
  }

  private error(code: string, problem: string, retryable: boolean): AppError {
    const { name, code: prefix } = this.options;
    return new AppError({ code: `${prefix}.${code}`, message: `The ${name} ${problem}.`, retryable });
  }

  private become(state: ProcessState, problem: string): void {
    this.stateNow = state;
    this.problemNow = problem;
    if (state !== 'starting') {
      this.undecided.splice(0).forEach((resolve) => resolve());
    }
    this.changed();
  }

  private changed(): void {
    this.pump();
    this.options.onChange?.();
  }
}

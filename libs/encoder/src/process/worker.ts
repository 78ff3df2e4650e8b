import type { AppError } from '@tidewatch/core';
import { ChildProcess, type ChildProgram } from './child-process.js';
import type { Frame } from './frames.js';
import type { Provider } from './provider-report.js';
import { errorOf } from './error-header.js';
import type { AnswerHeader, RequestHeader, WorkerStart, WorkerStarted } from './worker-protocol.js';

/** What a child process answered. */
export interface WorkerAnswer {
  readonly result: unknown;
  readonly parts: readonly Uint8Array[];
}

/** A request and who waits for its answer. */
export interface PendingRequest {
  readonly payload: unknown;
  readonly parts: readonly Uint8Array[];
  /** How many processes it may take down before it is given up. */
  readonly attempts: number;
  /** How many it took down. */
  deaths: number;
  /** Whether it was under way when a process died: it is sent alone then, so that it is known which one does it. */
  suspect: boolean;
  resolve(answer: WorkerAnswer): void;
  reject(error: AppError): void;
}

/** How long a process may take. */
export interface WorkerTimeouts {
  readonly startMs: number;
  readonly answerMs: number;
  /** Until it has finished what it was sent, after it was told to end. */
  readonly stopMs: number;
}

/** What becomes of a worker. */
export interface WorkerEvents {
  onStarted(worker: Worker, started: WorkerStarted): void;
  /** It says that it cannot do what it was started for. */
  onStartRefused(worker: Worker, error: AppError): void;
  /** A request was answered or refused, and whoever waited for it knows. */
  onSettled(worker: Worker): void;
  onLine(worker: Worker, line: string): void;
  /** It is gone; what is left in `inFlight` was not answered. */
  onExit(worker: Worker, reason: string): void;
}

/** Lines come another way than answers: what was written before the start was over may be read this much later, ms. */
const LATE_LINE_MS = 1_000;

/** One child process that answers requests in the order in which they are sent. */
export class Worker {
  /** What was sent and not answered, the oldest first: that one is being worked on. */
  readonly inFlight: PendingRequest[] = [];
  /** What it said when it was ready. */
  started: WorkerStarted | null = null;
  /** The provider that it is trying to start with. */
  trying: Provider | null = null;
  residentBytes = 0;
  private startedAt = Infinity;
  private readonly child: ChildProcess;
  private readonly events: WorkerEvents;
  private readonly timeouts: WorkerTimeouts;
  private readonly exited: Promise<void>;
  private exit: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  /** The id of the oldest request in flight; the start has 0. */
  private oldest = 1;
  private gone = false;

  constructor(program: ChildProgram, start: WorkerStart, timeouts: WorkerTimeouts, events: WorkerEvents) {
    this.events = events;
    this.timeouts = timeouts;
    this.exited = new Promise((resolve) => (this.exit = resolve));
    this.child = new ChildProcess(program, {
      onFrame: (frame) => this.read(frame),
      onLine: (line) => events.onLine(this, line),
      onExit: (reason) => this.leave(reason),
    });
    this.watch(timeouts.startMs, 'was not ready');
    const header: RequestHeader = { id: 0, payload: start };
    void this.child.send({ header, parts: [] });
  }

  /** Whether a line that it has just said may be about its start. */
  get speaksOfStart(): boolean {
    return this.started === null || Date.now() - this.startedAt < LATE_LINE_MS;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Sends a request. One that cannot be sent is refused by itself. */
  send(request: PendingRequest): void {
    const header: RequestHeader = { id: this.oldest + this.inFlight.length, payload: request.payload };
    try {
      void this.child.send({ header, parts: request.parts });
    } catch (error) {
      request.reject(error as AppError);
      return;
    }
    this.inFlight.push(request);
    if (this.inFlight.length === 1) {
      this.watch(this.timeouts.answerMs, 'did not answer');
    }
  }

  /** Lets it finish what it was sent, then ends it, in any case in time; resolves when it is gone. */
  async stop(): Promise<void> {
    this.child.end();
    const late = setTimeout(() => this.child.kill(), this.timeouts.stopMs);
    await this.exited;
    clearTimeout(late);
  }

  private read({ header, parts }: Frame): void {
    const answer = header as AnswerHeader;
    if (answer.kind === 'trying') {
      this.trying = answer.provider;
      return;
    }
    this.residentBytes = answer.residentBytes;
    if (answer.id === 0) {
      this.takeStart(answer);
      return;
    }
    const request = answer.id === this.oldest ? this.inFlight.shift() : undefined;
    if (request === undefined) {
      this.child.kill('answered what it was not asked');
      return;
    }
    this.oldest++;
    if (this.inFlight.length > 0) {
      this.watch(this.timeouts.answerMs, 'did not answer');
    } else {
      clearTimeout(this.timer);
    }
    if (answer.kind === 'answer') {
      request.resolve({ result: answer.result, parts });
    } else {
      request.reject(errorOf(answer.error));
    }
    this.events.onSettled(this);
  }

  private takeStart(answer: Exclude<AnswerHeader, { kind: 'trying' }>): void {
    clearTimeout(this.timer);
    this.trying = null;
    if (answer.kind === 'answer') {
      this.started = answer.result as WorkerStarted;
      this.startedAt = Date.now();
      this.events.onStarted(this, this.started);
    } else {
      this.events.onStartRefused(this, errorOf(answer.error));
    }
  }

  private watch(limitMs: number, what: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.child.kill(`was ended because it ${what} within ${seconds(limitMs)}`),
      limitMs,
    );
  }

  private leave(reason: string): void {
    if (!this.gone) {
      this.gone = true;
      clearTimeout(this.timer);
      this.exit();
      this.events.onExit(this, reason);
    }
  }
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${Math.round(milliseconds / 1000)} s`;
}

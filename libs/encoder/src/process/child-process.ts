import { type ChildProcess as NodeChildProcess, spawn } from 'node:child_process';
import { type Duplex, PassThrough } from 'node:stream';
import { errorMessage } from '@tidewatch/core';
import { FrameWriter } from './frame-writer.js';
import { type Frame, FrameReader } from './frames.js';

/** What is run. */
export interface ChildProgram {
  /** A JavaScript file, run by this very Node.js. */
  readonly script: string;
  /** The whole environment of the child; this process's own when it is not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** What a child process does. */
export interface ChildEvents {
  onFrame(frame: Frame): void;
  /** A line that it wrote to standard error. */
  onLine(line: string): void;
  /** It is gone, and everything it sent has been read. `reason` is a part of a sentence: "was killed by SIGKILL". */
  onExit(reason: string): void;
}

/** A line of standard error is cut here: it may be anything. */
const LINE_CHARACTERS = 2000;
/** How long frames are waited for after the end of the process. A process of its own could hold the pipe open. */
const PIPE_CLOSE_MS = 1000;
/** Left alone, this space grows to twice the size after some thousand batches, which looks like a leak. */
const YOUNG_SPACE = '--max-semi-space-size=8';
/** ONNX Runtime colours what it writes. */
const COLOUR = /\u001b\[[0-9;]*m/g;

/** One operating-system process and the pipe of frames to it (its file descriptor 3). */
export class ChildProcess {
  private readonly child: NodeChildProcess;
  private readonly writer: FrameWriter;
  private readonly pipe: Duplex;
  private readonly events: ChildEvents;
  private readonly reader = new FrameReader();
  private killedFor: string | undefined;
  private gone = false;

  constructor({ script, environment }: ChildProgram, events: ChildEvents) {
    this.events = events;
    this.child = spawn(process.execPath, [YOUNG_SPACE, script], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      ...(environment === undefined ? {} : { env: environment }),
    });
    // There are no streams when the system has no room for another process; the error follows.
    const streams = this.child.stdio as NodeChildProcess['stdio'] | undefined;
    this.pipe = (streams?.[3] ?? new PassThrough().destroy()) as Duplex;
    this.writer = new FrameWriter(this.pipe);
    this.pipe.on('data', (chunk: Uint8Array) => this.read(chunk));
    // A broken pipe means that the process is ending, which is told by its exit.
    this.pipe.on('error', () => undefined);
    this.readLines();
    this.child.on('error', (error) => this.leave(`could not be started: ${errorMessage(error)}`));
    this.child.on('exit', (code, signal) => {
      const reason = this.killedFor ?? exitReason(code, signal);
      const waited = setTimeout(() => this.leave(reason), PIPE_CLOSE_MS);
      this.child.once('close', () => {
        clearTimeout(waited);
        this.leave(reason);
      });
    });
  }

  /** The process's number, or `undefined` when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Sends a frame; resolves when the pipe has taken it, or is broken.
   *
   * @throws AppError `process.frame` when it is too large
   */
  send(frame: Frame): Promise<void> {
    return this.writer.send(frame);
  }

  /** Ends the pipe: the process exits once it has done what it was sent. */
  end(): void {
    this.writer.end();
  }

  /** Ends the process at once. `reason` replaces the signal in what is told of its end. */
  kill(reason?: string): void {
    this.killedFor ??= reason;
    this.child.kill('SIGKILL');
  }

  private read(chunk: Uint8Array): void {
    if (this.gone || this.killedFor !== undefined) {
      return;
    }
    try {
      for (const frame of this.reader.push(chunk)) {
        this.events.onFrame(frame);
      }
    } catch (error) {
      this.kill(`sent what cannot be read: ${errorMessage(error)}`);
    }
  }

  private readLines(): void {
    let rest = '';
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_CHARACTERS);
      for (const line of lines) {
        const plain = line.replaceAll(COLOUR, '').trim().slice(0, LINE_CHARACTERS);
        if (plain !== '') {
          this.events.onLine(plain);
        }
      }
    });
  }

  private leave(reason: string): void {
    if (!this.gone) {
      this.gone = true;
      this.pipe.destroy();
      this.events.onExit(reason);
    }
  }
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') {
    return 'was killed by SIGKILL, which the system does when memory is short';
  }
  return signal === null ? `ended with status ${code ?? 'unknown'}` : `was killed by ${signal}`;
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProviderReport } from '@tidewatch/encoder';
import type { EncoderWorkload } from './encoder-workload.js';

/** What ONNX Runtime alone is to run. */
export interface BareModel {
  readonly modelPath: string;
  readonly provider: ProviderReport['provider'];
  readonly threads: number | null;
  /** Of the one tensor, the size of the batch first. */
  readonly dims: readonly number[];
}

/** What the process is asked for. */
export type BareRequest =
  | { readonly kind: 'run'; readonly milliseconds: number }
  /** Releases the session, creates another and runs it so many times. */
  | { readonly kind: 'reload'; readonly batches: number };

/** Runs of a time. */
export interface BareRun {
  readonly rows: number;
  readonly milliseconds: number;
  /** 99th percentile of the event loop's delay in that process. */
  readonly delayMs: number;
}

const MAIN = fileURLToPath(new URL('./bare-session-main.js', import.meta.url));

/**
 * A process that does nothing but `session.run` on a tensor that is there already, on the thread of its event loop: what a
 * service costs beyond ONNX Runtime is measured against it. Same provider, batch, threads, session options and priority as the
 * encoder's process.
 */
export class BareSession {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** Starts the process for the model of a workload. */
  static async open(
    { modelPath, row, rule }: EncoderWorkload,
    provider: ProviderReport['provider'],
  ): Promise<BareSession> {
    const dims = [rule.batch.size, ...row];
    const model: BareModel = { modelPath, provider, threads: rule.threads, dims };
    const session = new BareSession(fork(MAIN, [JSON.stringify(model)]));
    await session.answer();
    return session;
  }

  /** Runs the model for a time. */
  async run(milliseconds: number): Promise<BareRun> {
    return (await this.ask({ kind: 'run', milliseconds })) as BareRun;
  }

  /** Replaces the session by a new one and runs `batches`; the resident memory of the process in bytes after that. */
  async reload(batches: number): Promise<number> {
    return (await this.ask({ kind: 'reload', batches })) as number;
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill();
    await ended;
  }

  private ask(request: BareRequest): Promise<unknown> {
    this.child.send(request);
    return this.answer();
  }

  private answer(): Promise<unknown> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void =>
        reject(new Error(`The process of ONNX Runtime alone ended with ${code}.`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message);
      });
    });
  }
}

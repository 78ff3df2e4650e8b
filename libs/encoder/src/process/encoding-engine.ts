import { Worker } from 'node:worker_threads';
import { errorMessage } from '@tidewatch/core';
import type { TensorBatch } from './encode-batch.js';
import {
  memoryOf,
  type EngineResult,
  type EngineStart,
  type FromEngine,
  type ToEngine,
} from './engine-protocol.js';
import { errorOf } from './error-header.js';
import type { Provider, ProviderReport } from './provider-report.js';

/** Who waits for the thread's answer. */
interface Waiting {
  readonly resolve: (answer: FromEngine) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A model in a thread of its own: ONNX Runtime holds up the thread it is called on, which would otherwise keep the next batch
 * from being read and prepared. It does what it is told in order; batches may be sent before those before them are done, so that
 * the model never waits for this thread.
 */
export class EncodingEngine {
  private readonly thread = new Worker(new URL('./engine-main.js', import.meta.url));
  private readonly trying: (provider: Provider | null) => Promise<void>;
  /** The first is being worked on. */
  private readonly waiting: Waiting[] = [];

  constructor(trying: (provider: Provider | null) => Promise<void>) {
    this.trying = trying;
    this.thread.on('message', (message: FromEngine) => this.take(message));
    this.thread.on('error', (error) => this.leave(errorMessage(error)));
  }

  /** Loads the model on the best provider that works. */
  async open(start: EngineStart): Promise<ProviderReport> {
    const answer = await this.call({ kind: 'open', start });
    if (answer.kind !== 'opened') {
      throw new Error(`The thread of the model answered ${answer.kind} when it was opened.`);
    }
    return answer.report;
  }

  /** Encodes a batch, whose tensors belong to the thread until their memory comes back with the result. */
  async encode(
    batch: TensorBatch,
  ): Promise<{ readonly result: EngineResult; readonly memory: readonly ArrayBuffer[] }> {
    const answer = await this.call({ kind: 'encode', batch }, memoryOf(batch));
    if (answer.kind !== 'encoded') {
      throw new Error(`The thread of the model answered ${answer.kind} to a batch.`);
    }
    return answer;
  }

  /** Gives the session back. ONNX Runtime may bring the process down when it is ended under it. */
  async close(): Promise<void> {
    await this.call({ kind: 'close' });
  }

  private call(message: ToEngine, transferred: readonly ArrayBuffer[] = []): Promise<FromEngine> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.thread.postMessage(message, [...transferred]);
    });
  }

  private take(message: FromEngine): void {
    switch (message.kind) {
      case 'trying':
        void this.trying(message.provider).then(() => {
          this.thread.postMessage({ kind: 'noted' } satisfies ToEngine);
        });
        return;
      case 'broken':
        this.leave(message.reason);
        return;
      case 'refused':
        this.waiting.shift()?.reject(errorOf(message.error));
        return;
      case 'opened':
      case 'encoded':
      case 'closed':
        this.waiting.shift()?.resolve(message);
    }
  }

  /** Another process gets a new session, and the batch. */
  private leave(reason: string): void {
    console.error(reason);
    process.exit(1);
  }
}

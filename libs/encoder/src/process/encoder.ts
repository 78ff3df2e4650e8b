import { AppError, isAppError } from '@tidewatch/core';
import type { EncodedInput, RawInput } from '../inputs/raw-input.js';
import type { EncoderRule } from '../rule/encoder-rule.js';
import { EncodeCall } from './encode-call.js';
import type {
  EncodingParameters,
  EncodingRequest,
  EncodingResult,
  EncodingStarted,
} from './encoding-protocol.js';
import type { OperatorTime } from './operator-profile.js';
import type { ProcessLogger } from './process-logger.js';
import type { ProviderReport } from './provider-report.js';
import { type QueuedInput, type QueueLimits, RawInputQueue } from './raw-input-queue.js';
import { type ProcessState, SupervisedProcess } from './supervised-process.js';
import type { WorkerTimeouts } from './worker.js';

/** How an encoder is doing. */
export interface EncoderStatus {
  readonly name: string;
  readonly sha256: string;
  /** Length of its vectors; `null` until it is ready. */
  readonly dimension: number | null;
  readonly state: ProcessState;
  /** What is wrong, for a person; empty when nothing is. */
  readonly problem: string;
  readonly provider: ProviderReport | null;
  /** Inputs that wait to be sent to the process. */
  readonly queued: number;
  /** Inputs, since it was opened. */
  readonly encoded: number;
  readonly refused: number;
  readonly batches: number;
  /** How many times the process was started again, after it died or for its use of memory. */
  readonly restarts: number;
  /** Memory that the process uses. */
  readonly residentBytes: number;
  /** Number of the process; `undefined` while there is none. */
  readonly pid: number | undefined;
  /** Operators of the first batches, when the rule has profiling switched on. */
  readonly profile: readonly OperatorTime[] | null;
}

/** A model in a process of its own that turns raw inputs into vectors. */
export interface Encoder {
  readonly rule: EncoderRule;
  readonly sha256: string;
  status(): EncoderStatus;
  /**
   * Encodes inputs, together with those of other callers. Resolves in their order; one that cannot be encoded is refused by
   * itself.
   *
   * @param signal takes back what has not been sent to the process
   * @throws AppError `encoder.queue-full` (retryable, unless the inputs are more than the queue ever takes),
   * `encoder.cancelled`, `encoder.closed`, `encoder.failed` (retryable when the process dies at its start, and not when the
   * model cannot be used)
   */
  encode(inputs: readonly RawInput[], signal?: AbortSignal): Promise<readonly EncodedInput[]>;
  /** Resolves when the encoder is ready, has failed or is closed. */
  ready(): Promise<EncoderStatus>;
  /** Refuses what waits, finishes what was sent, and ends the process, all within some seconds. */
  close(): Promise<void>;
}

/** What is opened. */
export interface EncoderOptions {
  /** With absolute paths, as `loadModel` gives it. */
  readonly rule: EncoderRule;
  readonly modelPath: string;
  /** The process checks it again whenever it starts. */
  readonly sha256: string;
  readonly logger: ProcessLogger;
  readonly queue?: Partial<QueueLimits>;
  /** The whole environment of the process; this one's own when it is not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly timeouts?: Partial<WorkerTimeouts>;
}

/** A few seconds of work for a small model, and an amount of memory that a small server has. */
const QUEUE_LIMITS: QueueLimits = { inputs: 4096, bytes: 256 * 2 ** 20 };
/** One batch is in the model, one is ready for it, and one is being sent and read. */
const WINDOW = 3;
/** How many processes an input may take down, alone, before it is refused. */
const ATTEMPTS = 3;

/** Starts the process of an encoder. */
export function openEncoder(options: EncoderOptions): Encoder {
  return new ProcessEncoder(options);
}

class ProcessEncoder implements Encoder {
  readonly rule: EncoderRule;
  readonly sha256: string;
  private readonly process: SupervisedProcess;
  private readonly queue: RawInputQueue<EncodeCall>;
  private timer: NodeJS.Timeout | undefined;
  private readonly counts = { encoded: 0, refused: 0, batches: 0 };
  private profile: readonly OperatorTime[] | null = null;

  constructor({ rule, modelPath, sha256, logger, queue, environment, timeouts }: EncoderOptions) {
    this.rule = rule;
    this.sha256 = sha256;
    this.queue = new RawInputQueue({ ...QUEUE_LIMITS, ...queue });
    const parameters: EncodingParameters = { rule, modelPath, sha256 };
    this.process = new SupervisedProcess({
      name: `encoder ${rule.name}`,
      code: 'encoder',
      worker: 'process/worker-main',
      parameters,
      provider: rule.provider,
      window: WINDOW,
      memoryLimitBytes: rule.memoryLimitBytes,
      environment,
      timeouts,
      logger,
      onChange: () => this.pump(),
    });
  }

  status(): EncoderStatus {
    const { state, problem, provider, restarts, residentBytes, pid, started } = this.process;
    return {
      name: this.rule.name,
      sha256: this.sha256,
      dimension: (started as EncodingStarted | null)?.dimension ?? null,
      state,
      problem,
      provider,
      queued: this.queue.length,
      ...this.counts,
      restarts,
      residentBytes,
      pid,
      profile: this.profile,
    };
  }

  async ready(): Promise<EncoderStatus> {
    await this.process.decided();
    return this.status();
  }

  encode(inputs: readonly RawInput[], signal?: AbortSignal): Promise<readonly EncodedInput[]> {
    return new Promise((resolve, reject) => {
      const refusal = this.refusal(inputs, signal);
      if (refusal !== null) {
        reject(refusal);
        return;
      }
      if (inputs.length === 0) {
        resolve([]);
        return;
      }
      const call = new EncodeCall(inputs.length, resolve, reject);
      const cancel = (): void => {
        this.queue.remove(call);
        call.reject(this.cancelled());
      };
      signal?.addEventListener('abort', cancel);
      call.onOver(() => signal?.removeEventListener('abort', cancel));
      this.queue.add(inputs, call, performance.now());
      this.pump();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.process.close();
  }

  private refusal(inputs: readonly RawInput[], signal: AbortSignal | undefined): AppError | null {
    if (signal?.aborted === true) {
      return this.cancelled();
    }
    const refusal = this.process.refusal();
    if (refusal !== null) {
      return refusal;
    }
    const fits = this.queue.fits(inputs);
    return fits === 'now'
      ? null
      : new AppError({
          code: 'encoder.queue-full',
          message: `The encoder ${this.rule.name} was given ${inputs.length} inputs, while ${this.queue.length} wait, and has no room for them.`,
          hint: fits === 'later' ? 'Try again when some are done.' : 'Send fewer at a time.',
          retryable: fits === 'later',
        });
  }

  private cancelled(): AppError {
    return new AppError({
      code: 'encoder.cancelled',
      message: `Encoding with ${this.rule.name} was cancelled.`,
    });
  }

  /** Sends batches as long as the process has room: full ones, and those whose first input has waited long enough. */
  private pump(): void {
    clearTimeout(this.timer);
    const refusal = this.process.refusal();
    if (refusal !== null) {
      this.queue.clear().forEach((call) => call.reject(refusal));
      return;
    }
    const { size, waitMs } = this.rule.batch;
    while (this.process.hasRoom && this.queue.oldest !== null) {
      const restMs = this.queue.hasBatch(size) ? 0 : this.queue.oldest + waitMs - performance.now();
      if (restMs > 0) {
        this.timer = setTimeout(() => this.pump(), restMs);
        return;
      }
      void this.send(this.queue.take(size));
    }
  }

  private async send(batch: readonly QueuedInput<EncodeCall>[]): Promise<void> {
    const request: EncodingRequest = {
      inputs: batch.map(({ input: { dataType, shape, maskedBoxes } }) => ({ dataType, shape, maskedBoxes })),
    };
    try {
      const answer = await this.process.request(
        request,
        batch.map(({ input }) => input.data),
        batch.length === 1 ? ATTEMPTS : 1,
      );
      this.settle(batch, answer.result as EncodingResult, answer.parts[0] ?? new Uint8Array(0));
    } catch (error) {
      await this.sendParts(batch, error as AppError);
    }
  }

  /** After a batch took the process down: its halves, until the input that does it is found and refused alone. */
  private async sendParts(batch: readonly QueuedInput<EncodeCall>[], error: AppError): Promise<void> {
    const wanted = batch.filter(({ caller }) => !caller.isOver);
    const [first] = wanted;
    if (!isAppError(error, 'encoder.died')) {
      wanted.forEach(({ caller }) => caller.reject(error));
    } else if (batch.length === 1) {
      this.counts.refused++;
      first?.caller.settle(first.index, { refused: `it ends the process of the encoder: ${error.message}` });
    } else if (first !== undefined) {
      const half = Math.ceil(wanted.length / 2);
      await Promise.all([this.send(wanted.slice(0, half)), this.send(wanted.slice(half))]);
    }
  }

  private settle(batch: readonly QueuedInput<EncodeCall>[], result: EncodingResult, part: Uint8Array): void {
    this.counts.batches++;
    this.profile = result.profile ?? this.profile;
    const kept = result.outcomes.filter((outcome) => typeof outcome !== 'string').length;
    const vectors = new Float32Array(part.buffer, part.byteOffset, part.byteLength / 4);
    const dimension = kept === 0 ? 0 : vectors.length / kept;
    let row = 0;
    batch.forEach(({ caller, index }, i) => {
      const outcome = result.outcomes[i] ?? 'the process did not say what became of it';
      if (typeof outcome === 'string') {
        this.counts.refused++;
        caller.settle(index, { refused: outcome });
      } else {
        this.counts.encoded++;
        // Copied: a view would keep the whole batch in memory.
        const vector = vectors.slice(row * dimension, (row + 1) * dimension);
        row++;
        caller.settle(index, { vector, features: outcome });
      }
    });
  }
}

import type { PreparedTensors } from '../inputs/prepared-batch.js';
import type { ModelFit } from '../onnx/check-model.js';
import type { BatchResult, TensorBatch } from './encode-batch.js';
import type { ErrorHeader } from './error-header.js';
import type { OperatorTime } from './operator-profile.js';
import type { Provider, ProviderReport } from './provider-report.js';
import type { WorkerStart } from './worker-protocol.js';

/** What the thread that runs a model is opened with. */
export interface EngineStart {
  /** The ONNX file's bytes, or its path when other files belong to it. */
  readonly model: Uint8Array | string;
  readonly fit: ModelFit;
  /** A batch that the model can be run on. */
  readonly sample: PreparedTensors;
  /** Threads within an operator; `null` for one per core. */
  readonly threads: number | null;
  readonly profiling: boolean;
  readonly providers: Pick<WorkerStart, 'provider' | 'excluded' | 'settled'>;
}

/** What became of a batch, and the profile once, when it is complete. */
export interface EngineResult extends BatchResult {
  readonly profile: readonly OperatorTime[] | null;
}

/** Messages to the thread, which answers all but `noted` in their order. */
export type ToEngine =
  | { readonly kind: 'open'; readonly start: EngineStart }
  /** That a provider is tried has been passed on. */
  | { readonly kind: 'noted' }
  | { readonly kind: 'encode'; readonly batch: TensorBatch }
  | { readonly kind: 'close' };

/** Messages from the thread. */
export type FromEngine =
  | { readonly kind: 'trying'; readonly provider: Provider | null }
  | { readonly kind: 'opened'; readonly report: ProviderReport }
  /** The memory of the batch's tensors comes back. */
  | { readonly kind: 'encoded'; readonly result: EngineResult; readonly memory: readonly ArrayBuffer[] }
  | { readonly kind: 'refused'; readonly error: ErrorHeader }
  /** The session is of no use any more, nor is the process. */
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'closed' };

/** What the numbers of a batch's tensors lie in, which goes to the thread and comes back instead of being copied. */
export function memoryOf({ tensors }: TensorBatch): ArrayBuffer[] {
  const buffers = Object.values(tensors).flatMap(({ data }) =>
    ArrayBuffer.isView(data) ? [data.buffer as ArrayBuffer] : [],
  );
  return [...new Set(buffers)];
}

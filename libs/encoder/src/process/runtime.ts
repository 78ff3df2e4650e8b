import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '@tidewatch/core';
import type { InferenceSession } from 'onnxruntime-node';
import type ort from 'onnxruntime-node';
import type { Provider } from './provider-report.js';

/** ONNX Runtime, which is loaded in child processes only: its `run` blocks the thread, and what it leaks goes with them. */
export type Runtime = typeof ort;

/**
 * Loads ONNX Runtime.
 *
 * @throws AppError `encoder.no-runtime` when the package is not installed, or has no build for this system
 */
export async function loadRuntime(): Promise<Runtime> {
  try {
    const { default: runtime } = await import('onnxruntime-node');
    runtime.env.logLevel = 'error';
    return runtime;
  } catch (cause) {
    throw new AppError({
      code: 'encoder.no-runtime',
      message: `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}: ${(cause as Error).message.split('\n')[0]}.`,
      hint: 'Install the optional package with: npm install onnxruntime-node',
      cause,
    });
  }
}

/** Whether the libraries of a provider that the package does not bundle are where ONNX Runtime looks for them. */
export function hasProviderLibrary(provider: Provider): boolean {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  const folder = join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
  const extension = process.platform === 'win32' ? '.dll' : '.so';
  return existsSync(join(folder, `libonnxruntime_providers_${provider}${extension}`));
}

/** What sessions are opened with. */
export interface SessionTuning {
  readonly provider: Provider;
  /** Threads within an operator; `null` for one per core. */
  readonly threads: number | null;
  /** Where the profile is written; `null` for none. */
  readonly profilePrefix: string | null;
}

/**
 * Options of a session. Measured on two cores beside other work: threads that spin while they wait halve the throughput when
 * a core is taken, and gain nothing when it is not; a second thread gives 1.7 times the rows of a convolutional model at
 * batches of 32; a memory pattern costs nothing. The process yields to the server by its priority, not by fewer threads.
 */
export function sessionOptions({
  provider,
  threads,
  profilePrefix,
}: SessionTuning): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    enableMemPattern: true,
    enableCpuMemArena: true,
    ...(threads === null ? {} : { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(profilePrefix === null ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}

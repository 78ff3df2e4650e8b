import { seededNormal, seededRandom } from '@tidewatch/core';
import type { Matrix } from '@tidewatch/stats';
import { deviceName } from '../process/device-name.js';
import { unavailable } from '../process/provider-problem.js';
import { chooseProvider, type Trial } from '../process/providers.js';
import { hasProviderLibrary, loadRuntime } from '../process/runtime.js';
import type { OpenService } from '../process/serve-requests.js';
import {
  type AnalysisParameters,
  type AnalysisRequest,
  type AnalysisResult,
  matricesOf,
  partsOf,
  sizesOf,
} from './analysis-protocol.js';
import { OnnxKernels } from './onnx-kernels.js';
import { analysisTask } from './tasks.js';

/** What providers are measured by: large enough that a card is not judged by the way to it, small enough for a second. */
const MEASURED_VECTORS = 1000;
const CHECKED_VECTORS = 16;
const DIMENSION = 64;
const WEIGHTS = 64;

/** The analysis of vectors, as it works in a process of its own: tasks over matrix products by ONNX Runtime. */
export const openAnalysisService: OpenService<
  AnalysisRequest & { readonly values: readonly Matrix[] }
> = async (start, trying) => {
  const { threads } = start.parameters as AnalysisParameters;
  const runtime = await loadRuntime();
  const listed = runtime.listSupportedBackends();
  const { trial, report } = await chooseProvider({
    wanted: start.provider,
    excluded: start.excluded,
    settled: start.settled,
    unavailable: (provider) => unavailable(provider, listed, hasProviderLibrary),
    open: async (provider) => new KernelTrial(new OnnxKernels(runtime, provider, threads)),
    trying,
    device: deviceName,
    now: () => performance.now(),
  });
  return {
    started: { provider: report },
    prepare: async (payload, parts) => {
      const request = payload as AnalysisRequest;
      return { ...request, values: matricesOf(request.matrices, parts) };
    },
    run: async ({ task, parameters, values }) => {
      const { result, matrices } = await analysisTask(task)(parameters, values, trial.kernels);
      const header: AnalysisResult = { result, matrices: sizesOf(matrices) };
      return { result: header, parts: partsOf(matrices) };
    },
    close: () => trial.release(),
  };
};

/** The products of matrices on a provider, with an amount of work to measure it by. */
class KernelTrial implements Trial {
  readonly kernels: OnnxKernels;
  private sample: Sample | undefined;

  constructor(kernels: OnnxKernels) {
    this.kernels = kernels;
  }

  check(): Promise<void> {
    return this.work(sampleOf(CHECKED_VECTORS));
  }

  run(): Promise<void> {
    // Made once: it must not be measured.
    this.sample ??= sampleOf(MEASURED_VECTORS);
    return this.work(this.sample);
  }

  release(): Promise<void> {
    return this.kernels.release();
  }

  private async work({ vectors, weights }: Sample): Promise<void> {
    await this.kernels.kernelForms(vectors, weights, { kind: 'gaussian', gamma: 1 / (2 * DIMENSION) });
  }
}

interface Sample {
  readonly vectors: Matrix;
  readonly weights: Matrix;
}

function sampleOf(count: number): Sample {
  return { vectors: sampleMatrix(count, DIMENSION), weights: sampleMatrix(WEIGHTS, count) };
}

function sampleMatrix(rows: number, columns: number): Matrix {
  const random = seededRandom(rows);
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, () => seededNormal(random)) };
}

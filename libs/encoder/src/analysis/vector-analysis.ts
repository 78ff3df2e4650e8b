import type { Matrix } from '@tidewatch/stats';
import type { ProcessLogger } from '../process/process-logger.js';
import type { Provider, ProviderReport } from '../process/provider-report.js';
import { type ProcessState, SupervisedProcess } from '../process/supervised-process.js';
import type { WorkerTimeouts } from '../process/worker.js';
import {
  type AnalysisParameters,
  type AnalysisRequest,
  type AnalysisResult,
  matricesOf,
  partsOf,
  sizesOf,
} from './analysis-protocol.js';
import type { TaskAnswer } from './tasks.js';

/** How the analysis process is run. */
export interface VectorAnalysisOptions {
  readonly logger: ProcessLogger;
  /** Default `auto`. */
  readonly provider?: Provider | 'auto';
  /** Threads within an operator; one per core when it is not given. */
  readonly threads?: number;
  /** Above this the process is replaced. Default 4 GiB. */
  readonly memoryLimitBytes?: number;
  /** The whole environment of the process; this one's own when it is not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly timeouts?: Partial<WorkerTimeouts>;
}

/** How the analysis process is doing. */
export interface VectorAnalysisStatus {
  readonly state: ProcessState;
  /** What is wrong, for a person; empty when nothing is. */
  readonly problem: string;
  readonly provider: ProviderReport | null;
  readonly restarts: number;
  readonly residentBytes: number;
  /** Number of the process; `undefined` while there is none. */
  readonly pid: number | undefined;
}

/** Computations on vectors in a process of their own: matrix products and permutations would hold up a server for seconds. */
export interface VectorAnalysis {
  /**
   * Runs a task on matrices, after those that were asked for before.
   *
   * @param parameters values that JSON can carry
   * @param matrices must not change until the answer is there
   * @throws AppError `analysis.no-task`, `analysis.died` (the process died of the task three times), `analysis.failed`,
   * `analysis.closed`, or what the task throws
   */
  run(task: string, parameters: unknown, matrices: readonly Matrix[]): Promise<TaskAnswer>;
  status(): VectorAnalysisStatus;
  /** Resolves when the process is ready, has failed or is closed. */
  ready(): Promise<VectorAnalysisStatus>;
  close(): Promise<void>;
}

const MEMORY_LIMIT_BYTES = 4 * 2 ** 30;

/** Starts the analysis process. */
export function openVectorAnalysis(options: VectorAnalysisOptions): VectorAnalysis {
  const { logger, provider = 'auto', threads = null, memoryLimitBytes = MEMORY_LIMIT_BYTES } = options;
  const parameters: AnalysisParameters = { threads };
  const process = new SupervisedProcess({
    name: 'analysis of vectors',
    code: 'analysis',
    worker: 'analysis/analysis-main',
    parameters,
    provider,
    // The matrices of one more task arrive while one is worked on.
    window: 2,
    memoryLimitBytes,
    environment: options.environment,
    timeouts: options.timeouts,
    logger,
  });
  const status = (): VectorAnalysisStatus => {
    const { state, problem, provider: report, restarts, residentBytes, pid } = process;
    return { state, problem, provider: report, restarts, residentBytes, pid };
  };
  return {
    run: async (task, parameters, matrices) => {
      const request: AnalysisRequest = { task, parameters, matrices: sizesOf(matrices) };
      const answer = await process.request(request, partsOf(matrices));
      const { result, matrices: sizes } = answer.result as AnalysisResult;
      return { result, matrices: matricesOf(sizes, answer.parts) };
    },
    status,
    ready: async () => {
      await process.decided();
      return status();
    },
    close: () => process.close(),
  };
}

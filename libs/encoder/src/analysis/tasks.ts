import { AppError } from '@tidewatch/core';
import type { KernelFunction, Matrix, MatrixKernels } from '@tidewatch/stats';
import { measureTask, spaceTask, sumsTask } from './embedding-tasks.js';

/** What a task gives: values that JSON can carry, and matrices. */
export interface TaskAnswer {
  readonly result: unknown;
  readonly matrices: readonly Matrix[];
}

/** A computation on vectors that runs in the analysis process. */
export type AnalysisTask = (
  parameters: unknown,
  matrices: readonly Matrix[],
  kernels: MatrixKernels,
) => Promise<TaskAnswer>;

/** Every task by its name: those of {@link MatrixKernels}, and the statistics of embeddings. */
const TASKS: Readonly<Record<string, AnalysisTask>> = {
  'kernels.multiply': async (_, [a, b], kernels) => {
    return { result: null, matrices: [await kernels.multiply(given(a), given(b))] };
  },
  'kernels.fourierFeatures': async (_, [vectors, frequencies], kernels) => {
    return { result: null, matrices: [await kernels.fourierFeatures(given(vectors), given(frequencies))] };
  },
  'kernels.squaredNorms': async (_, [weights, values], kernels) => {
    return { result: [...(await kernels.squaredNorms(given(weights), given(values)))], matrices: [] };
  },
  'kernels.kernelForms': async (parameters, [vectors, weights], kernels) => {
    const { kernel } = parameters as { readonly kernel: KernelFunction };
    const { forms, witness } = await kernels.kernelForms(given(vectors), given(weights), kernel);
    return { result: [...forms], matrices: [{ rows: 1, columns: witness.length, data: witness }] };
  },
  'embedding.space': spaceTask,
  'embedding.sums': sumsTask,
  'embedding.measure': measureTask,
};

/**
 * The task of a name.
 *
 * @throws AppError `analysis.no-task` when there is none
 */
export function analysisTask(name: string): AnalysisTask {
  const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
  if (task === undefined) {
    throw new AppError({
      code: 'analysis.no-task',
      message: `The analysis of vectors was asked for ${name}, which it does not know.`,
      hint: `It knows ${Object.keys(TASKS).join(', ')}.`,
    });
  }
  return task;
}

function given(matrix: Matrix | undefined): Matrix {
  if (matrix === undefined) {
    throw new AppError({
      code: 'analysis.no-matrix',
      message: 'The analysis of vectors was asked for a computation without all of its matrices.',
    });
  }
  return matrix;
}

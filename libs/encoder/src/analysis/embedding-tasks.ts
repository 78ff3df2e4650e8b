import {
  makeSpace,
  measureEmbedding,
  spaceDocument,
  spaceFromDocument,
  sumVectors,
  type EmbeddingSpace,
  type SpaceDocument,
  type SpaceOptions,
} from '@tidewatch/drift';
import type { Matrix, MatrixKernels } from '@tidewatch/stats';
import { sideOf, sumsMessage, valuesOf, type MeasureMessage, type SumMessage } from './embedding-messages.js';

/** The answer of a task: JSON and matrices. */
interface Answer {
  readonly result: unknown;
  readonly matrices: readonly Matrix[];
}

/** Makes a space of a sample. Matrices: the sample; answers the facts of the space and its numbers. */
export async function spaceTask(
  parameters: unknown,
  [vectors]: readonly Matrix[],
  kernels: MatrixKernels,
): Promise<Answer> {
  const { ids, ...options } = parameters as SpaceOptions & { readonly ids: readonly string[] };
  const { facts, numbers } = spaceDocument(await makeSpace({ ids, vectors: vectors! }, options, kernels));
  return { result: facts, matrices: [{ rows: 1, columns: numbers.length, data: numbers }] };
}

/** Sums up vectors. Matrices: the numbers of the space, the vectors. */
export async function sumsTask(
  parameters: unknown,
  [numbers, vectors]: readonly Matrix[],
  kernels: MatrixKernels,
): Promise<Answer> {
  const { facts, ids, time } = parameters as SumMessage;
  const space = spaceOf(facts, numbers!);
  const sums = await sumVectors({ ids, vectors: vectors! }, { space, time }, kernels);
  return { result: sumsMessage(sums), matrices: [] };
}

/** Compares a window with its baseline; see {@link MeasureMessage}. */
export async function measureTask(
  parameters: unknown,
  [numbers, ...vectors]: readonly Matrix[],
  kernels: MatrixKernels,
): Promise<Answer> {
  const { facts, current, reference, features, ...rest } = parameters as MeasureMessage;
  const ofCurrent = current.ids === null ? undefined : vectors[0];
  const ofReference = reference.ids === null ? undefined : vectors[current.ids === null ? 0 : 1];
  const result = await measureEmbedding({
    ...rest,
    kernels,
    space: spaceOf(facts, numbers!),
    current: sideOf(current, ofCurrent),
    reference: sideOf(reference, ofReference),
    features:
      features === null
        ? null
        : { current: valuesOf(features.current), reference: valuesOf(features.reference) },
  });
  return { result, matrices: [] };
}

function spaceOf(facts: SpaceDocument['facts'], { data }: Matrix): EmbeddingSpace {
  return spaceFromDocument({ facts, numbers: data });
}

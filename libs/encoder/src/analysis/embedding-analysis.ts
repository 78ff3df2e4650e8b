import type { TimeRange } from '@tidewatch/core';
import {
  spaceDocument,
  spaceFromDocument,
  type EmbeddingMeasurements,
  type EmbeddingSpace,
  type MeasureOptions,
  type SpaceDocument,
  type SpaceOptions,
  type VectorSample,
  type VectorSums,
} from '@tidewatch/drift';
import { matrix, type Matrix } from '@tidewatch/stats';
import {
  sideMessage,
  sumsOf,
  valuesMessage,
  type MeasureAnswer,
  type MeasureMessage,
  type SumMessage,
  type SumsMessage,
} from './embedding-messages.js';
import {
  openVectorAnalysis,
  type VectorAnalysis,
  type VectorAnalysisOptions,
  type VectorAnalysisStatus,
} from './vector-analysis.js';

/** What a comparison is measured by; the matrix products are the process's own. */
export type MeasureRequest = Omit<MeasureOptions, 'kernels'>;

/** The statistics of embeddings, computed in a process of their own with ONNX Runtime: none of them holds up the server. */
export interface EmbeddingAnalysis {
  /** See `makeSpace` of libs/drift. */
  makeSpace(sample: VectorSample, options: SpaceOptions): Promise<EmbeddingSpace>;
  /** See `sumVectors` of libs/drift. */
  sum(
    sample: VectorSample,
    where: { readonly space: EmbeddingSpace; readonly time: TimeRange },
  ): Promise<VectorSums>;
  /** See `measureEmbedding` of libs/drift. */
  measure(request: MeasureRequest): Promise<EmbeddingMeasurements>;
  /** Where it runs; starts the process if it has not been asked for anything. */
  status(): Promise<VectorAnalysisStatus>;
  close(): Promise<void>;
}

/** Opens the process when it is first asked for anything. */
export function openEmbeddingAnalysis(options: VectorAnalysisOptions): EmbeddingAnalysis {
  let opened: VectorAnalysis | null = null;
  const analysis = (): VectorAnalysis => (opened ??= openVectorAnalysis(options));
  return {
    makeSpace: async ({ ids, vectors }, options) => {
      const { result, matrices } = await analysis().run('embedding.space', { ...options, ids }, [vectors]);
      return spaceFromDocument({
        facts: result as SpaceDocument['facts'],
        numbers: matrices[0]!.data,
      });
    },
    sum: async ({ ids, vectors }, { space, time }) => {
      const { facts, numbers } = spaceDocument(space);
      const message: SumMessage = { facts, ids, time };
      const { result } = await analysis().run('embedding.sums', message, [asRow(numbers), vectors]);
      return sumsOf(result as SumsMessage);
    },
    measure: async ({ space, current, reference, features, ...rest }) => {
      const { facts, numbers } = spaceDocument(space);
      const message: MeasureMessage = {
        ...rest,
        facts,
        current: sideMessage(current),
        reference: sideMessage(reference),
        features:
          features === null
            ? null
            : { current: valuesMessage(features.current), reference: valuesMessage(features.reference) },
      };
      const vectors = [current, reference].flatMap(({ sample }) => (sample === null ? [] : [sample.vectors]));
      const { result } = await analysis().run('embedding.measure', message, [asRow(numbers), ...vectors]);
      return result as MeasureAnswer;
    },
    status: () => analysis().ready(),
    close: async () => opened?.close(),
  };
}

function asRow(numbers: Float32Array): Matrix {
  return matrix(1, numbers.length, numbers);
}

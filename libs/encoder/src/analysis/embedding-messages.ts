import type { TimeRange } from '@tidewatch/core';
import type {
  EmbeddingMeasurements,
  EmbeddingSide,
  EmbeddingTestName,
  FeatureValues,
  SpaceDocument,
  VectorSums,
} from '@tidewatch/drift';
import type { Matrix } from '@tidewatch/stats';

/** {@link VectorSums} as JSON. */
export interface SumsMessage {
  readonly count: number;
  readonly sum: readonly number[];
  readonly squares: readonly number[];
  readonly fourier: readonly number[];
  readonly distance: number;
  readonly distanceSquares: number;
  readonly clusters: readonly number[];
}

/** Numbers by name; null where a sample has none, since JSON has no NaN. */
export type ValuesMessage = Readonly<Record<string, readonly (number | null)[]>>;

/** One side of a comparison as JSON; its vectors travel as a matrix. */
export interface SideMessage {
  readonly sums: SumsMessage;
  /** `null` when there are no vectors. */
  readonly ids: readonly string[] | null;
  readonly scores: ValuesMessage;
}

/** What the task `embedding.sums` is given. Matrices: the numbers of the space, the vectors. */
export interface SumMessage {
  readonly facts: SpaceDocument['facts'];
  readonly ids: readonly string[];
  readonly time: TimeRange;
}

/** What the task `embedding.measure` is given. Matrices: the numbers of the space, then the vectors of each side that has some. */
export interface MeasureMessage {
  readonly facts: SpaceDocument['facts'];
  readonly current: SideMessage;
  readonly reference: SideMessage;
  readonly inflation: number;
  readonly permutations: number;
  readonly seed: number;
  readonly tests: readonly EmbeddingTestName[];
  readonly features: { readonly current: ValuesMessage; readonly reference: ValuesMessage } | null;
  readonly minimumSamples: number;
}

/** What it answers. */
export type MeasureAnswer = EmbeddingMeasurements;

/** Sums for the way. */
export function sumsMessage(sums: VectorSums): SumsMessage {
  const { count, distance, distanceSquares } = sums;
  return {
    ...{ count, distance, distanceSquares },
    sum: [...sums.sum],
    squares: [...sums.squares],
    fourier: [...sums.fourier],
    clusters: [...sums.clusters],
  };
}

/** Sums as they were before the way. */
export function sumsOf(message: SumsMessage): VectorSums {
  const { count, distance, distanceSquares } = message;
  return {
    ...{ count, distance, distanceSquares },
    sum: Float64Array.from(message.sum),
    squares: Float64Array.from(message.squares),
    fourier: Float64Array.from(message.fourier),
    clusters: Float64Array.from(message.clusters),
  };
}

/** Values for the way. */
export function valuesMessage(values: FeatureValues): ValuesMessage {
  return Object.fromEntries(
    [...values].map(([name, numbers]) => [
      name,
      Array.from(numbers, (value) => (Number.isFinite(value) ? value : null)),
    ]),
  );
}

/** Values as they were before the way; whatever was not finite is NaN. */
export function valuesOf(message: ValuesMessage): Map<string, Float64Array> {
  return new Map(
    Object.entries(message).map(([name, numbers]) => [
      name,
      Float64Array.from(numbers, (value) => value ?? Number.NaN),
    ]),
  );
}

/** One side for the way. */
export function sideMessage({ sums, sample, scores }: EmbeddingSide): SideMessage {
  return { sums: sumsMessage(sums), ids: sample?.ids ?? null, scores: valuesMessage(scores) };
}

/** One side as it was before the way. */
export function sideOf(message: SideMessage, vectors: Matrix | undefined): EmbeddingSide {
  const { ids } = message;
  return {
    sums: sumsOf(message.sums),
    sample: ids === null || vectors === undefined ? null : { ids, vectors },
    scores: valuesOf(message.scores),
  };
}

import { errorMessage } from '@tidewatch/core';
import { EmbeddingComparison, type ComparisonOptions } from './embedding-comparison.js';
import { measureFeatures, type FeatureEffect, type FeatureValues } from './feature-effects.js';
import type { EmbeddingEffect } from './tests/embedding-test.js';
import { embeddingTests, type EmbeddingTestName } from './tests/index.js';

/** What a test came to: an effect, what it lacked, or why it failed. JSON-serialisable. */
export type EmbeddingOutcome = EmbeddingEffect | { readonly missing: string } | { readonly failed: string };

/** Everything that was measured of one window. JSON-serialisable. */
export interface EmbeddingMeasurements {
  readonly tests: Readonly<Partial<Record<EmbeddingTestName, EmbeddingOutcome>>>;
  readonly features: readonly FeatureEffect[];
}

/** What is measured. */
export interface MeasureOptions extends ComparisonOptions {
  readonly tests: readonly EmbeddingTestName[];
  /** Image features of the samples of both sides; `null` when they are not tested. */
  readonly features: { readonly current: FeatureValues; readonly reference: FeatureValues } | null;
  readonly minimumSamples: number;
}

/** Runs the tests that are asked for. One that fails fails alone. */
export async function measureEmbedding(options: MeasureOptions): Promise<EmbeddingMeasurements> {
  const comparison = new EmbeddingComparison(options);
  const tests: Partial<Record<EmbeddingTestName, EmbeddingOutcome>> = {};
  for (const name of options.tests) {
    try {
      tests[name] = await embeddingTests[name].measure(comparison);
    } catch (error) {
      tests[name] = { failed: errorMessage(error) };
    }
  }
  const { features, minimumSamples } = options;
  return {
    tests,
    features: features === null ? [] : measureFeatures(features.current, features.reference, minimumSamples),
  };
}

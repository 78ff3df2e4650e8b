import type { MeanEmbeddingTest } from '@tidewatch/stats';
import { countOf, shortNumber } from '../../wording.js';
import type { EmbeddingComparison } from '../embedding-comparison.js';
import type { VectorSample } from '../vector-sample.js';
import type { EmbeddingEffect } from './embedding-test.js';

/** What to say when vectors themselves are needed and gone. */
export const NO_SAMPLES = {
  missing: 'it needs the vectors of both sides, and those of one side are no longer kept',
};

/** Runs a test of two samples by permutation and puts it into words; see {@link effectOf}. */
export async function permuted(
  comparison: EmbeddingComparison,
  what: string,
  test: (current: VectorSample, reference: VectorSample) => Promise<MeanEmbeddingTest>,
): Promise<EmbeddingEffect | { readonly missing: string }> {
  const samples = comparison.samples();
  if (samples === null) {
    return NO_SAMPLES;
  }
  const { current, reference } = samples;
  return effectOf(await test(current, reference), what, {
    n: current.vectors.rows,
    m: reference.vectors.rows,
  });
}

/**
 * The effect of a test by the distance of mean embeddings: the squared distance beyond chance in units of the spread of the
 * embeddings, as a root, so that it reads as a shift in multiples of the spread whatever the kernel.
 */
function effectOf(
  found: MeanEmbeddingTest,
  what: string,
  { n, m }: { readonly n: number; readonly m: number },
): EmbeddingEffect {
  const inSpread = (squared: number): number =>
    found.spread > 0 ? Math.sqrt(Math.max(0, squared) / found.spread) : 0;
  const [statistic, low, high] = [inSpread(found.excess), inSpread(found.low), inSpread(found.high)];
  const relabelled =
    found.reached === 0
      ? `none of ${countOf(found.permutations, 'relabelling')} reaches it`
      : `${found.reached} of ${countOf(found.permutations, 'relabelling')} reach it`;
  return {
    statistic,
    low,
    high,
    pValue: found.pValue,
    method: found.pValue < 1 / (found.permutations + 1) ? 'permutation, chi-square mixture' : 'permutation',
    n,
    m,
    finding: `the mean ${what} of ${countOf(n, 'vector')} lies ${shortNumber(statistic)} times the spread from that of ${countOf(m, 'vector')} of the baseline (95 % interval ${shortNumber(low)} to ${shortNumber(high)}; ${relabelled})`,
    examples: [],
  };
}

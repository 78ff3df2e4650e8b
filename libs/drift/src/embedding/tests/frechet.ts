import { frechetDistance, frechetNull } from '@tidewatch/stats';
import { countOf, shortNumber } from '../../wording.js';
import type { EmbeddingTest } from './embedding-test.js';
import { NO_SAMPLES } from './mean-embedding.js';

/** Dimensions it is computed in: the main components of both sides. A relabelling then takes milliseconds. */
const DIMENSIONS = 32;
/** A score with a rough test: relabelling it as often as MMD would take minutes. */
const RELABELLINGS = 99;
const Z95 = 1.959963984540054;

/**
 * Fréchet distance between the normal laws that both sides would follow: one number for a shift of the centre and a change of
 * spread. Its p-value is no smaller than 1 in 100: a rule whose budget asks for less sees it as `watch` at most.
 */
export const frechet: EmbeddingTest<'frechet'> = {
  name: 'frechet',
  label: 'Fréchet distance',
  effectName: 'the Fréchet distance beyond chance',
  byDefault: false,
  defaultMinimumEffect: 0.1,
  largestEffect: Infinity,
  measure: async (comparison) => {
    const samples = comparison.samples();
    if (samples === null) {
      return NO_SAMPLES;
    }
    const [x, y] = [samples.current.vectors, samples.reference.vectors];
    const options = { kernels: comparison.kernels, largestDimension: DIMENSIONS };
    const found = await frechetDistance(x, y, options);
    const chance = await frechetNull(x, y, {
      ...options,
      relabellings: RELABELLINGS,
      random: comparison.random(),
    });
    const reached = chance.distances.filter((distance) => distance >= found.distance).length;
    const excess = found.distance - chance.mean;
    const [statistic, low, high] = [excess, excess - Z95 * chance.deviation, excess + Z95 * chance.deviation];
    return {
      ...{ statistic, low, high, n: x.rows, m: y.rows },
      pValue: (reached + 1) / (RELABELLINGS + 1),
      method: 'permutation',
      finding: `the Fréchet distance of ${countOf(x.rows, 'vector')} from ${countOf(y.rows, 'vector')} of the baseline is ${shortNumber(found.distance)} in ${found.dimensions} dimensions that hold ${shortNumber(100 * found.varianceShare)} % of the variance, where chance gives ${shortNumber(chance.mean)}; ${shortNumber(found.meanTerm)} is the shift of the centre and ${shortNumber(found.covarianceTerm)} the change of spread`,
      examples: [],
    };
  },
};

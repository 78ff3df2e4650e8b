import { stirlingError } from '../../../libs/stats/src/stirling-error.js';

const HALF_LOG_TWO_PI = 0.9189385332046727;
/** Below it, multiplying uniforms takes fewer steps than rejecting. */
const LARGE = 10;

/**
 * Draws numbers of events from a Poisson law, exactly.
 *
 * Small means: uniforms are multiplied until they fall below `exp(-mean)` (Knuth, The Art of Computer Programming, volume
 * 2, section 3.4.1). Large ones: transformed rejection PTRS of W. Hörmann, "The transformed rejection method for generating
 * Poisson random variables" (1993), for means of 10 and more.
 *
 * @param mean finite, at least 0
 * @param random uniform in [0, 1)
 */
export function poissonSampler(mean: number, random: () => number): () => number {
  if (mean < LARGE) {
    const limit = Math.exp(-mean);
    return () => multiplied(limit, random);
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const invAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  return () => {
    for (;;) {
      const u = random() - 0.5;
      // 1 - u keeps the logarithm finite: random() may return 0 and never 1.
      const v = 1 - random();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= squeeze) {
        return k;
      }
      if (k < 0 || (us < 0.013 && v > us)) {
        continue;
      }
      const density = k * logMean - mean - logFactorial(k);
      if (Math.log((v * invAlpha) / (a / (us * us) + b)) <= density) {
        return k;
      }
    }
  };
}

function multiplied(limit: number, random: () => number): number {
  let count = 0;
  for (let product = random(); product > limit; product *= random()) {
    count += 1;
  }
  return count;
}

function logFactorial(n: number): number {
  return n === 0 ? 0 : (n + 0.5) * Math.log(n) - n + HALF_LOG_TWO_PI + stirlingError(n);
}

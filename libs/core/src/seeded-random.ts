/**
 * A reproducible source of uniform numbers in [0, 1): the same seed gives the same sequence everywhere.
 *
 * Mulberry32 (Tommy Ettinger, 2017; public domain): 32 bits of state, passes gjrand. Fit for sampling and
 * simulation, never for secrets.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A normal deviate with mean 0 and standard deviation 1, by the Box-Muller transform. */
export function seededNormal(random: () => number): number {
  // 1 - u keeps the logarithm finite: random() may return 0 and never 1.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

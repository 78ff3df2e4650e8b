/**
 * A seeded source of randomness: the same seed gives the same sequence on every machine.
 *
 * The fleet stands for somebody's own services, so it depends on OpenTelemetry, on sharp for its images and on nothing
 * of Tidewatch; this is the little it needs of a statistics package.
 */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** Log-normal: `median` times e to the power of `sigma` standard normals. */
  logNormal(median: number, sigma: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the weighted values; weights need not add up to 1, and there is at least one. */
  pick<T>(choices: readonly (readonly [T, number])[]): T;
}

/** Mulberry32 (Tommy Ettinger, 2017; public domain): 32 bits of state. For simulations, never for secrets. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Makes a {@link Random} from a seed; only its low 32 bits count. */
export function createRandom(seed: number): Random {
  const uniform = mulberry32(seed);
  let spare: number | null = null;

  // Box-Muller gives two deviates for the price of one: two hours of history draw millions of them.
  function normal(): number {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  function pick<T>(choices: readonly (readonly [T, number])[]): T {
    const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
    let rest = uniform() * total;
    for (const [value, weight] of choices) {
      rest -= weight;
      if (rest < 0) {
        return value;
      }
    }
    const last = choices.at(-1);
    if (last === undefined) {
      throw new RangeError('pick needs at least one choice.');
    }
    return last[0];
  }

  return {
    uniform,
    normal,
    pick,
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    chance: (probability) => uniform() < probability,
  };
}

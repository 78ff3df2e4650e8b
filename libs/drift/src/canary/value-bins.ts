/** Neighbouring bins differ by a hundredth: quantiles are right to 1 %. */
const RATIO = Math.log(1.01);
/** Smaller values count as 0. */
export const SMALLEST = 1e-9;

/**
 * Number of the bin that a value lies in: bins grow by 1 % from {@link SMALLEST} on, negative values mirror positive ones,
 * and 0 has a bin of its own. Larger values have larger numbers, so distribution functions over bins are those of the values
 * at the ends of bins.
 */
export function valueBin(value: number): number {
  const size = Math.abs(value);
  return size < SMALLEST ? 0 : Math.sign(value) * (Math.floor(Math.log(size / SMALLEST) / RATIO) + 1);
}

/** The largest value of a bin. */
export function binEnd(bin: number): number {
  return bin === 0
    ? 0
    : bin > 0
      ? SMALLEST * Math.exp(bin * RATIO)
      : -SMALLEST * Math.exp((-bin - 1) * RATIO);
}

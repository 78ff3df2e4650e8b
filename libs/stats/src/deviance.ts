/**
 * `x ln(x / m) + m - x`, half the deviance of a count `x` from its mean `m`, without cancellation where they are close:
 * the part of a Poisson or binomial probability that is not a square root (C. Loader, "Fast and Accurate Computation of
 * Binomial Probabilities", 2000).
 *
 * @param x at least 0
 * @param m above 0
 * @param difference `x - m`, where it is known better than the rounded `m` tells
 */
export function deviance(x: number, m: number, difference = x - m): number {
  if (x === 0) {
    return m;
  }
  if (Math.abs(difference) > 0.6 * (x + m)) {
    return x * Math.log(x / m) - difference;
  }
  // With v = (x - m) / (x + m):  ln(x / m) = 2 (v + v^3 / 3 + v^5 / 5 + …)
  const v = difference / (x + m);
  const square = v * v;
  let term = 2 * x * v;
  let sum = difference * v;
  for (let k = 3; ; k += 2) {
    term *= square;
    const next = sum + term / k;
    if (next === sum) {
      return next;
    }
    sum = next;
  }
}

/** `a b - c` with one rounding: the product is split into a high and a low part (T. J. Dekker 1971). */
export function productMinus(a: number, b: number, c: number): number {
  const product = a * b;
  const [aHigh, bHigh] = [highHalf(a), highHalf(b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  const rest = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  return product - c + rest;
}

function highHalf(value: number): number {
  const scaled = 134_217_729 * value;
  return scaled - (scaled - value);
}

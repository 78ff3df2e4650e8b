import { domainError } from '../domain-error.js';

/** `weight * chi-square(degrees)`; the degrees of freedom need not be whole. */
export interface WeightedTerm {
  readonly weight: number;
  readonly degrees: number;
}

/** Step of the trapezoidal rule in `t`, where the path is at `sinh(t)` standard deviations, and how far it goes. */
const STEP = 1 / 32;
const REACH = 30;
/** How far the asymptotes of the hyperbola lean: real part per imaginary part. */
const LEAN = 0.5;
/** Below this share of the largest term nothing is added that a double could hold. */
const NEGLIGIBLE = 1e-18;

/**
 * `P(Q > x)` for `Q = sum of w_j chi-square(h_j)`, the law of a squared distance between means of many dimensions whose
 * variances differ.
 *
 * The inversion integral `1/(2 pi i) * integral of exp(K(s) - s x) / s ds` with the cumulant generating function
 * `K(s) = -1/2 sum of h_j log(1 - 2 w_j s)`, along a hyperbola that has the curvature of the path of steepest descent through the
 * saddlepoint (Daniels 1954; Rice 1973 for the numerical use). The integrand decays exponentially on it, so that the
 * trapezoidal rule is good to about 1e-10 relative, in the far tail as well: nothing cancels there, unlike in Imhof's
 * integral. The hyperbola opens to the right and leaves the branch cut, from `1 / (2 max w)` on, inside; it stays steeper
 * than the diagonal, beyond which a sum of many small terms, nearly Gaussian, would grow along it.
 *
 * @param terms weights above 0 with degrees above 0, at least one
 * @throws AppError `stats.domain`
 */
export function weightedChiSquareSurvival(terms: readonly WeightedTerm[], x: number): number {
  const largest = terms.reduce((most, { weight }) => Math.max(most, weight), 0);
  if (
    !(largest > 0) ||
    terms.some(({ weight, degrees }) => !(weight > 0 && degrees > 0)) ||
    Number.isNaN(x)
  ) {
    throw domainError('A weighted chi-square law', 'weights and degrees above 0 and a number x', {
      terms: terms.map(({ weight, degrees }) => `${weight}*${degrees}`).join(' + '),
      x,
    });
  }
  if (x <= 0) {
    return 1;
  }
  if (x === Infinity) {
    return 0;
  }
  // In units of the largest weight the branch point lies at 1/2.
  const scaled = terms.map(({ weight, degrees }) => ({ weight: weight / largest, degrees }));
  const at = x / largest;
  const centre = crossing(scaled, at);
  return Math.min(1, integrate(scaled, at, centre));
}

/**
 * Where the path crosses the real axis, in (0, 1/2): at the saddlepoint `K'(s) = x` where that is not too close to the pole
 * at 0, else a fraction of a standard deviation to the right of the pole.
 */
function crossing(terms: readonly WeightedTerm[], x: number): number {
  const [, second] = derivatives(terms, 0);
  const least = Math.min(0.25, 0.5 / Math.sqrt(second));
  const slope = (s: number): number => derivatives(terms, s)[0];
  let low = least;
  let high = 0.5 * (1 - 1e-15);
  if (slope(low) >= x) {
    return low;
  }
  for (let step = 0; step < 200 && high - low > 1e-14 * high; step += 1) {
    const middle = (low + high) / 2;
    if (slope(middle) < x) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

/** First, second and third derivative of `K` at a real `s`. */
function derivatives(terms: readonly WeightedTerm[], s: number): [number, number, number] {
  let [first, second, third] = [0, 0, 0];
  for (const { weight, degrees } of terms) {
    const ratio = weight / (1 - 2 * weight * s);
    first += degrees * ratio;
    second += 2 * degrees * ratio ** 2;
    third += 8 * degrees * ratio ** 3;
  }
  return [first, second, third];
}

/** The real part of `exp(K(s) - s x) / s ds` over half of the path; the other half is its mirror image. */
function integrate(terms: readonly WeightedTerm[], x: number, centre: number): number {
  const [, second, third] = derivatives(terms, centre);
  const scale = 1 / Math.sqrt(second);
  // re = centre + LEAN (sqrt(width^2 + u^2) - width) has this curvature at u = 0.
  const width = (LEAN * 3 * second) / third;
  let sum = 0;
  let most = 0;
  for (let step = 0; step * STEP <= REACH; step += 1) {
    const u = scale * Math.sinh(step * STEP);
    const root = Math.hypot(width, u);
    // The first factor in a form in which nothing cancels.
    const [re, im] = [centre + (LEAN * u * u) / (root + width), u];
    const [logRe, logIm] = exponent(terms, re, im, x);
    const size = Math.exp(logRe);
    // exp(...) / s * (LEAN u / root + i), its imaginary part.
    const [turnRe, turnIm] = [size * Math.cos(logIm), size * Math.sin(logIm)];
    const norm = re * re + im * im;
    const [quotientRe, quotientIm] = [(turnRe * re + turnIm * im) / norm, (turnIm * re - turnRe * im) / norm];
    const term = (quotientRe + quotientIm * LEAN * (u / root)) * scale * Math.cosh(step * STEP);
    sum += step === 0 ? term / 2 : term;
    most = Math.max(most, size);
    if (size < NEGLIGIBLE * most) {
      break;
    }
  }
  return Math.max(0, (sum * STEP) / Math.PI);
}

/** `K(s) - s x` at `s = re + i im`. */
function exponent(terms: readonly WeightedTerm[], re: number, im: number, x: number): [number, number] {
  let [logRe, logIm] = [-re * x, -im * x];
  for (const { weight, degrees } of terms) {
    const [factorRe, factorIm] = [1 - 2 * weight * re, -2 * weight * im];
    logRe -= (degrees / 4) * Math.log(factorRe * factorRe + factorIm * factorIm);
    logIm -= (degrees / 2) * Math.atan2(factorIm, factorRe);
  }
  return [logRe, logIm];
}

import { studentQuantile } from '@tidewatch/stats';

/** A straight line through points, with what the scatter leaves open. */
export interface LinearTrend {
  /** Rise per unit of x. */
  readonly slope: number;
  /** Bounds of the 95 % interval of the slope; infinite where the points do not tell. */
  readonly slopeLow: number;
  readonly slopeHigh: number;
  /** Value of the line at `x`. */
  at(x: number): number;
  /** Points the residuals are worth, given how alike neighbours are. */
  readonly effectivePoints: number;
}

/** Relative size of rounding errors in sums of a few hundred numbers. */
const ROUNDING = 1e-13;

/** Fewer points make no trend. */
export const MINIMUM_TREND_POINTS = 5;

/**
 * Least squares through points in order of x.
 *
 * Successive readings of a gauge resemble each other, which makes the textbook interval of the slope far too narrow.
 * Residuals with lag-1 autocorrelation r therefore count as `n (1 - r) / (1 + r)` points in the variance and in the
 * degrees of freedom of Student's law (Santer et al. 2000, J. Geophys. Res. 105, 7337, eq. 4 to 6; r below 0 counts as
 * 0, which gives the textbook interval).
 *
 * @returns `null` for fewer than {@link MINIMUM_TREND_POINTS} points, or when all have the same x
 */
export function linearTrend(points: readonly (readonly [x: number, y: number])[]): LinearTrend | null {
  const n = points.length;
  if (n < MINIMUM_TREND_POINTS) {
    return null;
  }
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) {
    return null;
  }
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const at = (x: number): number => meanY + slope * (x - meanX);
  const residuals = points.map(([x, y]) => y - at(x));
  const scatter = residuals.reduce((sum, each) => sum + each ** 2, 0);
  // What rounding leaves of an exact line looks like scatter of neighbours that resemble each other.
  const rounding = n * (ROUNDING * Math.max(...points.map(([, y]) => Math.abs(y)))) ** 2;
  const squares = scatter <= rounding ? 0 : scatter;
  const r = squares === 0 ? 0 : Math.max(0, lagOne(residuals, squares));
  const effectivePoints = (n * (1 - r)) / (1 + r);
  const df = effectivePoints - 2;
  const halfWidth =
    squares === 0 ? 0 : df <= 0.5 ? Infinity : studentQuantile(0.975, df) * Math.sqrt(squares / df / spread);
  return { slope, slopeLow: slope - halfWidth, slopeHigh: slope + halfWidth, at, effectivePoints };
}

function lagOne(residuals: readonly number[], squares: number): number {
  return residuals.reduce((sum, each, index) => sum + each * (residuals[index - 1] ?? 0), 0) / squares;
}

/** A measure as a line in a box of 240 by 48, with the height of its limit; `null` when there is nothing to draw. */
export interface ChartPath {
  line: string;
  limit: number | null;
}

const WIDTH = 240;
const HEIGHT = 48;
const MARGIN = 3;

/**
 * Draws points (time, value), oldest first. The box holds zero, every value and the limit.
 *
 * @returns `null` for fewer than two points of different times
 */
export function chartPath(
  points: readonly (readonly [at: number, value: number])[],
  threshold: number | null,
): ChartPath | null {
  const usable = points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value));
  const first = usable[0]?.[0] ?? 0;
  const length = (usable.at(-1)?.[0] ?? 0) - first;
  if (length <= 0) {
    return null;
  }
  const values = [0, ...usable.map(([, value]) => value), ...(threshold === null ? [] : [threshold])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = high === low ? 0 : (HEIGHT - 2 * MARGIN) / (high - low);
  const x = (at: number): number => rounded(((at - first) / length) * WIDTH);
  const y = (value: number): number => rounded(HEIGHT - MARGIN - (value - low) * scale);
  const line = usable.map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
  return { line, limit: threshold === null ? null : y(threshold) };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

import type { NumberLine, SeriesLine } from './metric-rows.js';

/** What one point adds, exactly: eighths, so that doubles which are multiples of 1/8 are integers here. */
export interface ReferenceIncrease {
  readonly series: SeriesLine;
  readonly time: bigint;
  readonly eighths: bigint;
  /** Whether only integers went into it. */
  readonly integer: boolean;
}

const TEN_MINUTES = 600_000_000_000n;

/** The points of each series that count: recorded, finite, each time once, in order. */
export function countingPoints(lines: readonly NumberLine[]): Map<SeriesLine, NumberLine[]> {
  const bySeries = new Map<SeriesLine, Map<bigint, NumberLine>>();
  for (const line of lines) {
    const points = bySeries.get(line.series) ?? new Map<bigint, NumberLine>();
    bySeries.set(line.series, points.set(line.time, line));
  }
  const counts = ({ flags = 0, value }: NumberLine): boolean =>
    flags % 2 === 0 && (typeof value === 'bigint' || Number.isFinite(value));
  return new Map(
    [...bySeries].map(([series, points]) => [
      series,
      [...points.values()].filter(counts).sort((a, b) => (a.time < b.time ? -1 : 1)),
    ]),
  );
}

/**
 * The increase of every point, from the data model's words ("Metric points", "Resets and Gaps"), point by point in exact
 * arithmetic. Slow on purpose, and written apart from the SQL.
 */
export function referenceIncreases(lines: readonly NumberLine[]): ReferenceIncrease[] {
  const result: ReferenceIncrease[] = [];
  for (const [series, points] of countingPoints(lines)) {
    let previous: NumberLine | null = null;
    for (const point of points) {
      const eighths =
        series.temporality === 'delta' ? toEighths(point) : cumulativeIncrease(series, point, previous);
      const usesPrevious = eighths === null;
      result.push({
        series,
        time: point.time,
        eighths: eighths ?? toEighths(point) - toEighths(previous!),
        integer: typeof point.value === 'bigint' && (!usesPrevious || typeof previous!.value === 'bigint'),
      });
      previous = point;
    }
  }
  return result;
}

/** `null`: the difference from the point before. */
function cumulativeIncrease(
  series: SeriesLine,
  point: NumberLine,
  previous: NumberLine | null,
): bigint | null {
  const whole = toEighths(point);
  const start = knownStart(point);
  if (previous === null || point.time - previous.time > TEN_MINUTES) {
    return start !== null && point.time - start <= TEN_MINUTES ? whole : 0n;
  }
  const startBefore = knownStart(previous);
  const beganAnew = start !== null && (startBefore === null ? start > previous.time : start !== startBefore);
  const fell = series.monotonic !== false && whole < toEighths(previous);
  return beganAnew || fell ? whole : null;
}

function knownStart({ start, time }: NumberLine): bigint | null {
  return start > 0n && start < time ? start : null;
}

function toEighths({ value }: NumberLine): bigint {
  return typeof value === 'bigint' ? value * 8n : BigInt(value * 8);
}

import type { Parameters } from '../parameters.js';

/** Which series are added up as which part. A series that is in no part is not read. */
export interface SeriesParts {
  readonly metrics: readonly string[];
  readonly hashes: readonly bigint[];
  /** Number of the part of each series, 0 and up. */
  readonly parts: readonly number[];
}

/** Series named in one statement: more make it longer than servers take. */
const MOST_SERIES = 8_000;

/** Rows of a result: callers choose ranges that yield far fewer. */
export const MOST_ROWS = 5_000_000;

/** SQL of a series' part. */
export const PART = 'transform(SeriesHash, {hashes:Array(UInt64)}, {parts:Array(UInt32)}, toUInt32(0))';

/** SQL condition: the series belongs to a part. */
export const IN_PARTS = 'MetricName IN {metrics:Array(String)} AND SeriesHash IN {hashes:Array(UInt64)}';

/** The parameters that {@link PART} and {@link IN_PARTS} read, for as many statements as are needed. */
export function partParameters({ metrics, hashes, parts }: SeriesParts): Parameters[] {
  return Array.from({ length: Math.ceil(hashes.length / MOST_SERIES) }, (_, index) => ({
    metrics,
    hashes: hashes.slice(index * MOST_SERIES, (index + 1) * MOST_SERIES),
    parts: parts.slice(index * MOST_SERIES, (index + 1) * MOST_SERIES),
  }));
}

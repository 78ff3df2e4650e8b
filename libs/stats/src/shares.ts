import { domainError } from './domain-error.js';

/** Two samples counted over the same cells. */
export interface PairedCounts {
  /** Cells that occur in either sample. */
  readonly cells: number;
  readonly n: number;
  readonly m: number;
}

/** Sizes of two samples counted over the same cells. @throws AppError `stats.domain` for counts that do not pair up */
export function pairedCounts(a: ArrayLike<number>, b: ArrayLike<number>): PairedCounts {
  if (a.length !== b.length) {
    throw domainError('A distance of distributions', 'as many cells of one as of the other', {
      first: a.length,
      second: b.length,
    });
  }
  let [cells, n, m] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i]!, b[i]!];
    if (!(x >= 0 && y >= 0)) {
      throw domainError('A distance of distributions', 'counts of at least 0', { first: x, second: y });
    }
    cells += x + y > 0 ? 1 : 0;
    n += x;
    m += y;
  }
  return { cells, n, m };
}

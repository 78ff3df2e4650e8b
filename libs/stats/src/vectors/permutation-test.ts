import { domainError } from '../domain-error.js';
import type { Matrix } from './matrix.js';

/** How a permutation test is drawn. */
export interface PermutationOptions {
  /** Relabellings at most; the smallest p-value is `1 / (permutations + 1)`. */
  readonly permutations: number;
  /** Stops once so many relabellings have reached the observed value; absent for never. */
  readonly stopAfter?: number;
  readonly random: () => number;
}

/** Outcome of a permutation test. */
export interface PermutationTest {
  readonly observed: number;
  readonly pValue: number;
  /** Relabellings drawn, and how many of them reached the observed value. */
  readonly permutations: number;
  readonly reached: number;
  /** Mean and standard deviation of the statistic over the relabellings: what it is without a difference. */
  readonly nullMean: number;
  readonly nullDeviation: number;
}

/** Relabellings per call: enough for one matrix product to be worth its start, few enough to stop early. */
const BATCH = 500;

/**
 * Permutation test of a statistic that is a quadratic form `s'Ks` of the weights `s = 1/n` for the first `n` objects and
 * `-1/m` for the other `m`, such as a squared distance between means.
 *
 * `p = (k + 1) / (N + 1)` for `k` of `N` relabellings that reach the observed value: the observed labelling is one of them
 * (Davison & Hinkley 1997, 4.2), so that p is never 0 and the test holds its level. With `stopAfter = h` drawing ends at the
 * `h`-th that reaches it, at `p = h / draws` (Besag & Clifford 1991), which holds its level as well and costs little where
 * nothing has changed.
 *
 * @param statistic the forms for every row of the weights
 * @throws AppError `stats.domain`
 */
export async function permutationTest(
  statistic: (weights: Matrix) => Promise<Float64Array>,
  { n, m }: { readonly n: number; readonly m: number },
  { permutations, stopAfter = Infinity, random }: PermutationOptions,
): Promise<PermutationTest> {
  if (!(n >= 1 && m >= 1 && permutations >= 1 && stopAfter >= 1)) {
    throw domainError('A permutation test', 'objects on both sides and at least one relabelling', {
      n,
      m,
      permutations,
      stopAfter,
    });
  }
  const labels = new Uint32Array(n + m).map((_, index) => index);
  const drawn: number[] = [];
  let observed = Number.NaN;
  let reached = 0;
  while (drawn.length < permutations && reached < stopAfter) {
    const size = Math.min(BATCH, permutations - drawn.length);
    const withObserved = drawn.length === 0;
    const weights = weightRows(labels, n, { size, withObserved, random });
    const values = await statistic(weights);
    if (withObserved) {
      observed = values[0]!;
    }
    for (let index = withObserved ? 1 : 0; index < values.length && reached < stopAfter; index += 1) {
      drawn.push(values[index]!);
      reached += values[index]! >= observed ? 1 : 0;
    }
  }
  return {
    observed,
    reached,
    permutations: drawn.length,
    pValue: reached >= stopAfter ? reached / drawn.length : (reached + 1) / (drawn.length + 1),
    ...momentsOf(drawn),
  };
}

/** Weights of the labelling as it is, if asked for, then of `size` random ones. */
function weightRows(
  labels: Uint32Array,
  n: number,
  { size, withObserved, random }: { size: number; withObserved: boolean; random: () => number },
): Matrix {
  const columns = labels.length;
  const rows = size + (withObserved ? 1 : 0);
  const data = new Float32Array(rows * columns).fill(-1 / (columns - n));
  let row = 0;
  if (withObserved) {
    data.fill(1 / n, 0, n);
    row = 1;
  }
  // The smaller side is drawn, by the first steps of a Fisher-Yates shuffle of what the last draw left.
  const few = Math.min(n, columns - n);
  const [inside, outside] = few === n ? [1 / n, -1 / (columns - n)] : [-1 / (columns - n), 1 / n];
  for (; row < rows; row += 1) {
    const offset = row * columns;
    if (few !== n) {
      data.fill(outside, offset, offset + columns);
    }
    for (let index = 0; index < few; index += 1) {
      const other = index + Math.floor(random() * (columns - index));
      const label = labels[other]!;
      labels[other] = labels[index]!;
      labels[index] = label;
      data[offset + label] = inside;
    }
  }
  return { rows, columns, data };
}

function momentsOf(values: readonly number[]): { nullMean: number; nullDeviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    nullMean: mean,
    nullDeviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)),
  };
}

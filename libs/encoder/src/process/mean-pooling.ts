/** The output of a model that gives a vector for each token. */
export interface TokenVectors {
  /** `rows * tokens * dimension` numbers, row-major. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly tokens: number;
  readonly dimension: number;
}

/**
 * The mean vector of each row's tokens, of those only that the attention mask keeps: `rows * dimension` numbers, summed in
 * float64. A row whose mask keeps none becomes zeros.
 *
 * @param mask `rows * tokens` numbers, 1 for a token and 0 for filling
 */
export function meanPooling(
  { data, rows, tokens, dimension }: TokenVectors,
  mask: BigInt64Array,
): Float32Array {
  const pooled = new Float32Array(rows * dimension);
  const sum = new Float64Array(dimension);
  for (let row = 0; row < rows; row++) {
    sum.fill(0);
    let kept = 0;
    for (let token = 0; token < tokens; token++) {
      const at = row * tokens + token;
      if (mask[at] !== 0n) {
        kept++;
        for (let i = 0; i < dimension; i++) {
          sum[i] = (sum[i] as number) + (data[at * dimension + i] as number);
        }
      }
    }
    for (let i = 0; i < dimension; i++) {
      pooled[row * dimension + i] = kept === 0 ? 0 : (sum[i] as number) / kept;
    }
  }
  return pooled;
}

/**
 * Why a vector that a model gave is of no use; `null` when it is. Infinite and undefined numbers would spoil every sum they go
 * into, and a vector of zeros is what broken models give; it has no direction either.
 */
export function vectorProblem(vector: Float32Array): string | null {
  let zeros = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] as number;
    if (!Number.isFinite(value)) {
      return `the model gave a vector with ${value} in place ${i}`;
    }
    zeros += value === 0 ? 1 : 0;
  }
  return zeros === vector.length ? 'the model gave a vector of zeros' : null;
}

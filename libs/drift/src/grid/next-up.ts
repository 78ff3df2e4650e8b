const BYTES = new DataView(new ArrayBuffer(8));

/** The smallest double above a finite `value`. */
export function nextUp(value: number): number {
  if (value === 0) {
    return Number.MIN_VALUE;
  }
  BYTES.setFloat64(0, value);
  const bits = BYTES.getBigInt64(0);
  BYTES.setBigInt64(0, value > 0 ? bits + 1n : bits - 1n);
  return BYTES.getFloat64(0);
}

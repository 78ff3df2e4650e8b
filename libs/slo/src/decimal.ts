/** A number written as `units / 10^scale`, without rounding. `scale` is never negative. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/**
 * The decimal a person wrote when the number `value` was read from text.
 *
 * `0.9999` as a double is a little less than 0.9999, and `1 - 0.9999` is off by 1e-13 of its value: enough to move a
 * comparison that is meant to be equal. The shortest text that reads back as the same double (ECMAScript
 * Number::toString) is the number as written, for up to 15 significant digits, so arithmetic on it is exact.
 *
 * @param value finite
 */
export function toDecimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const units = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

/** `1 - value`, exactly. */
export function oneMinus(value: Decimal): Decimal {
  return { units: 10n ** BigInt(value.scale) - value.units, scale: value.scale };
}

/** The double closest to `value`. */
export function toNumber(value: Decimal): number {
  return Number(`${value.units}e-${value.scale}`);
}

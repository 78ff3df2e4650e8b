const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time to three digits, in the unit that a person would use: `51.8 s`, `4.32 min`, `1.44 h`, `2.73 d`. */
export function durationWords(milliseconds: number): string {
  const [size, unit] =
    milliseconds < MINUTE_MS
      ? [1_000, 's']
      : milliseconds < HOUR_MS
        ? [MINUTE_MS, 'min']
        : milliseconds < DAY_MS
          ? [HOUR_MS, 'h']
          : [DAY_MS, 'd'];
  return `${threeDigits(milliseconds / size)} ${unit}`;
}

/** A share in per cent, to three digits: `0.11 %`. */
export function percentWords(share: number): string {
  return `${threeDigits(share * 100)} %`;
}

/** A share with all of its digits: `99.95 %`. */
export function targetWords(target: number): string {
  return `${Number((target * 100).toPrecision(12))} %`;
}

/** A number to three digits, whole numbers as they are. */
export function threeDigits(value: number): string {
  return Math.abs(value) >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** `1 SLO`, `2 SLOs`. */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
}

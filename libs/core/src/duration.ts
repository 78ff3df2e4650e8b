/** Length of one unit in milliseconds. Calendar units (month, quarter, year) have no fixed length and are absent. */
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads a duration such as `10s`, `5m`, `1h30m`, `3d` or `4w`.
 *
 * @returns milliseconds, or `undefined` when `text` is not a duration. `0s` is a duration.
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdw]))+$/.test(text)) {
    return undefined;
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdw])/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Writes milliseconds in the largest units that express it exactly: `5400000` is `1h30m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) {
    return '0s';
  }
  const parts: string[] = [];
  let rest = Math.round(milliseconds);
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNIT_MS[unit] ?? 1;
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) {
      parts.push(`${amount}${unit}`);
    }
  }
  return parts.join('');
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
};

/**
 * Reads a size such as `64MiB`, `1.5GiB`, `500 MB` or `4096B`.
 *
 * @returns whole bytes, or `undefined` when `text` is no size above 0
 */
export function parseByteSize(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(amount) * (Object.hasOwn(UNITS, unit) ? (UNITS[unit] ?? 0) : 0));
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

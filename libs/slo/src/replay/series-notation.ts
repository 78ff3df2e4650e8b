/** One step of a series: a number, a marker that the series has ended, or nothing. */
export type SeriesValue = number | 'stale' | null;

/** No fixture needs more; a slip in a repeat count must not fill the memory. */
const MAXIMUM_VALUES = 1_000_000;

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?`;
const ENTRY = new RegExp(
  `^(?<first>${NUMBER}|NaN|[+-]?Inf)(?:(?<step>[+-](?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:e[+-]?\\d+)?)?x(?<times>\\d+))?$`,
  'i',
);
const MISSING = /^_(?:x(?<times>\d+))?$/;

/** The values of a series, or what is wrong with its text. */
export type NotationReading =
  | { readonly values: readonly SeriesValue[]; readonly fault: null }
  | { readonly values: null; readonly fault: string };

/**
 * Reads the series notation of promtool's rule tests, one value per interval, entries parted by blanks.
 *
 * `a` is a value; `a+bxn` and `a-bxn` are n + 1 values from a on in steps of b; `axn` is a, n + 1 times; `_` is no value and `_xn` is n of
 * them; `stale` ends the series.
 */
export function readSeriesNotation(text: string): NotationReading {
  const values: SeriesValue[] = [];
  for (const entry of text.trim().split(/\s+/)) {
    const read = readEntry(entry);
    if (typeof read === 'string') {
      return { values: null, fault: read };
    }
    if (values.length + read.count > MAXIMUM_VALUES) {
      return { values: null, fault: `holds more than ${MAXIMUM_VALUES.toLocaleString('en-US')} values` };
    }
    for (let index = 0; index < read.count; index += 1) {
      values.push(read.valueAt(index));
    }
  }
  return { values, fault: null };
}

interface Entry {
  readonly count: number;
  valueAt(index: number): SeriesValue;
}

function readEntry(entry: string): Entry | string {
  if (entry === 'stale') {
    return { count: 1, valueAt: () => 'stale' };
  }
  const missing = MISSING.exec(entry);
  if (missing !== null) {
    return { count: Number(missing.groups?.['times'] ?? 1), valueAt: () => null };
  }
  const match = ENTRY.exec(entry)?.groups;
  if (match === undefined) {
    return `has the entry ${JSON.stringify(entry.slice(0, 40))}, which is none of a, a+bxn, a-bxn, axn, _, _xn and stale`;
  }
  const first = toNumber(match['first'] ?? '');
  const step = Number(match['step'] ?? 0);
  const times = match['times'] === undefined ? 0 : Number(match['times']);
  return { count: times + 1, valueAt: (index) => (step === 0 ? first : first + index * step) };
}

function toNumber(text: string): number {
  return /inf$/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
}

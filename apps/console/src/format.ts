/** Shown where a figure does not exist; never a zero in disguise. */
export const NO_VALUE = '–';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: readonly (readonly [number, string])[] = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
];

/** Cuts trailing zeros after the decimal point: `99.900` is `99.9`, `100` stays. */
function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Writes a whole number with thousands separators: `1234567` is `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Writes a count of ten thousand and more with three digits and a unit: `1,284`, `12.4 k`, `3.07 M`. */
export function formatCompactCount(count: number): string {
  if (count < 10_000) {
    return formatCount(count);
  }
  // 999,500 would round to "1000 k".
  const [size, suffix] = count < 999_500 ? [1e3, 'k'] : count < 999_500_000 ? [1e6, 'M'] : [1e9, 'G'];
  return `${trimmed((count / size).toPrecision(3))} ${suffix}`;
}

/** Writes a size with three digits and a binary unit: `0 B`, `3.46 KiB`, `64 MiB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  const size = bytes / 1024 ** power;
  return `${power === 0 ? formatCount(size) : trimmed(size.toPrecision(size < 1000 ? 3 : 4))} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

/** Writes how long something took: `4 ms`, `812 ms`, `1.3 s`; `null` is a dash. */
export function formatLatency(ms: number | null): string {
  if (ms === null) {
    return NO_VALUE;
  }
  return ms < 999.5
    ? `${trimmed(ms.toPrecision(ms < 10 ? 2 : 3))} ms`
    : `${trimmed((ms / SECOND).toFixed(1))} s`;
}

/** Writes a burn rate as a multiple: `14.4×`, `0.3×`, `<0.1×`, `143×`. `null` (no events) is a dash. */
export function formatBurn(burn: number | null): string {
  if (burn === null || !Number.isFinite(burn)) {
    return NO_VALUE;
  }
  if (burn > 0 && burn < 0.05) {
    return '<0.1×';
  }
  return `${burn >= 99.95 ? formatCount(burn) : trimmed(burn.toFixed(1))}×`;
}

/** Writes a ratio as a percentage without float noise: `0.9995` is `99.95%`. */
export function formatTarget(ratio: number): string {
  return `${trimmed((ratio * 100).toFixed(6))}%`;
}

/**
 * Writes a measured good ratio, rounded down so that a missed target never reads as met: `0.99949` is `99.94%`.
 * More decimals appear as the ratio nears one.
 */
export function formatSli(ratio: number | null): string {
  if (ratio === null) {
    return NO_VALUE;
  }
  const decimals = ratio >= 0.999 && ratio < 1 ? 4 : 2;
  const scale = 10 ** decimals;
  // The rounding before the floor removes float noise such as 99.94999999999999 for 99.95.
  const steps = Math.floor(Number((ratio * 100 * scale).toFixed(4)));
  return `${trimmed((steps / scale).toFixed(decimals))}%`;
}

/** Writes what is left of a budget: `62.4% left`, `overspent by 34%`, `no events yet`. */
export function formatBudget(remaining: number | null): string {
  if (remaining === null) {
    return 'no events yet';
  }
  const percent = (part: number): string =>
    part < 10 ? `${trimmed((part * 100).toFixed(1))}%` : `${formatCount(part * 100)}%`;
  return remaining < 0 ? `overspent by ${percent(-remaining)}` : `${percent(remaining)} left`;
}

/** Writes a length of time in its one or two largest units: `5 min`, `1 h 30 min`, `3 d 4 h`. */
export function formatSpan(ms: number): string {
  const length = Math.max(0, Math.round(ms / SECOND) * SECOND);
  const first = UNITS.findIndex(([size]) => length >= size);
  const [size, name] = UNITS[first] ?? [SECOND, 's'];
  const whole = Math.floor(length / size);
  const next = UNITS[first + 1];
  // Seconds beside minutes would flicker on a page that refreshes every few seconds.
  if (first < 0 || next === undefined || next[1] === 's') {
    return `${whole} ${name}`;
  }
  const rest = Math.floor((length - whole * size) / next[0]);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next[1]}`;
}

/** Writes a window length the way rules do: `5m`, `1h`, `3d`, `90s`. */
export function formatWindow(ms: number): string {
  for (const [size, name] of [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'm'],
  ] as const) {
    if (ms >= size && ms % size === 0) {
      return `${ms / size}${name}`;
    }
  }
  return ms >= SECOND ? `${trimmed((ms / SECOND).toFixed(1))}s` : `${ms}ms`;
}

/** Writes how long ago `at` was: `just now`, `12 s ago`, `2 h 5 min ago`. A time ahead of `now` is `just now`. */
export function formatAge(at: number, now: number): string {
  const age = now - at;
  return age < 2 * SECOND ? 'just now' : `${formatSpan(age)} ago`;
}

/** Writes a time of day in 24-hour form with seconds, in `timeZone` (default: the browser's). */
export function formatClock(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone }).format(at);
}

/** Writes a date and time for a tooltip, with the zone's name, in `timeZone` (default: the browser's). */
export function formatMoment(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long', timeZone }).format(at);
}

/** Writes a statistic with three decimals, and one above ten with as many digits as fit: `12.35`, `48.2 k`; `null` is a dash. */
export function formatStatistic(value: number | null): string {
  if (value === null) {
    return NO_VALUE;
  }
  return value < 10 ? value.toFixed(3) : value < 1_000 ? value.toPrecision(4) : formatCompactCount(value);
}

/** Writes the ends of an interval: `0.021 to 0.064`, or `0.021 or more` without an upper one. */
export function formatInterval(low: number, high: number | null): string {
  return high === null
    ? `${formatStatistic(low)} or more`
    : `${formatStatistic(low)} to ${formatStatistic(high)}`;
}

/** Writes a part of a whole: `23 %`, `4.1 %`, `<0.1 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) {
    return '<0.1 %';
  }
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** Writes a probability with three decimals, or as a power when that would lose it: `0.042`, `3.1e-12`, `<1e-300`. Zero is an underflow, so it is never printed as zero. */
export function formatProbability(value: number | null): string {
  if (value === null) {
    return NO_VALUE;
  }
  if (value < 1e-300) {
    return '<1e-300';
  }
  if (value < 1e-3) {
    return value.toExponential(1);
  }
  return value.toFixed(3);
}

/** `1 point`, `2 points`: a count with its noun. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Writes a day without its year: `22 Nov`, in `timeZone` (default: the browser's). */
export function formatDay(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone }).format(at);
}

/** Writes a time of day in hours and minutes: `14:05`, in `timeZone` (default: the browser's). */
export function formatHour(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at);
}

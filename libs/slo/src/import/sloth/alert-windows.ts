import { prometheusDuration } from '../document/durations.js';
import type { ImportedTier } from '../document/import-tiers.js';
import { asMap, pickMap, type RawMap } from '../raw-value.js';
import { isRefusal, Refusal } from '../refusal.js';

/** The windows that Sloth alerts on for one period. */
export interface AlertWindows {
  readonly periodMs: number;
  readonly tiers: readonly ImportedTier[];
}

const DAY_MS = 86_400_000;

/** Sloth's names of a window pair with those of Tidewatch's own tiers. */
const PAIRS = [
  ['page', 'quick', 'page-fast'],
  ['page', 'slow', 'page-slow'],
  ['ticket', 'quick', 'ticket-fast'],
  ['ticket', 'slow', 'ticket-slow'],
] as const;

/** The Site Reliability Workbook, chapter 5: share of the budget in per cent, long and short window. */
const WORKBOOK: readonly (readonly [number, string, string])[] = [
  [2, '1h', '5m'],
  [5, '6h', '30m'],
  [10, '1d', '2h'],
  [10, '3d', '6h'],
];

/** The windows that come with Sloth: those of 30 days, and the same for 28 days with burn rates to match. */
export const SLOTH_WINDOWS: readonly AlertWindows[] = [30, 28].map((days) => ({
  periodMs: days * DAY_MS,
  tiers: PAIRS.map(([severity, , name], index) => {
    const [percent, long, short] = WORKBOOK[index] ?? [0, '', ''];
    return tierOf(
      name,
      severity,
      percent,
      [prometheusDuration(long) ?? 0, prometheusDuration(short) ?? 0],
      days * DAY_MS,
    );
  }),
}));

/** Reads a document of kind AlertWindows (`sloth.slok.dev/v1`). */
export function readAlertWindows(document: RawMap): AlertWindows | Refusal {
  const spec = pickMap(document, 'spec');
  const periodMs = durationAt(spec, 'sloPeriod');
  if (isRefusal(periodMs)) {
    return periodMs.under('spec');
  }
  const tiers: ImportedTier[] = [];
  for (const [severity, speed, name] of PAIRS) {
    const pair = asMap(pickMap(spec, severity)[speed]) ?? {};
    const percent = pair.errorBudgetPercent;
    const place = `spec.${severity}.${speed}`;
    if (typeof percent !== 'number' || !(percent > 0)) {
      return new Refusal('must be a percentage of the error budget above 0', `${place}.errorBudgetPercent`);
    }
    const [long, short] = [durationAt(pair, 'longWindow'), durationAt(pair, 'shortWindow')];
    if (isRefusal(long)) {
      return long.under(place);
    }
    if (isRefusal(short)) {
      return short.under(place);
    }
    tiers.push(tierOf(name, severity, percent, [long, short], periodMs));
  }
  return { periodMs, tiers };
}

function durationAt(map: RawMap, key: string): number | Refusal {
  const value = map[key];
  const ms = typeof value === 'string' ? prometheusDuration(value) : undefined;
  return ms ?? new Refusal('must be a duration above zero, such as 30d or 5m', key);
}

/** Burn = share of the budget x period / long window; the last digits of a double's division are noise. */
function tierOf(
  name: string,
  severity: ImportedTier['severity'],
  percent: number,
  [longMs, shortMs]: readonly [number, number],
  periodMs: number,
): ImportedTier {
  const burn = Number(((percent / 100) * (periodMs / longMs)).toPrecision(6));
  return { name, severity, longMs, shortMs, burn, holdMs: 0 };
}

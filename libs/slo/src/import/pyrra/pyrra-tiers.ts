import type { ImportedTier } from '../document/import-tiers.js';

const MINUTE_MS = 60_000;
const SLICE_MS = 10_000;

/** Pyrra's four pairs: burn rate, and which parts of the SLO's window its `for`, long and short window are. */
const PAIRS = [
  { name: 'page-fast', severity: 'page', burn: 14, hold: 28 * 24 * 30, long: 28 * 24, short: 28 * 24 * 12 },
  { name: 'page-slow', severity: 'page', burn: 7, hold: 28 * 24 * 4, long: 28 * 4, short: 28 * 24 * 2 },
  { name: 'ticket-fast', severity: 'ticket', burn: 2, hold: 28 * 24, long: 28, short: 28 * 12 },
  { name: 'ticket-slow', severity: 'ticket', burn: 1, hold: 28 * 8, long: 7, short: 28 * 4 },
] as const;

/**
 * The pairs of windows that Pyrra alerts on: they grow with the window of the SLO and are the round ones at 28 days
 * (1h and 5m, 6h and 30m, 1d and 2h, 4d and 6h), rounded to minutes as Pyrra does.
 */
export function pyrraTiers(windowMs: number): ImportedTier[] {
  return PAIRS.map(({ name, severity, burn, hold, long, short }) => ({
    name,
    severity,
    burn,
    longMs: rounded(windowMs / long),
    shortMs: rounded(windowMs / short),
    holdMs: rounded(windowMs / hold),
  }));
}

/** Whole minutes; what would be none, as with an SLO of a day, in slices of ten seconds. */
function rounded(ms: number): number {
  const minutes = Math.round(ms / MINUTE_MS) * MINUTE_MS;
  return minutes > 0 ? minutes : Math.max(SLICE_MS, Math.round(ms / SLICE_MS) * SLICE_MS);
}

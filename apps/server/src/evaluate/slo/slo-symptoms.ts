import { RATIO_UNIT, type Budgeting } from '@tidewatch/slo';
import type { SliceRow } from '@tidewatch/store';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Fewer bad events an hour than this, and chance alone makes the share vary. */
const LEAST_BAD = 20;
/** Shares of bad events this close together are the same. */
const SAME_SHARE = 0.02;

/**
 * The share of bad events, if it hardly changed from hour to hour over a day; `null` otherwise. Trouble comes and goes: what stays is a
 * request that always fails, or an event that is counted twice.
 *
 * @param hours a day of hours, at least 23 of them
 */
export function constantBurn(hours: readonly SliceRow[]): number | null {
  const shares = hours
    .filter(({ good, total }) => total - good >= LEAST_BAD)
    .map(({ good, total }) => (total - good) / total);
  if (hours.length < 23 || shares.length < hours.length) {
    return null;
  }
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const spread = Math.max(...shares) - Math.min(...shares);
  return spread <= SAME_SHARE * mean ? mean : null;
}

/**
 * How many time slices of the last hour hold data, if that is too few although data came all the time: in each sixth of the hour, and in
 * less than four fifths of its slices. `null` otherwise.
 */
export function sparseSlices(
  budgeting: Budgeting,
  rows: readonly SliceRow[],
  now: number,
): { readonly filled: number; readonly slices: number } | null {
  if (budgeting.method === 'Occurrences' || budgeting.sliceMs > HOUR / 12) {
    return null;
  }
  const recent = rows.filter(
    ({ resolution, start, total }) => resolution === MINUTE && start >= now - HOUR && total > 0,
  );
  const sixths = new Set(recent.map(({ start }) => Math.floor((start - (now - HOUR)) / (HOUR / 6))));
  const slices = HOUR / budgeting.sliceMs;
  const unit = budgeting.method === 'RatioTimeslices' ? RATIO_UNIT : 1;
  const filled = recent.reduce((sum, { total }) => sum + total, 0) / unit;
  return sixths.size >= 6 && filled < 0.8 * slices ? { filled, slices } : null;
}

import type { Random } from './random.js';
import { numeric, roundTo, sigmoid } from './tabular-model.js';
import type { FeatureRow, TabularModel, TrafficMood } from './tabular-model.js';

/**
 * How the evening differs from the day, and why the demo's drift monitor must see it within 45 seconds.
 *
 * Only payments in shops (channel `card_present`, 70 % of all) change; those on the web and in the app stay as they
 * were. The ticket therefore has a segment to name.
 *
 * - `amount` by day is log-normal with median 28 and sigma 1.1: mean 51, standard deviation 79. In the evening the
 *   small payments stop and restaurant bills and tickets remain: median 124, sigma 0.3, mean 130. That is the day's
 *   mean plus one standard deviation; the largest distance of the two distribution functions is D = 0.77.
 * - `seconds_since_last_payment` changes its scale, 5 h to 15 min, with the same sigma 0.9:
 *   D = 2 Φ(ln(20) / (2 · 0.9)) - 1 = 0.90.
 *
 * The monitor compares a window of 5 min (20 samples/s: m = 6,000) with a baseline of n = 10,000 rows. After t
 * seconds of evening the share f = 0.7 t / 300 of the window has moved, and its distance from the baseline is f · D.
 * The monitor alarms when both hold, for as long as its rule asks:
 *
 * - p < alpha, corrected for all tests of the run. A budget of 1 false alarm in 30 d at one look every 10 s makes
 *   alpha = 3.9e-6 for a run and, with some twenty tests, 2e-7 for the only one that moved:
 *   2 exp(-2 d² nm / (n + m)) = 2e-7 gives d = 0.046.
 * - d minus its 95 % half width is above 0.03. The half width is below 1.48 (1/√n + 1/√m) = 0.034, so d = 0.064 is
 *   enough: the condition that decides.
 *
 * The second feature gets there after 300 · 0.064 / (0.7 · 0.90) = 30 s and the first after 36 s. The standard
 * deviation of the measured distance is at most 0.5 √(1/n + 1/m) = 0.008: after 45 s the second feature stands at
 * 0.095, nearly 4 of them above what is needed. `fraud-model.spec.ts` checks this on drawn samples.
 */
export const EVENING_SHIFT = {
  amount: { day: { median: 28, sigma: 1.1 }, evening: { median: 124, sigma: 0.3 } },
  secondsSinceLastPayment: { day: { median: 18_000, sigma: 0.9 }, evening: { median: 900, sigma: 0.9 } },
} as const;

const CARD_COUNTRIES = [
  ['US', 64],
  ['CA', 14],
  ['MX', 9],
  ['GB', 8],
  ['BR', 5],
] as const;
const CHANNELS = [
  ['card_present', 70],
  ['web', 19],
  ['app', 11],
] as const;

function drawFeatures(random: Random, mood: TrafficMood): FeatureRow {
  const channel = random.pick(CHANNELS);
  const drawnFrom = channel === 'card_present' ? mood : 'day';
  const amount = EVENING_SHIFT.amount[drawnFrom];
  const pause = EVENING_SHIFT.secondsSinceLastPayment[drawnFrom];
  return {
    amount: roundTo(random.logNormal(amount.median, amount.sigma), 2),
    seconds_since_last_payment: roundTo(random.logNormal(pause.median, pause.sigma), 0),
    distance_from_home_km: roundTo(random.logNormal(9, 1.2), 1),
    account_age_days: roundTo(random.logNormal(640, 0.8), 0),
    merchant_risk: roundTo(sigmoid(-2.2 + 0.9 * random.normal()), 4),
    card_country: random.pick(CARD_COUNTRIES),
    channel,
    first_purchase: random.chance(0.07),
  };
}

function score(features: FeatureRow): number {
  const amount = Math.log(numeric(features.amount, 28) / 28);
  const pause = Math.log(numeric(features.seconds_since_last_payment, 18_000) / 18_000);
  return sigmoid(-5 + 0.7 * amount - 0.3 * pause + 6 * numeric(features.merchant_risk, 0.1));
}

/** Scores payments. From the evening on its inputs are no longer those it was trained on. */
export const fraudModel: TabularModel = {
  positive: 'review',
  negative: 'approve',
  cutoff: 0.5,
  drawFeatures,
  tags: ({ channel }) => ({ channel: String(channel) }),
  score,
};

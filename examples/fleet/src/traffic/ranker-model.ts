import type { Random } from './random.js';
import { numeric, roundTo, sigmoid } from './tabular-model.js';
import type { FeatureRow, TabularModel } from './tabular-model.js';

const COUNTRIES = [
  ['DE', 40],
  ['FR', 22],
  ['NL', 14],
  ['ES', 13],
  ['SE', 11],
] as const;
const DEVICES = [
  ['phone', 61],
  ['desktop', 29],
  ['tablet', 10],
] as const;

function drawFeatures(random: Random): FeatureRow {
  return {
    age: Math.min(90, Math.max(18, Math.round(41 + 13 * random.normal()))),
    // One shopper in fifty has not told.
    income: random.chance(0.02) ? null : roundTo(random.logNormal(38_000, 0.5), 0),
    basket_value: roundTo(random.logNormal(52, 0.7), 2),
    session_minutes: roundTo(random.logNormal(6, 0.8), 2),
    items_viewed: 1 + Math.floor(random.exponential(7)),
    country: random.pick(COUNTRIES),
    device: random.pick(DEVICES),
    returning_customer: random.chance(0.58),
  };
}

function score(features: FeatureRow): number {
  const basket = Math.log(numeric(features.basket_value, 52) / 52);
  const session = Math.log(numeric(features.session_minutes, 6) / 6);
  const returning = features.returning_customer === true ? 0.5 : 0;
  return sigmoid(-0.4 + 0.5 * basket + 0.6 * session + returning);
}

/** Ranks a product for a shopper. Its inputs look the same all day: the drift monitor on it must stay quiet. */
export const rankerModel: TabularModel = {
  positive: 'show',
  negative: 'skip',
  cutoff: 0.5,
  drawFeatures,
  tags: ({ device }) => ({ device: String(device) }),
  score,
};

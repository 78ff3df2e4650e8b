import type { Random } from './random.js';

/** The input of one prediction, as it goes over the wire. */
export type FeatureRow = Readonly<Record<string, number | string | boolean | null>>;

/** What kind of traffic the features are drawn from. */
export type TrafficMood = 'day' | 'evening';

/** A model over tabular features: how its inputs are distributed and what it answers. */
export interface TabularModel {
  /** The answer for a score of at least `cutoff`, and the other answer. */
  readonly positive: string;
  readonly negative: string;
  readonly cutoff: number;
  /** Draws the input of one request. */
  drawFeatures(random: Random, mood: TrafficMood): FeatureRow;
  /** What the service says of a request beside its input: segments of traffic. */
  tags(features: FeatureRow): Readonly<Record<string, string>>;
  /** The score of an input, 0 to 1. */
  score(features: FeatureRow): number;
}

/** The logistic function: any number to (0, 1). */
export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Rounds to `digits` decimals, as a service would log the value. */
export function roundTo(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

/** A feature as a number: null, text and anything else that is no number counts as `fallback`. */
export function numeric(value: FeatureRow[string] | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

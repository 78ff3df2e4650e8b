import { timeUniformCdfHalfWidth } from '@tidewatch/stats';
import type { FalseAlarmBudget } from '../rule/rule-fields.js';
import { shortNumber } from '../wording.js';
import { DEFAULT_MARGINS } from './canary-input.js';
import { canaryMetrics } from './canary-metrics.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A trial of a new version, as a message shows it. */
export interface PlannedCanary {
  /** Empty for one that has to be trained first. */
  readonly candidate: string;
  /** Of the traffic, 0 to 1. */
  readonly share: number;
  readonly hours: number;
  /** One sentence: what ends it early. */
  readonly stopRule: string;
}

/** What a trial is planned from. */
export interface CanaryOccasion {
  readonly monitor: {
    readonly population: { readonly model: string };
    readonly windowMs: number;
    readonly falseAlarmBudget: FalseAlarmBudget;
  };
  /** Samples in the window that drifted. */
  readonly samples: number;
  /** The effect that the monitor holds to matter. */
  readonly minimumEffect: number;
  /** The version in use, and the one to try; empty where they are not known. */
  readonly stable: string;
  readonly candidate: string;
}

/** A small harm to few users, and still enough traffic to learn from; the larger share only where the smaller takes too long. */
const SHARES = [0.05, 0.1] as const;
/** A trial that takes longer is overtaken by the next version. */
const LONGEST_SHORT_TRIAL_H = 7 * 24;
const LONGEST_TRIAL_H = 14 * 24;
/** Smaller effects would ask for trials of months, larger ones for a handful of samples. */
const [SMALLEST_EFFECT, LARGEST_EFFECT] = [0.02, 0.2];
/** What `tidewatch canary gate` holds a comparison to by default. */
const LARGEST_ALPHA = 0.05;
const MOST_SAMPLES = 2 ** 30;

/**
 * Plans the trial of a version that may cope with drifted samples: how much of the traffic, and for how long until its
 * outputs are told from those of the version in use.
 *
 * The canary comparison says `same` once the time-uniform band around either distribution function is narrower than half
 * the effect that matters; the candidate has the fewer samples. Its probability of error is what the monitor's own
 * false-alarm budget allows for one day, at most 0.05, shared by the metrics of a comparison.
 */
export function planCanary({
  monitor,
  samples,
  minimumEffect,
  stable,
  candidate,
}: CanaryOccasion): PlannedCanary | null {
  if (samples <= 0) {
    return null;
  }
  const effect = Math.min(LARGEST_EFFECT, Math.max(SMALLEST_EFFECT, minimumEffect));
  const { count, periodMs } = monitor.falseAlarmBudget;
  const alpha = Math.min(LARGEST_ALPHA, (count * DAY_MS) / periodMs) / canaryMetrics.length;
  const needed = samplesFor(effect / 2, alpha);
  const perHour = (samples * HOUR_MS) / monitor.windowMs;
  const leastHours = Math.max(1, monitor.windowMs / HOUR_MS);
  const hoursAt = (share: number): number => Math.max(leastHours, needed / (perHour * share));
  const share = hoursAt(SHARES[0]) <= LONGEST_SHORT_TRIAL_H ? SHARES[0] : SHARES[1];
  return {
    candidate,
    share,
    hours: Math.ceil(Math.min(LONGEST_TRIAL_H, hoursAt(share))),
    stopRule: stopRule(monitor.population.model, stable, candidate),
  };
}

/** The fewest values around whose distribution function the band is no wider than `halfWidth`. */
function samplesFor(halfWidth: number, alpha: number): number {
  let high = 1;
  while (timeUniformCdfHalfWidth(high, alpha) > halfWidth && high < MOST_SAMPLES) {
    high *= 2;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (timeUniformCdfHalfWidth(Math.max(1, middle), alpha) > halfWidth) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

function stopRule(model: string, stable: string, candidate: string): string {
  const { success, latency, accuracy } = DEFAULT_MARGINS;
  const arms =
    stable === '' || candidate === ''
      ? ''
      : ` --by version --control ${quoted(stable)} --candidate ${quoted(candidate)}`;
  const percent = (share: number): string => `${shortNumber(share * 100)} %`;
  return (
    `Stop as soon as "tidewatch canary gate --model ${quoted(model)}${arms}" says worse: success rate down by more than ${percent(success)}, ` +
    `latency p95 up by more than ${percent(latency)}, or accuracy down by more than ${percent(accuracy)}.`
  );
}

/** As a shell takes it. */
function quoted(text: string): string {
  return /^[\w.:@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

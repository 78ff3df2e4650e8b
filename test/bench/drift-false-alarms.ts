import {
  driftMetrics,
  inflationOf,
  judgeRun,
  runAlpha,
  type Counted,
  type DriftMonitor,
  type NumericGrid,
  type PreviousDecision,
  type VariableComparison,
} from '@tidewatch/drift';
import { ksFromCounts } from '@tidewatch/stats';
import { figure, type Figure } from './figure.js';
import { bucketSource, defaultMonitor, normalBaseline, SlidingWindow } from './simulated-stream.js';

const MINUTE = 60_000;
const EVERY = 5 * MINUTE;
const FEATURES = 50;
const PER_DAY = 288;
const DAYS = 300;
const REFERENCE_SIZE = 20_000;
/** Values per feature and bucket: 600 an hour. */
const PER_BUCKET = 50;
const BUCKETS = 12;
/** First cell of a grid that holds values. */
const FIRST = 5;

/** One feature of a simulated model. */
interface Feature {
  readonly name: string;
  readonly grid: NumericGrid;
  readonly reference: Counted;
  readonly next: (shift: number) => Counted;
  readonly window: SlidingWindow;
}

function features(rho: number, perBucket: number, seed: number): Feature[] {
  return Array.from({ length: FEATURES }, (_, index) => {
    const { grid, reference } = normalBaseline(REFERENCE_SIZE, seed * 1_000 + index);
    return {
      name: `f${index}`,
      grid,
      reference,
      next: bucketSource(grid, { rho, perBucket }, seed * 1_000 + 500 + index),
      window: new SlidingWindow(grid, BUCKETS),
    };
  });
}

/** What a stretch of simulated time gave. */
interface Outcome {
  /** Alarms: a monitor that goes into alarm, however many features and evaluations it stays there. */
  alarms: number;
  /** Evaluations in which a feature had p < 0.05, uncorrected, and those of them that began such a stretch. */
  naive: number;
  /** Tests of windows that do not overlap, and how many had p below 1 %. */
  tests: number;
  below: number;
}

/**
 * Runs a monitor with our defaults over `days` without drift.
 *
 * Every evaluation whose distances could matter goes through `judgeRun`; where even the largest distance of any feature is
 * so small that its p-value, uncorrected and at the full sample size, exceeds ten times alpha, nothing can be significant
 * and the run is skipped.
 */
function simulate(monitor: DriftMonitor, model: readonly Feature[], days: number): Outcome {
  const alpha = runAlpha(monitor);
  const outcome: Outcome = { alarms: 0, naive: 0, tests: 0, below: 0 };
  let previous: ReadonlyMap<string, PreviousDecision> = new Map();
  let [alarmed, flagged] = [false, false];
  for (let step = 0; step < days * PER_DAY; step += 1) {
    model.forEach(({ next, window }) => window.push(next(0)));
    if (!model[0]!.window.full) {
      continue;
    }
    const windowEnd = (step + 1) * EVERY;
    const distances = model.map(({ window, reference }) =>
      ksFromCounts(window.counted().counts.subarray(FIRST), reference.counts.subarray(FIRST)),
    );
    const bounds = distances.map(
      ({ statistic, n, m }) => 2 * Math.exp((-2 * statistic * statistic * n * m) / (n + m)),
    );
    const hit = bounds.some((bound) => bound < 0.05);
    outcome.naive += hit && !flagged ? 1 : 0;
    flagged = hit;
    if (step % BUCKETS === 0) {
      countSize(model, outcome);
    }
    if (!bounds.some((bound) => bound < 10 * alpha)) {
      previous = new Map();
      alarmed = false;
      continue;
    }
    const verdicts = judgeRun({
      monitor,
      window: { from: windowEnd - BUCKETS * EVERY, to: windowEnd },
      baseline: { name: 'training', version: 1 },
      comparisons: model.map(comparisonOf),
      problems: [],
      previous,
      revised: false,
    });
    previous = new Map(verdicts.map(({ subject, since }) => [subject, { windowEnd, since }]));
    const alarm = verdicts.some(({ state }) => state === 'alarm');
    outcome.alarms += alarm && !alarmed ? 1 : 0;
    alarmed = alarm;
  }
  return outcome;
}

function comparisonOf({ name, grid, reference, window }: Feature): VariableComparison {
  return { variable: { source: 'feature', name }, segment: '', grid, reference, current: window.counted() };
}

/** The p-condition alone, on windows that share no value. */
function countSize(model: readonly Feature[], outcome: Outcome): void {
  for (const { grid, reference, window } of model) {
    const current = window.counted();
    const inflation = { current: inflationOf(grid, current), reference: 1 };
    const measured = driftMetrics.ks.measure({ grid, reference, current, inflation });
    outcome.tests += 1;
    outcome.below += (measured?.pValue ?? 1) < 0.01 ? 1 : 0;
  }
}

/**
 * `false-alarms-rho-0`, `-0.6`: alarms of a monitor over 50 features that is evaluated every 5 minutes for 300 days without
 * drift, at the default budget of 1 per 30 days; `false-alarm-size-…`: how often the p-condition alone is below 1 %.
 */
export async function benchFalseAlarms(): Promise<Figure[]> {
  const monitor = defaultMonitor();
  return [0, 0.6].flatMap((rho, index) => {
    const { alarms, naive, tests, below } = simulate(monitor, features(rho, PER_BUCKET, 10 + index), DAYS);
    return [
      figure({
        name: `false-alarms-rho-${rho}`,
        value: alarms,
        unit: 'alarms',
        baseline: naive,
        baselineName: 'episodes of p < 0.05 for any feature',
        // The upper 95 % limit of a Poisson count whose mean is the budget, 10 in 300 days.
        floor: { atMost: 17 },
      }),
      figure({
        name: `false-alarm-size-rho-${rho}`,
        value: below / tests,
        unit: 'share',
        baseline: 0.01,
        baselineName: `the nominal share of p < 0.01 in ${tests} tests of windows that share no value`,
        // Three standard errors above, for windows are compared with one baseline of 20,000 values per feature.
        floor: { atMost: Number((0.01 + 3 * Math.sqrt(0.0099 / tests)).toPrecision(3)) },
      }),
    ];
  });
}

const POWER_RUNS = 200;
const SHIFT = 0.2;
/** 5,000 samples an hour. */
const POWER_PER_BUCKET = 417;

/**
 * `power`: share of runs in which a shift of 0.2 standard deviations in one of 50 features is an alarm, defaults and hold
 * time included, within two windows of its beginning.
 */
export async function benchPower(): Promise<Figure[]> {
  const monitor = defaultMonitor();
  let [detected, naive] = [0, 0];
  for (let run = 0; run < POWER_RUNS; run += 1) {
    const model = features(0, POWER_PER_BUCKET, 5_000 + run);
    const found = detect(monitor, model);
    detected += found.alarm ? 1 : 0;
    naive += found.naive ? 1 : 0;
  }
  return [
    figure({
      name: 'power',
      value: detected / POWER_RUNS,
      unit: 'share',
      baseline: naive / POWER_RUNS,
      baselineName: 'runs in which that feature alone had p < 0.05 at the end of the second window',
      floor: { atLeast: 0.95 },
    }),
  ];
}

/** One hour without drift, then two windows with it. */
function detect(monitor: DriftMonitor, model: readonly Feature[]): { alarm: boolean; naive: boolean } {
  let previous: ReadonlyMap<string, PreviousDecision> = new Map();
  let alarm = false;
  // The features that do not move are drawn once: their windows are compared again and again, as one hour of calm.
  const calm = model.slice(1);
  calm.forEach(({ next, window }) => Array.from({ length: BUCKETS }, () => window.push(next(0))));
  const [moving] = model as [Feature];
  for (let step = 0; step < 3 * BUCKETS; step += 1) {
    moving.window.push(moving.next(step < BUCKETS ? 0 : SHIFT));
    if (step < BUCKETS - 1) {
      continue;
    }
    const windowEnd = (step + 1) * EVERY;
    const verdicts = judgeRun({
      monitor,
      window: { from: windowEnd - BUCKETS * EVERY, to: windowEnd },
      baseline: { name: 'training', version: 1 },
      comparisons: model.map(comparisonOf),
      problems: [],
      previous,
      revised: false,
    });
    previous = new Map(verdicts.map(({ subject, since }) => [subject, { windowEnd, since }]));
    alarm ||= verdicts.some(({ state, variable }) => state === 'alarm' && variable === 'f0');
  }
  const { statistic, n, m } = ksFromCounts(
    moving.window.counted().counts.subarray(FIRST),
    moving.reference.counts.subarray(FIRST),
  );
  return { alarm, naive: 2 * Math.exp((-2 * statistic * statistic * n * m) / (n + m)) < 0.05 };
}

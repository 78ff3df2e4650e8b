import { AppError, errorMessage } from '@tidewatch/core';
import { autocorrelationInflation, indicatorAutocorrelation } from '@tidewatch/stats';
import { rowsOf, splitCell, sum } from '../grid/count-values.js';
import type { Counted, VariableComparison } from '../grid/counted.js';
import { cellCount, FIRST_CELL, type Grid } from '../grid/grid.js';
import type { HistogramComparison } from '../histograms/histogram-comparison.js';
import { measureHistogram } from '../histograms/measure-histogram.js';
import type { ComparedCounts, DriftMeasurement, DriftMetric } from '../metrics/drift-metric.js';
import { driftMetrics, type DriftMetricName } from '../metrics/index.js';
import { variableId } from '../variables/variable.js';
import { decideRun, runAlpha, type Decision } from '../verdict/decide.js';
import { countOf, shortNumber, windowText } from '../wording.js';
import type { DriftRun, DriftRunInput, VariableProblem } from './drift-run.js';
import { driftSubject, type DriftVerdict } from './drift-verdict.js';
import {
  baselineOf,
  baselineText,
  gridRemarks,
  judgedReason,
  namedVariable,
  type JudgedSubject,
} from './reason.js';

/** A test that could be made. */
interface Measured {
  readonly comparison: JudgedSubject;
  readonly remarks: readonly string[];
  readonly metric: DriftMetric & { readonly name: DriftMetricName };
  readonly measured: DriftMeasurement;
  readonly minimumEffect: number;
  readonly inflation: number;
}

/** A test that could not be made, or a variable without any. */
interface Unmeasured {
  readonly comparison: JudgedSubject;
  readonly test: DriftVerdict['test'];
  readonly state: 'not-enough-data' | 'error';
  readonly reason: string;
  readonly n: number;
  readonly m: number;
}

/**
 * Judges all variables and segments of a monitor in one window: every test is measured, all of them are corrected together
 * for their number, and each is decided by three conditions (`decideRun`).
 *
 * Never throws: what goes wrong with one variable becomes its verdict `error`, and the others are judged all the same.
 */
export function judgeRun(input: DriftRunInput): DriftVerdict[] {
  const wholes = new Map(
    input.comparisons
      .filter(({ segment }) => segment === '')
      .map((comparison) => [variableId(comparison.variable), comparison]),
  );
  const counted = input.comparisons.flatMap((comparison) =>
    // The order of values is known for all samples together: a segment's values are taken to depend on each other as all do.
    measure(input, comparison, wholes.get(variableId(comparison.variable)) ?? comparison),
  );
  const found = [...counted, ...(input.histograms ?? []).map((each) => measureMetric(input, each))];
  const measured = found.filter((each): each is Measured => 'measured' in each);
  const unmeasured = found.filter((each): each is Unmeasured => !('measured' in each));
  const alpha = runAlpha(input.monitor);
  const run: DriftRun = { ...input, alpha, tests: measured.length };
  const decisions = decideRun(
    measured.map(({ comparison, metric, measured: { pValue, low }, minimumEffect }) => ({
      subject: subjectOf(comparison, metric.name),
      pValue,
      effectLow: low,
      minimumEffect,
    })),
    {
      alpha,
      holdMs: input.monitor.holdMs,
      everyMs: input.monitor.everyMs,
      windowEnd: input.window.to,
      previous: input.previous,
    },
  );
  return [
    ...measured.map((each, index) => judgedVerdict(run, each, decisions[index]!)),
    ...unmeasured.map((each) => unmeasuredVerdict(run, each)),
    ...input.problems.map((problem) => unmeasuredVerdict(run, fromProblem(problem))),
  ];
}

function measure(
  input: DriftRunInput,
  comparison: VariableComparison,
  whole: VariableComparison,
): (Measured | Unmeasured)[] {
  try {
    requireCounts(comparison);
    const inflation = {
      current: inflationOf(whole.grid, whole.current),
      reference: inflationOf(whole.grid, whole.reference),
    };
    const { grid, current, reference } = comparison;
    // One object for all metrics: what several of them need is computed once for it.
    const counts: ComparedCounts = { grid, current, reference, inflation };
    return testsOf(input, comparison).map(([metric, minimumEffect]) =>
      test(input, comparison, { metric, minimumEffect, counts }),
    );
  } catch (error) {
    return [
      {
        comparison,
        test: 'none',
        state: 'error',
        reason: `${namedVariable(comparison)} could not be judged: ${errorMessage(error)}`,
        n: 0,
        m: 0,
      },
    ];
  }
}

/** Counts of another grid would compare apples with pears. */
function requireCounts({ grid, current, reference }: VariableComparison): void {
  const wanted = cellCount(grid);
  if (current.counts.length !== wanted || reference.counts.length !== wanted) {
    throw new AppError({
      code: 'drift.counts',
      message: `the window has ${current.counts.length} cells and the baseline ${reference.counts.length}, and the grid has ${wanted}.`,
    });
  }
}

/** The metrics that a monitor tests on a variable of this type. */
function testsOf(
  { monitor }: DriftRunInput,
  { grid }: VariableComparison,
): [metric: Measured['metric'], minimumEffect: number][] {
  return (Object.keys(driftMetrics) as DriftMetricName[]).flatMap((name) => {
    const minimumEffect = monitor.minimumEffect[name];
    const metric = driftMetrics[name] as Measured['metric'];
    return minimumEffect !== undefined && metric.appliesTo.includes(grid.type)
      ? [[metric, minimumEffect] as [Measured['metric'], number]]
      : [];
  });
}

function test(
  input: DriftRunInput,
  comparison: VariableComparison,
  {
    metric,
    minimumEffect,
    counts,
  }: Pick<Measured, 'metric' | 'minimumEffect'> & { readonly counts: ComparedCounts },
): Measured | Unmeasured {
  const { grid, current, reference, inflation } = counts;
  const sizes = sizesFor(metric, comparison);
  if (Math.min(sizes.n, sizes.m) < Math.max(1, input.monitor.minimumSamples)) {
    return {
      comparison,
      test: metric.name,
      state: 'not-enough-data',
      reason: tooFew(input, comparison, metric.name === 'missing' ? 'sample' : 'usable value', sizes),
      ...sizes,
    };
  }
  const measured = metric.measure(counts);
  return measured === null
    ? {
        comparison,
        test: metric.name,
        state: 'not-enough-data',
        reason: `${namedVariable(comparison)} cannot be judged: ${metric.effectName} has no value for these counts, as when every value of the baseline is the same.`,
        ...sizes,
      }
    : {
        comparison,
        remarks: metric.name === 'missing' ? [] : gridRemarks(grid, current.counts, reference.counts),
        metric,
        measured,
        minimumEffect,
        inflation: inflation.current,
      };
}

/** Histograms are tested by their distance, whatever metrics a rule names for counted values. */
function measureMetric(
  input: DriftRunInput,
  { variable, ...sides }: HistogramComparison,
): Measured | Unmeasured {
  const comparison = { variable, segment: '' };
  const metric = driftMetrics.ks as Measured['metric'];
  const measured = measureHistogram(sides);
  const [n, m] = [sizeOf(sides.current), sizeOf(sides.reference)];
  if (measured === null || Math.min(n, m) < input.monitor.minimumSamples) {
    const reason = tooFew(input, comparison, 'observation', { n, m });
    return { comparison, test: 'ks', state: 'not-enough-data', reason, n, m };
  }
  const { most, statistic, inflation } = measured;
  return {
    comparison,
    remarks:
      most - statistic < 0.005
        ? []
        : [
            `As far as the bounds of the buckets show: values within a bucket may differ by more, up to a D of ${shortNumber(most)}.`,
          ],
    metric,
    measured,
    minimumEffect: input.monitor.minimumEffect.ks ?? metric.defaultMinimumEffect,
    inflation,
  };
}

function sizeOf(histograms: HistogramComparison['current']): number {
  return histograms.reduce((total, { counts }) => total + counts.reduce((sum, count) => sum + count, 0), 0);
}

/** Samples with a value, or all samples for the test of what is missing. */
function sizesFor(
  metric: DriftMetric,
  { grid, current, reference }: VariableComparison,
): { readonly n: number; readonly m: number } {
  if (metric.name === 'missing') {
    return { n: rowsOf(current), m: rowsOf(reference) };
  }
  const from = grid.type === 'numeric' ? FIRST_CELL : FIRST_CELL - 1;
  return {
    n: sum(current.counts, from, current.counts.length),
    m: sum(reference.counts, from, reference.counts.length),
  };
}

/** By how much the dependence of neighbouring values inflates the variance of shares; 1 where nothing is known of it. */
export function inflationOf(grid: Grid, { counts, lag }: Counted): number {
  if (lag === null || lag.pairs === 0) {
    return 1;
  }
  const values = sum(counts, FIRST_CELL, counts.length);
  const share = sum(counts, FIRST_CELL, splitCell(grid)) / Math.max(1, values);
  return autocorrelationInflation(indicatorAutocorrelation({ ...lag, share }));
}

function tooFew(
  input: DriftRunInput,
  comparison: JudgedSubject,
  noun: string,
  { n, m }: { readonly n: number; readonly m: number },
): string {
  const baseline = baselineText(baselineOf(input, comparison));
  const found = `the window ${windowText(input.window)} has ${countOf(n, noun)} and ${baseline} has ${countOf(m, noun)}`;
  return `${namedVariable(comparison)} cannot be judged: ${found}, and the monitor asks for at least ${countOf(input.monitor.minimumSamples, 'value')} on each side.`;
}

function fromProblem({ variable, segment, message, kind }: VariableProblem): Unmeasured {
  return {
    comparison: { variable, segment },
    test: 'none',
    state: kind === 'error' ? 'error' : 'not-enough-data',
    reason: `${namedVariable({ variable, segment })} ${kind === 'error' ? 'could not' : 'cannot'} be judged: ${message}`,
    n: 0,
    m: 0,
  };
}

function judgedVerdict(run: DriftRun, each: Measured, decision: Decision): DriftVerdict {
  const { comparison, metric, measured, minimumEffect, inflation } = each;
  return {
    ...about(run, comparison, metric.name),
    state: decision.state,
    reason: judgedReason(run, { ...each, decision }),
    method: measured.method,
    n: measured.n,
    m: measured.m,
    effectName: metric.effectName,
    statistic: measured.statistic,
    statisticLow: measured.low,
    // JSON has no Infinity.
    statisticHigh: Number.isFinite(measured.high) ? measured.high : null,
    pValue: measured.pValue,
    pAdjusted: decision.pAdjusted,
    minimumEffect,
    conditions: decision.conditions,
    since: decision.since,
    location: measured.location,
    inflation,
  };
}

function unmeasuredVerdict(
  run: DriftRun,
  { comparison, test: name, state, reason, n, m }: Unmeasured,
): DriftVerdict {
  return {
    ...about(run, comparison, name),
    state,
    reason,
    method: name,
    n,
    m,
    effectName: name === 'none' ? '' : driftMetrics[name].effectName,
    statistic: null,
    statisticLow: null,
    statisticHigh: null,
    pValue: null,
    pAdjusted: null,
    minimumEffect: name === 'none' ? 0 : (run.monitor.minimumEffect[name] ?? 0),
    conditions: { significant: null, large: null, held: null },
    since: null,
    location: null,
    inflation: 1,
  };
}

function about(run: DriftRun, comparison: JudgedSubject, test: DriftVerdict['test']) {
  return {
    subject: subjectOf(comparison, test),
    variable: variableId(comparison.variable),
    segment: comparison.segment,
    test,
    alpha: run.alpha,
    baseline: run.baseline.name,
    baselineVersion: baselineOf(run, comparison).version,
    window: run.window,
    revised: run.revised,
    explanation: null,
  };
}

function subjectOf({ variable, segment }: JudgedSubject, test: string): string {
  return driftSubject(variableId(variable), segment, test);
}

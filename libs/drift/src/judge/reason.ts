import { CELL, FIRST_CELL, type Grid } from '../grid/grid.js';
import { sum } from '../grid/count-values.js';
import type { VariableComparison } from '../grid/counted.js';
import type { DriftLocation, DriftMeasurement, DriftMetric } from '../metrics/drift-metric.js';
import type { Decision } from '../verdict/decide.js';
import { limitsText } from '../verdict/limits-text.js';
import { countOf, shortNumber, windowText } from '../wording.js';
import type { DriftRun } from './drift-run.js';

/** What a test is about. */
export type JudgedSubject = Pick<VariableComparison, 'variable' | 'segment'>;

/** What one test found and what was decided about it. */
export interface Judged {
  readonly comparison: JudgedSubject;
  /** What else the reader should know, as sentences. */
  readonly remarks: readonly string[];
  readonly metric: Pick<DriftMetric, 'name' | 'effectName'>;
  readonly measured: DriftMeasurement;
  readonly minimumEffect: number;
  readonly inflation: number;
  readonly decision: Decision;
}

/** The full sentences of a verdict: what was found, on how much data, and which condition of an alarm fails. */
export function judgedReason(run: DriftRun, judged: Judged): string {
  const parts = [evidence(run, judged), limitsOf(run, judged)];
  return `${conclusion(judged)}: ${parts.join('; ')}.${remarksText(judged)}`;
}

/** `Feature amount`, `Output score in segment region=eu-1`. */
export function namedVariable(comparison: JudgedSubject): string {
  const { variable, segment } = comparison;
  const source = {
    feature: 'Feature',
    output: 'Output',
    truth: 'Ground truth',
    attribution: 'Attribution of',
    metric: 'Metric',
  };
  return `${source[variable.source]} ${variable.name}${segment === '' ? '' : ` in segment ${segment}`}`;
}

/** The baseline of a variable. Histograms have no cells, and so no versions of them. */
export function baselineOf(
  { baseline }: Pick<DriftRun, 'baseline'>,
  { variable }: JudgedSubject,
): DriftRun['baseline'] {
  return variable.source === 'metric' ? { ...baseline, version: 0 } : baseline;
}

/** `baseline training version 3`. */
export function baselineText({ name, version }: DriftRun['baseline']): string {
  return `baseline ${name}${version === 0 ? '' : ` version ${version}`}`;
}

function conclusion({ comparison, decision, metric }: Judged): string {
  const name = namedVariable(comparison);
  const missing = metric.name === 'missing';
  switch (decision.state) {
    case 'alarm':
      return missing ? `${name} lacks usable values otherwise than before` : `${name} has drifted`;
    case 'watch':
      return decision.conditions.large === true
        ? `${name} has moved, and must last to count`
        : `${name} has moved, but perhaps by less than matters`;
    case 'ok':
    case 'not-enough-data':
    case 'error':
      return missing ? `${name} lacks no more values than before` : `${name} shows no drift`;
  }
}

function evidence(run: DriftRun, { comparison, metric, measured }: Judged): string {
  const interval = `95 % interval ${shortNumber(measured.low)} to ${shortNumber(measured.high)}`;
  const place = locationText(measured.location);
  const effect = `${metric.effectName} is ${shortNumber(measured.statistic)} (${interval})${place}`;
  const window = `${countOf(measured.n, 'value')} in the window ${windowText(run.window)}`;
  return `${effect}, between ${window} and ${countOf(measured.m, 'value')} of ${baselineText(baselineOf(run, comparison))}`;
}

function locationText(location: DriftLocation | null): string {
  switch (location?.kind) {
    case 'value':
      return `, with ${location.moreBelow ? 'more' : 'fewer'} values below ${shortNumber(location.value)}`;
    case 'category':
      return location.category === null
        ? `, with ${location.more ? 'more' : 'fewer'} values that the baseline does not know`
        : `, with ${location.more ? 'more' : 'less'} ${JSON.stringify(location.category)}`;
    case 'missing':
      return location.more ? ', with more missing' : ', with fewer missing';
    case undefined:
      return '';
  }
}

function limitsOf(run: DriftRun, { decision, minimumEffect, measured }: Judged): string {
  const held = { alpha: run.alpha, tests: run.tests, windowEnd: run.window.to, holdMs: run.monitor.holdMs };
  return limitsText(held, decision, { pValue: measured.pValue, minimumEffect });
}

/** Each as a sentence with a leading space. */
function remarksText({ inflation, remarks }: Judged): string {
  const sentences = [...remarks];
  if (inflation > 1.05) {
    sentences.push(
      `Neighbouring values depend on each other: ${shortNumber(inflation)} of them are worth one independent value.`,
    );
  }
  return sentences.map((sentence) => ` ${sentence}`).join('');
}

/** What counts over a grid say beside the test: constant sides, values that are left out, categories that are not told apart. */
export function gridRemarks(grid: Grid, current: Float64Array, reference: Float64Array): string[] {
  return [
    ...constantRemark(grid, current, 'in the window'),
    ...constantRemark(grid, reference, 'of the baseline'),
    ...leftOut(current, 'in the window'),
    ...(grid.type === 'categorical' && grid.capped
      ? [
          `The baseline has more categories than the ${grid.categories.length} that are told apart; the rest count as one.`,
        ]
      : []),
  ];
}

function leftOut(counts: Float64Array, where: string): string[] {
  const kinds = [
    [CELL.null, 'null or absent'],
    [CELL.nan, 'NaN'],
    [CELL.infinity, 'infinite'],
    [CELL.wrongType, 'of another type'],
  ] as const;
  const found = kinds
    .filter(([cell]) => counts[cell]! > 0)
    .map(([cell, what]) => `${countOf(counts[cell]!, 'value')} ${what}`);
  return found.length === 0 ? [] : [`Left out ${where}: ${found.join(', ')}.`];
}

function constantRemark(grid: Grid, counts: Float64Array, where: string): string[] {
  const from = grid.type === 'numeric' ? FIRST_CELL : CELL.unseen;
  const total = sum(counts, from, counts.length);
  const cell = counts.findIndex((count, index) => index >= from && count === total);
  if (total < 2 || cell < 0) {
    return [];
  }
  if (grid.type === 'categorical') {
    const category = grid.categories[cell - FIRST_CELL];
    return category === undefined ? [] : [`Every value ${where} is ${JSON.stringify(category)}.`];
  }
  return [`All values ${where} lie in one bin.`];
}

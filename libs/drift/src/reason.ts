import type { DriftState } from './drift-verdict.js';
import type { FeatureComparison, Side } from './feature-comparison.js';
import type { DriftMeasurement, DriftMetric } from './metrics/drift-metric.js';
import { countOf, shortNumber, windowText } from './wording.js';

/** The usable values of both sides. */
interface Sides {
  readonly current: Side;
  readonly reference: Side;
}

/** A completed comparison and the limits it was held to. */
interface Outcome extends Sides {
  readonly metric: DriftMetric;
  readonly measured: DriftMeasurement;
  readonly state: DriftState;
  readonly alpha: number;
  readonly minimumEffect: number;
}

/** The full sentences of a verdict for which there was enough data: what, how much, on which values, by which limits. */
export function judgedReason(comparison: FeatureComparison, outcome: Outcome): string {
  const parts = [evidence(comparison, outcome), comparedWithLimits(outcome)];
  return `${conclusion(comparison.feature, outcome.state)}: ${parts.join('; ')}.${remarks(comparison, outcome)}`;
}

/** Why the comparison cannot be made, in full sentences, or `null` when it can. */
export function missingDataReason(comparison: FeatureComparison, sides: Sides): string | null {
  const { monitor, feature, window } = comparison;
  const baseline = baselineText(comparison);
  const opening = `Feature ${feature} cannot be judged: `;
  if (comparison.reference === null) {
    return `${opening}${baseline} has no feature ${feature}.`;
  }
  const [n, m] = [sides.current.finite.length, sides.reference.finite.length];
  if (Math.min(n, m) >= Math.max(1, monitor.minimumSamples)) {
    return null;
  }
  const found = `the window ${windowText(window)} has ${countOf(n, 'usable value')} and ${baseline} has ${countOf(m, 'usable value')}`;
  const wanted = `the monitor asks for at least ${countOf(monitor.minimumSamples, 'value')} on each side`;
  return `${opening}${found}, and ${wanted}.${remarks(comparison, sides)}`;
}

function conclusion(feature: string, state: DriftState): string {
  if (state === 'alarm') {
    return `Feature ${feature} has drifted`;
  }
  return state === 'watch'
    ? `Feature ${feature} has moved, but perhaps by less than matters`
    : `Feature ${feature} shows no drift`;
}

function evidence(comparison: FeatureComparison, { metric, measured, current, reference }: Outcome): string {
  const interval = `95 % interval ${shortNumber(measured.low)} to ${shortNumber(measured.high)}`;
  const effect = `${metric.effectName} is ${shortNumber(measured.statistic)} (${interval})`;
  const window = `${countOf(current.finite.length, 'value')} in the window ${windowText(comparison.window)}`;
  const baseline = `${countOf(reference.finite.length, 'value')} of ${baselineText(comparison)}`;
  return `${effect} between ${window} and ${baseline}`;
}

function comparedWithLimits({ measured: { pValue }, alpha, minimumEffect, state }: Outcome): string {
  const p = pValue === 0 ? 'p is too small to compute and thus' : `p = ${shortNumber(pValue)} is`;
  const limit = `below alpha = ${shortNumber(alpha)}`;
  if (state === 'ok') {
    return `${p} not ${limit}`;
  }
  const start = state === 'alarm' ? 'starts no lower than' : 'starts below';
  return `${p} ${limit}, and the interval ${start} the minimum effect of ${shortNumber(minimumEffect)}`;
}

/** What else the reader should know, each as a sentence with a leading space. */
function remarks(comparison: FeatureComparison, { current, reference }: Sides): string {
  const nulls = comparison.currentNulls ?? 0;
  const sentences = [
    constantRemark(current, 'in the window'),
    constantRemark(reference, 'of the baseline'),
    leftOut(current.notFinite, 'in the window', 'NaN or infinite'),
    leftOut(reference.notFinite, 'of the baseline', 'NaN or infinite'),
    leftOut(nulls, 'in the window', 'null'),
  ];
  return sentences
    .filter((sentence) => sentence !== '')
    .map((sentence) => ` ${sentence}`)
    .join('');
}

function leftOut(count: number, where: string, what: string): string {
  return count === 0
    ? ''
    : `${countOf(count, 'value')} ${where} ${count === 1 ? 'was' : 'were'} ${what} and left out of the comparison.`;
}

function constantRemark({ finite }: Side, where: string): string {
  const first = finite[0];
  return finite.length > 1 && finite.every((value) => value === first)
    ? `Every value ${where} is ${first}.`
    : '';
}

function baselineText({ baselineName, baselineVersion }: FeatureComparison): string {
  return `baseline ${baselineName}${baselineVersion === 0 ? '' : ` version ${baselineVersion}`}`;
}

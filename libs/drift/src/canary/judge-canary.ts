import { countOf, durationText, listOf, shortNumber } from '../wording.js';
import { armsOfStrata, scaleArm, type Arm } from './arm.js';
import type { CanaryInput } from './canary-input.js';
import { canaryMetrics, type ArmDifference, type CanaryMetricRule } from './canary-metrics.js';
import type { CanaryConclusion, CanaryMetric, CanaryVerdict } from './canary-verdict.js';

/** Beyond so many times the samples so far "needed" is "never". */
const LARGEST_FACTOR = 2 ** 20;

/**
 * Compares a candidate with a control over the same minutes. Every interval holds at all looks at once, so that the comparison
 * may be watched continuously and ended whenever it says something; alpha is shared equally by the metrics.
 *
 * `worse` is said as soon as it is certain. `same` and `better` wait for the minimum duration and for every measured metric.
 */
export function judgeCanary(input: CanaryInput): CanaryVerdict {
  const { range, minimumDurationMs, strata } = input;
  const { control, candidate } = armsOfStrata(strata);
  const metrics = canaryMetrics.map((rule) => judgeMetric(input, rule, control, candidate));
  const measured = metrics.filter(({ conclusion }) => conclusion !== 'not-measured');
  const named = (conclusion: CanaryConclusion): string[] =>
    measured.filter((metric) => metric.conclusion === conclusion).map(({ label }) => label);
  const [worse, open, better] = [named('worse'), named('inconclusive'), named('better')];
  const verdict = (conclusion: CanaryConclusion, reason: string, needed: number | null = null) => ({
    conclusion,
    reason,
    metrics,
    needed,
  });
  if (worse.length > 0) {
    return verdict('worse', `The candidate is worse: ${listOf(worse, worse.length)}.`);
  }
  if (measured.length === 0) {
    return verdict('inconclusive', 'There are no requests that both arms answered in the same minutes.');
  }
  const lasted = range.to - range.from;
  if (lasted < minimumDurationMs) {
    return verdict(
      'inconclusive',
      `The comparison has lasted ${durationText(lasted)} of at least ${durationText(minimumDurationMs)}.`,
    );
  }
  if (open.length > 0) {
    const needs = measured
      .filter(({ conclusion }) => conclusion === 'inconclusive')
      .map(({ needed }) => needed);
    const needed = needs.includes(null) ? null : Math.max(...(needs as number[]));
    return verdict(
      'inconclusive',
      `It is not certain yet for ${listOf(open, open.length)}; ${
        needed === null
          ? 'the difference is so near to what is allowed that no number of samples may tell'
          : `if nothing changes, ${countOf(needed, 'further sample')} of the candidate will tell`
      }.`,
      needed,
    );
  }
  return better.length > 0
    ? verdict('better', `The candidate is better: ${listOf(better, better.length)}; nothing is worse.`)
    : verdict('same', 'The candidate is no worse than allowed.');
}

function judgeMetric(
  { margins, alpha }: CanaryInput,
  rule: CanaryMetricRule,
  control: Arm,
  candidate: Arm,
): CanaryMetric {
  const margin = margins[rule.margin];
  const share = alpha / canaryMetrics.length;
  const difference = rule.compare(control, candidate, share);
  const about = { name: rule.name, label: rule.label, margin };
  if (difference === null) {
    return {
      ...about,
      ...{ conclusion: 'not-measured', control: null, candidate: null, effect: null, low: null, high: null },
      ...{ n: 0, m: 0, needed: null },
      reason: `${capitalised(rule.label)} cannot be compared: an arm has no data for it.`,
    };
  }
  const conclusion = conclude(difference, margin);
  const { effect, low, high, n, m } = difference;
  return {
    ...about,
    conclusion,
    control: difference.control,
    candidate: difference.candidate,
    // JSON has no Infinity.
    effect: finite(effect),
    low: finite(low),
    high: finite(high),
    ...{ n, m },
    needed:
      conclusion === 'inconclusive'
        ? furtherSamples(m, (factor) => {
            const more = rule.compare(scaleArm(control, factor), scaleArm(candidate, factor), share);
            return more !== null && conclude(more, margin) !== 'inconclusive';
          })
        : null,
    reason: reasonOf(rule, difference, margin),
  };
}

function conclude({ low, high }: ArmDifference, margin: number): CanaryConclusion {
  if (low > margin) {
    return 'worse';
  }
  if (high < 0) {
    return 'better';
  }
  return high <= margin ? 'same' : 'inconclusive';
}

/** Further samples of the candidate until `conclusive`, both arms growing alike; `null` for never. */
function furtherSamples(samples: number, conclusive: (factor: number) => boolean): number | null {
  let high = 2;
  while (!conclusive(high)) {
    high *= 2;
    if (high > LARGEST_FACTOR) {
      return null;
    }
  }
  let low = high / 2;
  while (high - low > 0.01 * high) {
    const middle = (low + high) / 2;
    if (conclusive(middle)) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return Math.ceil(samples * (high - 1));
}

function reasonOf(rule: CanaryMetricRule, difference: ArmDifference, margin: number): string {
  const { control, candidate, effect, low, high } = difference;
  const bound = (value: number): string => (Number.isFinite(value) ? shortNumber(value) : 'unknown');
  const interval = `between ${bound(low)} and ${bound(high)}, and ${shortNumber(margin)} is allowed`;
  const sides =
    control === null || candidate === null
      ? `${capitalised(rule.label)} differ by D = ${bound(effect)}`
      : `${capitalised(rule.label)} is ${bound(candidate)} against ${bound(control)}, worse by ${bound(effect)}`;
  return `${sides}; ${interval}.`;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

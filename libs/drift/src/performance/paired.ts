import { mcnemarTest, normalQuantile, regularizedBeta, wilsonInterval } from '@tidewatch/stats';
import { CONFIDENCE } from '../metrics/drift-metric.js';
import { shareText } from '../quality/counted-share.js';
import type { Finding, Measurement } from '../verdict/judge-findings.js';
import { countOf, onlyCountOf, shortNumber } from '../wording.js';
import type { PairedVariants } from './performance-monitor.js';

/** Requests that two variants answered both. */
export interface PairedOutcomes {
  readonly pairs: number;
  /** Pairs with a class on both sides, and those with different ones. */
  readonly classified: number;
  readonly disagreements: number;
  /** Pairs with a score or value on both sides, those beyond the tolerance, and the largest difference. */
  readonly numeric: number;
  readonly beyondTolerance: number;
  readonly largestDifference: number;
  /** Pairs with a label, and those which only the control or only the candidate answered right. */
  readonly labelled: number;
  readonly onlyControl: number;
  readonly onlyCandidate: number;
}

/** What two variants on the same requests show: lost accuracy where labels are known, and agreement where they are not. */
export function pairedFindings(
  rule: PairedVariants,
  outcomes: PairedOutcomes,
  minimumSamples: number,
): Finding[] {
  return [
    lostAccuracy(rule, outcomes, minimumSamples),
    agreement(rule, minimumSamples, {
      subject: 'agreement/class',
      title: `${rule.candidate} and ${rule.control}, different classes`,
      effectName: 'the share of requests answered with different classes',
      n: outcomes.classified,
      k: outcomes.disagreements,
      minimumEffect: rule.maximumDisagreement,
      what: 'are answered with different classes',
      more: '',
    }),
    ...(rule.tolerance === null
      ? []
      : [
          agreement(rule, minimumSamples, {
            subject: 'agreement/value',
            title: `${rule.candidate} and ${rule.control}, beyond the tolerance`,
            effectName: 'the share of requests answered further apart than the tolerance',
            n: outcomes.numeric,
            k: outcomes.beyondTolerance,
            minimumEffect: rule.maximumDisagreement,
            what: `are answered more than ${shortNumber(rule.tolerance)} apart`,
            more: `; the largest difference is ${shortNumber(outcomes.largestDifference)}`,
          }),
        ]),
  ];
}

function lostAccuracy(
  { control, candidate, minimumEffect }: PairedVariants,
  { labelled, onlyControl, onlyCandidate }: PairedOutcomes,
  minimumSamples: number,
): Finding {
  const enough = labelled >= Math.max(1, minimumSamples);
  return {
    subject: 'accuracy/paired',
    title: `accuracy of ${candidate} against ${control}, same requests`,
    measure: 'paired',
    effectName: 'the accuracy lost',
    n: labelled,
    m: labelled,
    certain: false,
    compared: false,
    measured: enough ? pairedDrop(onlyControl, onlyCandidate, labelled, minimumEffect) : null,
    finding: enough
      ? `of ${countOf(labelled, 'labelled request')} ${control} alone answers ${onlyControl.toLocaleString('en-US')} right, and ${candidate} alone ${onlyCandidate.toLocaleString('en-US')}`
      : `${onlyCountOf(labelled, 'request')} that both answered have labels, and the monitor asks for at least ${minimumSamples}`,
  };
}

/**
 * The difference of two paired proportions: McNemar's exact test, and the interval of Agresti and Min (Statistics in Medicine
 * 24, 2005), Wald's after half a case is added to each cell.
 */
function pairedDrop(
  onlyControl: number,
  onlyCandidate: number,
  n: number,
  minimumEffect: number,
): Measurement {
  const [b, c, size] = [onlyControl + 0.5, onlyCandidate + 0.5, n + 2];
  const center = (b - c) / size;
  const error = Math.sqrt(b + c - (b - c) ** 2 / size) / size;
  const half = normalQuantile((1 + CONFIDENCE) / 2) * error;
  return {
    statistic: (onlyControl - onlyCandidate) / n,
    low: center - half,
    high: center + half,
    // More right than the control is nothing lost.
    pValue: onlyControl > onlyCandidate ? mcnemarTest(onlyControl, onlyCandidate) : 1,
    method: 'mcnemar',
    minimumEffect,
  };
}

/** The share `k / n` against the largest allowed: the exact binomial test, and Wilson's interval of the share. */
function shareBeyond(k: number, n: number, allowed: number): Measurement {
  const { low, high } = wilsonInterval(k, n, CONFIDENCE);
  // P(X >= k) for n trials of probability p is the regularised incomplete beta function I_p(k, n - k + 1).
  const pValue = k === 0 ? 1 : allowed === 0 ? 0 : regularizedBeta(k, n - k + 1, allowed);
  return { statistic: k / n, low, high, pValue, method: 'binomial', minimumEffect: allowed };
}

function agreement(
  { control, candidate }: PairedVariants,
  minimumSamples: number,
  about: {
    readonly subject: string;
    readonly title: string;
    readonly effectName: string;
    readonly n: number;
    readonly k: number;
    readonly minimumEffect: number;
    readonly what: string;
    readonly more: string;
  },
): Finding {
  const { subject, title, effectName, n, k, minimumEffect, what, more } = about;
  const enough = n >= Math.max(1, minimumSamples);
  return {
    ...{ subject, title, effectName, n, m: n },
    measure: 'agreement',
    certain: false,
    compared: false,
    measured: enough ? shareBeyond(k, n, minimumEffect) : null,
    finding: enough
      ? `${shareText(k, n)} of ${countOf(n, 'request')} that ${control} and ${candidate} both answered ${what}${more}`
      : `${control} and ${candidate} have ${onlyCountOf(n, 'request')} in common, and the monitor asks for at least ${minimumSamples}`,
  };
}

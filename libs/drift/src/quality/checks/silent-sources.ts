import { poissonRateTest } from '@tidewatch/stats';
import { CONFIDENCE } from '../../metrics/drift-metric.js';
import { countOf, shortNumber } from '../../wording.js';
import { ABOUT_SAMPLES, type CheckFinding, type QualityCheck } from '../check-finding.js';
import { poissonDispersion } from '../dispersion.js';
import type { SourceTraffic } from '../quality-input.js';

/**
 * Values of a dimension that send less than they used to: a camera that is dark while the model as a whole is busy. The exact
 * test of two Poisson rates, on counts divided by how much they vary beyond Poisson's law.
 */
export const silent: QualityCheck<'silent'> = {
  name: 'silent',
  label: 'silent',
  needsBaseline: false,
  find: ({ sources }, { minimumEffect }) => sources.map((source) => silence(source, minimumEffect)),
};

function silence({ dimension, value, current, history }: SourceTraffic, minimumEffect: number): CheckFinding {
  const before = history.reduce((sum, count) => sum + count, 0);
  const title = `${dimension}=${value}`;
  const base = {
    ...ABOUT_SAMPLES,
    about: title,
    title,
    effectName: 'the share of its usual samples that is missing',
    n: current,
    m: before,
    certain: false,
  };
  if (before === 0) {
    return { ...base, measured: null, finding: `${title} is new` };
  }
  const dispersion = poissonDispersion(history);
  const { ratio, low, high, pValue } = poissonRateTest(
    current / dispersion,
    1,
    before / dispersion,
    history.length,
    CONFIDENCE,
  );
  return {
    ...base,
    measured: {
      statistic: Math.max(0, 1 - ratio),
      low: Math.max(0, 1 - high),
      high: Math.max(0, 1 - low),
      // More than usual is not silent.
      pValue: ratio < 1 ? pValue : 1,
      method: 'poisson',
      minimumEffect,
    },
    finding: `${title} sent ${countOf(current, 'sample')}, and ${shortNumber(before / history.length)} per window on average before`,
  };
}

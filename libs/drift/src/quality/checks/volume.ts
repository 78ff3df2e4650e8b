import { predictionTest } from '@tidewatch/stats';
import { CONFIDENCE } from '../../metrics/drift-metric.js';
import { countOf, onlyCountOf, shortNumber } from '../../wording.js';
import { ABOUT_SAMPLES, type QualityCheck } from '../check-finding.js';
import { relativeChange } from '../relative-change.js';

/** With fewer earlier windows nobody knows how much they vary. */
export const LEAST_HISTORY = 5;

/**
 * The number of samples against earlier windows of the same length: Student's prediction interval, with a variance of at
 * least Poisson's. Windows that vary among themselves, by the hour or the weekday, allow for more.
 */
export const volume: QualityCheck<'volume'> = {
  name: 'volume',
  label: 'volume',
  needsBaseline: false,
  find: ({ traffic, history }, { minimumEffect }) => {
    const n = traffic.samples;
    const counts = history.map(({ samples }) => samples);
    const effectName = 'the relative change of the number of samples';
    const base = { ...ABOUT_SAMPLES, effectName, n, m: counts.length, certain: false };
    const mean = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
    if (counts.length < LEAST_HISTORY || mean === 0) {
      return [
        {
          ...base,
          measured: null,
          finding: `the window has ${countOf(n, 'sample')}, and ${onlyCountOf(counts.length, 'earlier window')} of the ${LEAST_HISTORY} that it takes to know what is usual`,
        },
      ];
    }
    const result = predictionTest(n, counts, CONFIDENCE, mean);
    return [
      {
        ...base,
        measured: relativeChange(result, minimumEffect),
        finding: `the window has ${countOf(n, 'sample')}, and ${countOf(counts.length, 'earlier window')} had ${shortNumber(mean)} on average`,
      },
    ];
  },
};

import { durationText } from '../../wording.js';
import { ABOUT_SAMPLES, type QualityCheck } from '../check-finding.js';
import { poissonDispersion } from '../dispersion.js';

/**
 * How old the newest sample is. A gap counts as wrong when it is longer than the rule allows and too long for chance:
 * `P(no sample for a) = exp(-rate a / dispersion)` at the rate of earlier windows (Poisson's law, stretched by how much
 * their counts vary beyond it).
 */
export const freshness: QualityCheck<'freshness'> = {
  name: 'freshness',
  label: 'freshness',
  needsBaseline: false,
  find: ({ window, newestAt, history }, { maximumMs }) => {
    const effectName = 'the age of the newest sample in seconds';
    const base = { ...ABOUT_SAMPLES, effectName, n: 1, m: history.length, certain: true };
    if (newestAt === null) {
      return [{ ...base, measured: null, finding: 'no sample has ever come' }];
    }
    const ageMs = Math.max(0, window.to - newestAt);
    const counts = history.map(({ samples }) => samples);
    const span = history.reduce((sum, { range }) => sum + range.to - range.from, 0);
    const rate = span === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / span;
    // Without a history only the limit counts.
    const pValue = span === 0 ? 0 : Math.exp((-rate * ageMs) / poissonDispersion(counts));
    const seconds = ageMs / 1_000;
    return [
      {
        ...base,
        measured: {
          statistic: seconds,
          low: seconds,
          high: seconds,
          pValue,
          method: span === 0 ? 'limit' : 'poisson',
          minimumEffect: maximumMs / 1_000,
        },
        finding: `the newest sample is ${durationText(Math.round(seconds) * 1_000)} older than the window's end, and ${durationText(maximumMs)} are allowed`,
      },
    ];
  },
};

import { countOf } from '../../wording.js';
import { ABOUT_SAMPLES, type CheckFinding, type QualityCheck } from '../check-finding.js';
import { shareText } from '../counted-share.js';
import { shareAbove } from '../share-above.js';
import type { QualityInput, TrafficWindow } from '../quality-input.js';

/** The same prediction id at several times, and the same input hash again within a window, against earlier windows. */
export const duplicates: QualityCheck<'duplicates'> = {
  name: 'duplicates',
  label: 'duplicates',
  needsBaseline: false,
  find: (input, { minimumEffect }) => [
    repeated(input, minimumEffect, {
      about: 'prediction-id',
      title: 'prediction ids',
      predicate: 'repeat a prediction id with another time',
      all: ({ samples }) => samples,
      some: ({ repeatedIds }) => repeatedIds,
    }),
    repeated(input, minimumEffect, {
      about: 'input-hash',
      title: 'inputs',
      predicate: 'repeat an input hash of the same window',
      all: ({ hashed }) => hashed,
      some: ({ repeatedInputs }) => repeatedInputs,
    }),
  ],
};

interface Repetition {
  readonly about: string;
  readonly title: string;
  readonly predicate: string;
  readonly all: (window: TrafficWindow) => number;
  readonly some: (window: TrafficWindow) => number;
}

function repeated(
  { traffic, history, monitor }: QualityInput,
  minimumEffect: number,
  { about, title, predicate, all, some }: Repetition,
): CheckFinding {
  const total = (count: (window: TrafficWindow) => number): number =>
    history.reduce((sum, window) => sum + count(window), 0);
  const [n, m] = [all(traffic), total(all)];
  const base = {
    ...ABOUT_SAMPLES,
    about,
    title,
    effectName: 'the rise of the share of repetitions',
    n,
    m,
    certain: false,
  };
  if (Math.min(n, m) < Math.max(1, monitor.minimumSamples)) {
    return {
      ...base,
      measured: null,
      finding: `of ${title} there are ${countOf(n, 'sample')} in the window and ${countOf(m, 'sample')} in earlier ones, and the monitor asks for at least ${countOf(monitor.minimumSamples, 'sample')}`,
    };
  }
  const [k, l] = [some(traffic), total(some)];
  return {
    ...base,
    measured: shareAbove({ k, n }, { l, m }, minimumEffect),
    finding: `${shareText(k, n)} of ${countOf(n, 'sample')} ${predicate}, and ${shareText(l, m)} in earlier windows`,
  };
}

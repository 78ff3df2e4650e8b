import { countOf, durationText } from '../../wording.js';
import { ABOUT_SAMPLES, type CheckFinding, type QualityCheck } from '../check-finding.js';
import { shareText } from '../counted-share.js';
import { shareAbove, shareOfNone } from '../share-above.js';
import type { QualityInput, TrafficWindow } from '../quality-input.js';

/** Samples stamped ahead of their arrival, or far behind it, against earlier windows: a clock is wrong, or a client replays. */
export const clock: QualityCheck<'clock'> = {
  name: 'clock',
  label: 'clock',
  needsBaseline: false,
  find: (input, { minimumEffect, aheadMs, behindMs }) => [
    skewed(input, minimumEffect, {
      about: 'ahead',
      text: `more than ${durationText(aheadMs)} ahead of their arrival`,
      count: ({ ahead }) => ahead,
    }),
    skewed(input, minimumEffect, {
      about: 'behind',
      text: `more than ${durationText(behindMs)} behind it`,
      count: ({ behind }) => behind,
    }),
  ],
};

function skewed(
  { traffic, history, monitor }: QualityInput,
  minimumEffect: number,
  {
    about,
    text,
    count,
  }: {
    readonly about: string;
    readonly text: string;
    readonly count: (window: TrafficWindow) => number;
  },
): CheckFinding {
  const n = traffic.samples;
  const m = history.reduce((sum, { samples }) => sum + samples, 0);
  const base = {
    ...ABOUT_SAMPLES,
    about,
    title: `time stamps ${about}`,
    effectName: `the rise of the share stamped ${about}`,
    n,
    m,
    certain: false,
  };
  if (n < Math.max(1, monitor.minimumSamples)) {
    return {
      ...base,
      measured: null,
      finding: `the window has ${countOf(n, 'sample')}, and the monitor asks for at least ${countOf(monitor.minimumSamples, 'sample')}`,
    };
  }
  const k = count(traffic);
  const l = history.reduce((sum, window) => sum + count(window), 0);
  return {
    ...base,
    // Without a history, no sample is expected to be off.
    measured: m === 0 ? shareOfNone(k, n, minimumEffect) : shareAbove({ k, n }, { l, m }, minimumEffect),
    finding: `${shareText(k, n)} of ${countOf(n, 'sample')} are stamped ${text}${m === 0 ? '' : `, and ${shareText(l, m)} in earlier windows`}`,
  };
}

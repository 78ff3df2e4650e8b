import { expect, test } from '@jest/globals';
import { monitorText } from './monitor-text.js';
import { sampleVerdict } from './sample-views.js';

const note = 'Cluster 4 grew from 8.1 % to 23 % of the vectors.';

test.each([
  [
    'the note is taken out of the reason',
    `2 of 9 drifted: frame MMD (0.3). ${note} The largest: it did.`,
    [sampleVerdict('frame clusters'), sampleVerdict('frame MMD', { note })],
    { note, reason: '2 of 9 drifted: frame MMD (0.3). The largest: it did.' },
  ],
  [
    'a reason that does not repeat it stays as it is',
    '2 of 9 drifted.',
    [sampleVerdict('a', { note })],
    { note, reason: '2 of 9 drifted.' },
  ],
  [
    'without a note there is the reason alone',
    '9 show no drift.',
    [sampleVerdict('a')],
    { note: '', reason: '9 show no drift.' },
  ],
])('%s', (_name, reason, verdicts, expected) => {
  expect(monitorText({ reason, verdicts })).toEqual(expected);
});

import { describe, expect, test } from '@jest/globals';
import { summariseMonitor } from '../judge/summarise-monitor.js';
import { embeddingMonitorSchema } from './embedding-monitor.js';
import { EMBEDDING_WORDS } from './embedding-verdict.js';
import type { FeatureEffect } from './feature-effects.js';
import { judgeEmbedding, type EmbeddingInput } from './judge-embedding.js';
import type { EmbeddingEffect } from './tests/embedding-test.js';

const HOUR = 3_600_000;
const monitor = embeddingMonitorSchema.parse({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'EmbeddingMonitor',
  metadata: { name: 'frames' },
  spec: {
    model: 'defects',
    embedding: 'frame',
    baseline: { kind: 'rolling', length: '7d' },
    hold: '0s',
    tests: { mmd: false, distance: false },
  },
});

const moved: EmbeddingEffect = {
  statistic: 0.8,
  low: 0.7,
  high: 0.9,
  pValue: 1e-20,
  method: 'chi-square mixture',
  n: 400,
  m: 2_000,
  finding: 'the centre moved',
  examples: ['p-1'],
};
const still: EmbeddingEffect = { ...moved, statistic: 0, low: 0, high: 0.05, pValue: 0.6 };
const clusters = [
  { cluster: 7, share: 0.61, referenceShare: 0.04, pAdjusted: 1e-9, examples: ['p-7'] },
  { cluster: 2, share: 0.01, referenceShare: 0.3, pAdjusted: 1e-9, examples: [] },
];
const feature = (name: string, statistic: number): FeatureEffect => ({
  feature: name,
  statistic,
  low: statistic - 0.05,
  high: statistic + 0.05,
  pValue: statistic > 0.2 ? 1e-30 : 0.5,
  method: 'exact',
  n: 400,
  m: 2_000,
  median: 1,
  referenceMedian: 2,
  finding: `${name} differs`,
});
const input = (partial: Partial<EmbeddingInput>): EmbeddingInput => ({
  monitor,
  window: { from: 0, to: HOUR },
  baseline: { name: 'the 7 d before', version: 3 },
  n: 400,
  m: 2_000,
  measured: { tests: { centroid: still, clusters: still }, features: [] },
  problem: '',
  failed: false,
  leftOut: '',
  previous: new Map(),
  revised: false,
  ...partial,
});

test('a ticket names the embedding, the image features that changed most and the cluster that moved', () => {
  const verdicts = judgeEmbedding(
    input({
      measured: {
        tests: { centroid: moved, clusters: { ...moved, statistic: 0.6, clusters } },
        features: [
          feature('aspect_ratio', 0.02),
          feature('brightness', 0.88),
          feature('contrast', 0.61),
          feature('clipped_share', 0.3),
          feature('sharpness', 0.92),
        ],
      },
    }),
  );
  expect(verdicts.map(({ title, state }) => [title, state])).toEqual([
    ['frame centroid', 'alarm'],
    ['frame clusters', 'alarm'],
    ['frame aspect_ratio', 'ok'],
    ['frame brightness', 'alarm'],
    ['frame contrast', 'alarm'],
    ['frame clipped_share', 'alarm'],
    ['frame sharpness', 'alarm'],
  ]);
  const { state, headline } = summariseMonitor(verdicts, EMBEDDING_WORDS);
  expect(state).toBe('alarm');
  expect(headline).toContain('6 of 7 drifted against the 7 d before version 3');
  expect(headline).toContain('frame centroid (0.8)');
  expect(headline).toContain(
    'Image features that changed most: sharpness (D = 0.92), brightness (D = 0.88) and contrast (D = 0.61). ' +
      'Cluster 7 grew from 4 % to 61 % of the vectors, such as prediction p-7.',
  );
});

test('without drift all is well and nothing is noted', () => {
  const verdicts = judgeEmbedding(input({}));
  expect(verdicts.map(({ state }) => state)).toEqual(['ok', 'ok']);
  expect(verdicts.every(({ note }) => note === undefined)).toBe(true);
  expect(verdicts[0]).toMatchObject({
    subject: 'frame/centroid',
    method: 'centroid/chi-square mixture',
    embedding: 'frame',
    embeddingTest: 'centroid',
    baseline: 'the 7 d before',
    baselineVersion: 3,
  });
});

test('vectors that were left out are told of beside those that were compared', () => {
  const verdicts = judgeEmbedding(input({ leftOut: '30 vectors come from another encoder' }));
  expect(verdicts.map(({ subject, state }) => [subject, state])).toEqual([
    ['frame/centroid', 'ok'],
    ['frame/clusters', 'ok'],
    ['frame/left-out', 'not-enough-data'],
  ]);
  expect(verdicts[2]!.reason).toBe('30 vectors come from another encoder.');
  expect(summariseMonitor(verdicts, EMBEDDING_WORDS).state).toBe('ok');
});

describe('what cannot be judged', () => {
  test.each<[string, Partial<EmbeddingInput>, string, string]>([
    [
      'a window with too few vectors',
      { n: 12 },
      'not-enough-data',
      'The window has only 12 vectors of "frame", and the rule asks for 100.',
    ],
    [
      'a baseline with too few',
      { m: 0, measured: null },
      'not-enough-data',
      'The baseline has no vectors of "frame", and the rule asks for 100.',
    ],
    [
      'vectors of two encoders',
      { measured: null, problem: 'the vectors come from two encoders' },
      'not-enough-data',
      'The vectors come from two encoders.',
    ],
    [
      'a store that fails',
      { measured: null, problem: 'it is broken', failed: true },
      'error',
      'It is broken.',
    ],
  ])('%s', (_what, partial, state, reason) => {
    expect(judgeEmbedding(input(partial))).toMatchObject([{ subject: 'frame/vectors', state, reason }]);
  });

  test('one test fails alone, and one that lacks something says what', () => {
    const verdicts = judgeEmbedding(
      input({
        measured: {
          tests: {
            centroid: { failed: 'The process ended.' },
            clusters: { missing: 'there are no vectors' },
          },
          features: [feature('brightness', 0.9)],
        },
      }),
    );
    expect(verdicts.map(({ state, reason }) => [state, reason.slice(0, 72)])).toEqual([
      ['error', 'The test by centroid could not be made: The process ended.'],
      ['not-enough-data', 'The test by clusters could not be made: there are no vectors.'],
      ['alarm', expect.stringContaining('Brightness differs')],
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { embeddingMonitorSchema } from './embedding-monitor.js';

const rule = (spec: object) => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'EmbeddingMonitor',
  metadata: { name: 'frames' },
  spec: { model: 'defects', embedding: 'frame', baseline: { kind: 'rolling', length: '7d' }, ...spec },
});
const messages = (spec: object): string[] => {
  const result = embeddingMonitorSchema.safeParse(rule(spec));
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test('a rule that says little gets every default', () => {
  expect(embeddingMonitorSchema.parse(rule({}))).toMatchObject({
    kind: 'EmbeddingMonitor',
    name: 'frames',
    embedding: 'frame',
    population: { model: 'defects', service: '', region: '', where: {} },
    windowMs: 3_600_000,
    everyMs: 300_000,
    bucketMs: 300_000,
    holdMs: 3_600_000,
    minimumSamples: 100,
    sampleSize: 1_000,
    clusters: 12,
    permutations: 999,
    tests: {
      centroid: { minimumEffect: 0.1 },
      mmd: { minimumEffect: 0.1 },
      clusters: { minimumEffect: 0.05 },
      distance: { minimumEffect: 0.5 },
      classifier: null,
      exactMmd: null,
      energy: null,
      frechet: null,
      scores: null,
    },
    features: { minimumEffect: 0.1 },
    severity: 'ticket',
  });
});

test('tests are switched on, off and given effects by name', () => {
  const { tests, features } = embeddingMonitorSchema.parse(
    rule({ tests: { mmd: false, energy: true, distance: { minimumEffect: 0.2 } }, features: false }),
  );
  expect(tests).toMatchObject({
    centroid: { minimumEffect: 0.1 },
    mmd: null,
    energy: { minimumEffect: 0.1 },
    distance: { minimumEffect: 0.2 },
  });
  expect(features).toBeNull();
});

test('tests by relabelling alone draw as many as the budget asks for', () => {
  const permutations = (spec: object): number =>
    embeddingMonitorSchema.parse(rule({ window: '1h', tests: { energy: true }, ...spec })).permutations;
  // 1 alarm in 8,640 runs, and a p-value a quarter of that.
  expect(permutations({})).toBe(34_560);
  expect(permutations({ falseAlarmBudget: '1 per 1h', every: '30m' })).toBe(999);
  expect(permutations({ permutations: 20_000 })).toBe(20_000);
});

describe('what is refused', () => {
  test.each<[string, object, string]>([
    ['a page', { severity: 'page' }, 'severity: must be ticket: drift never pages'],
    [
      'an uploaded dataset, which holds no vectors',
      { baseline: { kind: 'fixed', name: 'training' } },
      'baseline: must be range, rolling, hour-of-week, previous-version or concurrent',
    ],
    [
      'a monitor without tests',
      {
        tests: { centroid: false, mmd: false, clusters: false, distance: false },
        features: false,
      },
      'tests: must leave a test switched on',
    ],
    ['an unknown test', { tests: { kl: true } }, 'tests: must name tests of centroid, mmd'],
    [
      'an effect beyond the largest',
      { tests: { clusters: { minimumEffect: 1 } } },
      'tests.clusters.minimumEffect: ',
    ],
    [
      'a window that is no multiple of the bucket',
      { window: '7m', bucket: '5m' },
      'window: must be a multiple',
    ],
    [
      'a test that could never raise an alarm',
      { every: '10s', bucket: '10s', tests: { exactMmd: true } },
      'falseAlarmBudget: must let exactMmd raise an alarm: 50000 relabellings show no p-value below 0.000020, and this budget at one look every 10 s asks for less than 0.0000039',
    ],
    [
      'coordinates that are made anew now and then',
      { baseline: { kind: 'rolling', length: '7d', refresh: '30d' } },
      'baseline.refresh: must be absent: an embedding monitor keeps its coordinates',
    ],
    ['an embedding without a name', { embedding: ' ' }, 'embedding: must not be empty'],
  ])('%s', (_what, spec, message) => {
    expect(messages(spec).join('\n')).toContain(message);
  });
});

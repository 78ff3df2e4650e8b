import { seededRandom } from '@tidewatch/core';
import { describe, expect, test } from '@jest/globals';
import { driftMonitorSchema } from './drift-monitor.js';
import type { FeatureComparison } from './feature-comparison.js';
import { judgeFeature } from './judge-feature.js';

const monitor = driftMonitorSchema.parse({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'DriftMonitor',
  metadata: { name: 'ranker-inputs' },
  spec: { model: 'ranker', baseline: { kind: 'fixed', name: 'training' }, minimumEffect: { ks: 0.05 } },
});

/** The `size` evenly spaced quantiles of a uniform distribution that starts at `shift`: samples without noise. */
const uniform = (size: number, shift = 0) =>
  Float64Array.from({ length: size }, (_, i) => (i + 0.5) / size + shift);
const constant = (size: number, value: number) => new Float64Array(size).fill(value);

const comparison = (differing: Partial<FeatureComparison>): FeatureComparison => ({
  monitor,
  feature: 'age',
  reference: uniform(2_000),
  current: uniform(1_000),
  featureCount: 10,
  window: { from: Date.UTC(2026, 10, 22, 10), to: Date.UTC(2026, 10, 22, 11) },
  baselineName: 'training',
  baselineVersion: 3,
  ...differing,
});

describe('judgeFeature', () => {
  test('equal distributions are ok, and the verdict carries all it rests on', () => {
    expect(judgeFeature(comparison({}))).toEqual({
      feature: 'age',
      state: 'ok',
      reason:
        'Feature age shows no drift: the KS distance D is 5e-4 (95 % interval 0 to 0.0804) between 1,000 values in ' +
        'the window 2026-11-22 10:00 to 11:00 UTC and 2,000 values of baseline training version 3; ' +
        'p = 1 is not below alpha = 1.2e-5.',
      n: 1_000,
      m: 2_000,
      statistic: 0.0005,
      statisticLow: 0,
      statisticHigh: expect.closeTo(0.0804, 4),
      pValue: 1,
      alpha: expect.closeTo(1 / 86_400, 15),
      minimumEffect: 0.05,
      method: 'ks/exact',
      baseline: 'training',
      baselineVersion: 3,
      window: { from: Date.UTC(2026, 10, 22, 10), to: Date.UTC(2026, 10, 22, 11) },
    });
  });

  test('a large real difference is an alarm that names sizes, effect, p, alpha, window and baseline', () => {
    const verdict = judgeFeature(comparison({ current: uniform(1_000, 0.2) }));
    expect(verdict.state).toBe('alarm');
    expect(verdict.statistic).toBeCloseTo(0.2, 2);
    expect(verdict.reason).toMatch(
      /^Feature age has drifted: the KS distance D is 0\.201 \(95 % interval 0\.121 to 0\.28\) between 1,000 values in the window 2026-11-22 10:00 to 11:00 UTC and 2,000 values of baseline training version 3; p = 7e-24 is below alpha = 1\.2e-5, and the interval starts no lower than the minimum effect of 0\.05\.$/,
    );
  });

  test('a real difference whose interval starts below the minimum effect is only watched', () => {
    const verdict = judgeFeature(comparison({ current: uniform(1_000, 0.11) }));
    expect(verdict).toMatchObject({ state: 'watch' });
    expect(verdict.pValue).toBeLessThan(verdict.alpha);
    expect(verdict.statisticLow).toBeLessThan(0.05);
    expect(verdict.reason).toMatch(
      /has moved, but perhaps by less than matters.*starts below the minimum effect/,
    );
  });

  test('a visible difference on few values is not an alarm: p decides with the sample size', () => {
    const few = comparison({ current: uniform(200, 0.1), reference: uniform(200) });
    expect(judgeFeature(few)).toMatchObject({ state: 'ok', n: 200, m: 200, statistic: 0.105 });
  });

  test('above 10,000 values the p-value comes from the finite-n law, and the verdict says so', () => {
    const verdict = judgeFeature(comparison({ reference: uniform(20_000), current: uniform(5_000, 0.3) }));
    expect(verdict).toMatchObject({ state: 'alarm', method: 'ks/finite-n', m: 20_000 });
  });

  test.each([
    {
      name: 'an empty window',
      differing: { current: [] },
      sizes: [0, 2_000],
      reason:
        'Feature age cannot be judged: the window 2026-11-22 10:00 to 11:00 UTC has no usable values and ' +
        'baseline training version 3 has 2,000 usable values, and the monitor asks for at least 200 values on each side.',
    },
    {
      name: 'a window of nulls',
      differing: { current: [], currentNulls: 450 },
      sizes: [0, 2_000],
      reason: /no usable values.*450 values in the window were null and left out of the comparison\.$/,
    },
    {
      name: 'a window of NaN',
      differing: { current: constant(300, NaN) },
      sizes: [0, 2_000],
      reason: /no usable values.*300 values in the window were NaN or infinite and left out/,
    },
    {
      name: 'a window just below the minimum',
      differing: { current: uniform(199) },
      sizes: [199, 2_000],
      reason: /has 199 usable values/,
    },
    {
      name: 'a baseline below the minimum',
      differing: { reference: uniform(150) },
      sizes: [1_000, 150],
      reason: /baseline training version 3 has 150 usable values/,
    },
    {
      name: 'a baseline without the feature',
      differing: { reference: null },
      sizes: [1_000, 0],
      reason: 'Feature age cannot be judged: baseline training version 3 has no feature age.',
    },
  ])('$name is not enough data', ({ differing, sizes: [n, m], reason }) => {
    const verdict = judgeFeature(comparison(differing));
    expect(verdict).toMatchObject({
      state: 'not-enough-data',
      n,
      m,
      statistic: null,
      pValue: null,
      method: 'ks',
    });
    expect(verdict).toMatchObject({ statisticLow: null, statisticHigh: null });
    expect(verdict.alpha).toBeCloseTo(1 / 86_400, 15);
    expect(verdict.reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });

  test('NaN and infinities are left out of the comparison, counted and mentioned', () => {
    const dirty = [...uniform(1_000), NaN, Infinity, -Infinity];
    const verdict = judgeFeature(comparison({ current: dirty, reference: [...uniform(2_000), NaN] }));
    expect(verdict).toMatchObject({ state: 'ok', n: 1_000, m: 2_000, statistic: 0.0005 });
    expect(verdict.reason).toMatch(
      / 3 values in the window were NaN or infinite and left out of the comparison\. 1 value of the baseline was NaN/,
    );
  });

  test.each([
    { name: 'the same constant on both sides is ok', reference: 5, current: 5, state: 'ok', statistic: 0 },
    { name: 'another constant is an alarm', reference: 5, current: 6, state: 'alarm', statistic: 1 },
    {
      name: 'constants apart by the last bit differ',
      reference: 1e-9,
      current: 1.0000000000000003e-9,
      state: 'alarm',
      statistic: 1,
    },
  ])('constant columns: $name', ({ reference, current, state, statistic }) => {
    const verdict = judgeFeature(
      comparison({ reference: constant(500, reference), current: constant(300, current) }),
    );
    expect(verdict).toMatchObject({ state, statistic });
    expect(verdict.reason).toContain(
      `Every value in the window is ${current}. Every value of the baseline is ${reference}.`,
    );
  });

  test('a window stuck at one value of a varying feature is an alarm that says so', () => {
    const verdict = judgeFeature(comparison({ current: constant(400, 0.5) }));
    expect(verdict.state).toBe('alarm');
    expect(verdict.reason).toMatch(/Every value in the window is 0\.5\.$/);
  });

  test('a p-value below the smallest number is still explained', () => {
    const verdict = judgeFeature(comparison({ reference: uniform(9_000), current: uniform(9_000, 2) }));
    expect(verdict).toMatchObject({ state: 'alarm', pValue: 0 });
    expect(verdict.reason).toContain('p is too small to compute and thus below alpha = 1.2e-5');
  });

  test.each([
    {
      name: 'no features to share the budget',
      differing: { featureCount: 0 },
      reason: /shared among 0 features/,
    },
    {
      name: 'a monitor whose metric is unknown',
      differing: {
        monitor: { ...monitor, minimumEffect: { psi: 0.1 } as unknown as typeof monitor.minimumEffect },
      },
      reason: /no known drift metric/,
    },
    {
      name: 'a window that is no time',
      differing: { window: { from: NaN, to: NaN } },
      reason: /Invalid time value/,
    },
  ])('$name is an error with its reason, never an exception', ({ differing, reason }) => {
    const verdict = judgeFeature(comparison(differing));
    expect(verdict).toMatchObject({ state: 'error', statistic: null, pValue: null });
    expect(verdict.reason).toMatch(/^Feature age could not be judged: /);
    expect(verdict.reason).toMatch(reason);
  });

  test('verdicts survive JSON', () => {
    const verdict = judgeFeature(comparison({}));
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });

  test('leaves its input as it was', () => {
    const current = [3, NaN, 1, 2];
    judgeFeature(comparison({ current }));
    expect(current).toEqual([3, NaN, 1, 2]);
  });

  test('in 2,000 evaluations without drift at a budget of 1 in 100, alarms and watches stay within it', () => {
    // 100 evaluations of one feature per period: alpha is 1 in 100.
    const budget = { ...monitor, everyMs: 60_000, falseAlarmBudget: { count: 1, periodMs: 6_000_000 } };
    const random = seededRandom(17);
    const draw = (size: number) => Float64Array.from({ length: size }, random);
    const reference = draw(900);
    const verdicts = Array.from({ length: 2_000 }, () => {
      const own = random() < 0.5 ? reference : draw(900);
      return judgeFeature(
        comparison({ monitor: budget, featureCount: 1, reference: own, current: draw(200) }),
      );
    });
    expect(verdicts.filter(({ state }) => state === 'alarm').length).toBeLessThanOrEqual(2);
    expect(verdicts.filter(({ state }) => state !== 'ok').length).toBeLessThan(
      2_000 * 0.01 + 4 * Math.sqrt(20),
    );
  });
});

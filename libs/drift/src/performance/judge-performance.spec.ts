import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { performanceGroups, type PerformanceRow } from '../../../../test/harness/performance-rows.js';
import { summariseMonitor } from '../judge/summarise-monitor.js';
import { judgePerformance } from './judge-performance.js';
import type { PairedOutcomes } from './paired.js';
import type { PerformanceInput } from './performance-input.js';
import { performanceMonitorSchema } from './performance-monitor.js';
import type { PerformanceVerdict } from './performance-verdict.js';
import { PERFORMANCE_WORDS } from './performance-words.js';

const DAY = 86_400_000;
const END = Date.parse('2026-11-22T00:00:00Z');

const monitorWith = (spec: Record<string, unknown> = {}) =>
  performanceMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'PerformanceMonitor',
    metadata: { name: 'fraud-accuracy' },
    spec: { model: 'm', baseline: { kind: 'rolling', length: '14d' }, hold: '0s', ...spec },
  });

const random = seededRandom(29);
const answers = (size: number, accuracy: number, unlabelled = 0): PerformanceRow[] => [
  ...Array.from({ length: size }, () => ({
    predicted: 'yes',
    truth: random() < accuracy ? 'yes' : 'no',
  })),
  ...Array.from({ length: unlabelled }, () => ({ predicted: 'yes' })),
];
const exactly = (size: number, right: number): PerformanceRow[] =>
  Array.from({ length: size }, (_, i) => ({ predicted: 'yes', truth: i < right ? 'yes' : 'no' }));
const segment = (name: string, rows: readonly PerformanceRow[], positive: string | null = null) => ({
  segment: name,
  groups: performanceGroups(rows, positive),
});

function judge(partial: Partial<PerformanceInput> = {}): PerformanceVerdict[] {
  return judgePerformance({
    monitor: monitorWith(),
    window: { from: END - DAY, to: END },
    baseline: { name: 'rolling 14d', version: 0 },
    current: [segment('', exactly(4_000, 3_800))],
    reference: [segment('', exactly(40_000, 38_000))],
    paired: null,
    previous: new Map(),
    revised: false,
    failures: {},
    ...partial,
  });
}
const of = (verdicts: readonly PerformanceVerdict[], subject: string): PerformanceVerdict => {
  const found = verdicts.find((each) => each.subject === subject);
  if (found === undefined) {
    throw new Error(`no verdict on ${subject} among ${verdicts.map((each) => each.subject).join(', ')}`);
  }
  return found;
};

describe('the two percent rule', () => {
  test('an accuracy that fell by five points is an alarm with both values, coverage and interval', () => {
    const verdict = of(
      judge({ current: [segment('', [...exactly(4_000, 3_600), ...answers(0, 1, 1_000)])] }),
      'accuracy',
    );
    expect(verdict).toMatchObject({
      state: 'alarm',
      value: 0.9,
      reference: 0.95,
      coverage: 0.8,
      n: 4_000,
      m: 40_000,
      minimumEffect: 0.02,
      metric: 'accuracy',
      against: 'baseline',
      baseline: 'rolling 14d',
    });
    expect(verdict.statistic).toBeCloseTo(0.05, 12);
    expect(verdict.statisticLow).toBeGreaterThan(0.02);
    expect(verdict.reason).toMatch(
      /^Accuracy is 0\.9 \(95 % interval 0\.89 to 0\.909\) in 4,000 cases, labels being known for 80 % of all, and 0\.95 in 40,000 cases of the baseline; p = /,
    );
  });

  test('a drop that is real and smaller than two points is watched', () => {
    expect(of(judge({ current: [segment('', exactly(40_000, 37_600))] }), 'accuracy')).toMatchObject({
      state: 'watch',
      conditions: { significant: true, large: false },
    });
  });

  test('a drop of ten points in thirty cases is not judged, and better is no alarm', () => {
    expect(of(judge({ current: [segment('', exactly(30, 25))] }), 'accuracy')).toMatchObject({
      state: 'not-enough-data',
      reason:
        'Accuracy: the window has 30 labelled cases of 30 predictions, and the monitor asks for at least 200.',
    });
    expect(of(judge({ current: [segment('', exactly(4_000, 4_000))] }), 'accuracy').state).toBe('ok');
  });

  test('it must last for the hold time', () => {
    const monitor = monitorWith({ hold: '1d' });
    const current = [segment('', exactly(4_000, 3_600))];
    expect(of(judge({ monitor, current }), 'accuracy').state).toBe('watch');
    const previous = new Map([['accuracy', { windowEnd: END - 3_600_000, since: END - DAY }]]);
    expect(of(judge({ monitor, current, previous }), 'accuracy').state).toBe('alarm');
  });
});

test('without labels nothing is judged, and the reason says so', () => {
  const verdict = of(judge({ current: [segment('', answers(0, 1, 5_000))] }), 'accuracy');
  expect(verdict).toMatchObject({ state: 'not-enough-data', value: null, coverage: 0 });
  expect(verdict.reason).toBe(
    'Accuracy: the window has no labelled cases of 5,000 predictions, and the monitor asks for at least 200.',
  );
  expect(of(judge({ current: [] }), 'accuracy').state).toBe('not-enough-data');
  expect(of(judge({ reference: [], baseline: null }), 'accuracy').reason).toContain('no baseline yet');
});

test('labels for too small a share of the window are not taken for the whole', () => {
  const monitor = monitorWith({ minimumCoverage: 0.5 });
  const current = [segment('', [...exactly(400, 200), ...answers(0, 1, 600)])];
  expect(of(judge({ monitor, current }), 'accuracy')).toMatchObject({
    state: 'not-enough-data',
    reason:
      'Accuracy: labels are known for 40 % of the predictions of the window, and the monitor asks for at least 50 %.',
  });
});

test('metrics follow the labels: a positive class adds precision and recall, values give their error', () => {
  const rows = (size: number, found: number): PerformanceRow[] =>
    Array.from({ length: size }, (_, i) => ({
      truth: i % 10 === 0 ? 'fraud' : 'fine',
      predicted: i % 10 === 0 && i < found * size ? 'fraud' : 'fine',
    }));
  const verdicts = judge({
    monitor: monitorWith({ positive: 'fraud' }),
    current: [segment('', rows(10_000, 0.3), 'fraud')],
    reference: [segment('', rows(40_000, 0.9), 'fraud')],
  });
  expect(of(verdicts, 'recall')).toMatchObject({ state: 'alarm', value: 0.3, reference: 0.9 });
  expect(of(verdicts, 'precision')).toMatchObject({ state: 'ok', value: 1 });
  const errors = (size: number, error: number): PerformanceRow[] =>
    Array.from({ length: size }, () => {
      const trueValue = 20 + 5 * seededNormal(random);
      return { trueValue, value: trueValue + error * seededNormal(random) };
    });
  const values = judge({
    current: [segment('', errors(2_000, 1.5))],
    reference: [segment('', errors(8_000, 1))],
  });
  expect(values.map(({ subject }) => subject)).toEqual(['mae']);
  expect(of(values, 'mae').state).toBe('alarm');
  expect(of(values, 'mae').statistic).toBeCloseTo(0.5, 1);
  expect(of(values, 'mae').effectName).toBe('the relative rise of the mean absolute error');
});

test('limits need no baseline', () => {
  const monitor = monitorWith({
    baseline: undefined,
    limits: { accuracy: { min: 0.97 }, falsePositiveRate: { max: 0.01 } },
    positive: 'yes',
  });
  const verdicts = judge({ monitor, baseline: null, reference: null });
  expect(verdicts.map(({ subject }) => subject)).toEqual(['accuracy/min', 'falsePositiveRate/max']);
  expect(of(verdicts, 'accuracy/min')).toMatchObject({ state: 'alarm', baseline: '', against: 'limit' });
  expect(of(verdicts, 'accuracy/min').statistic).toBeCloseTo(0.02, 12);
  const fine = judge({
    monitor: monitorWith({ baseline: undefined, limits: { accuracy: { min: 0.94 } } }),
    baseline: null,
    reference: null,
  });
  expect(of(fine, 'accuracy/min').state).toBe('ok');
});

test('a segment that is worse than the rest is named', () => {
  const monitor = monitorWith({ segments: ['region'], segmentGap: { accuracy: 0.05 } });
  const verdicts = judge({
    monitor,
    current: [
      segment('', exactly(6_000, 5_400)),
      segment('region=eu', exactly(2_000, 1_500)),
      segment('region=us', exactly(4_000, 3_900)),
    ],
  });
  expect(of(verdicts, 'accuracy/gap{region=eu}')).toMatchObject({
    state: 'alarm',
    value: 0.75,
    reference: 0.975,
    against: 'segments',
  });
  expect(of(verdicts, 'accuracy/gap{region=us}').state).toBe('ok');
  const alone = judge({
    monitor,
    current: [segment('', exactly(900, 800)), segment('region=eu', exactly(900, 800))],
  });
  expect(alone.filter(({ against }) => against === 'segments')).toEqual([]);
});

describe('variants on the same requests', () => {
  const outcomes: PairedOutcomes = {
    pairs: 10_000,
    classified: 10_000,
    disagreements: 50,
    numeric: 10_000,
    beyondTolerance: 0,
    largestDifference: 0.004,
    labelled: 5_000,
    onlyControl: 30,
    onlyCandidate: 25,
  };
  const monitor = monitorWith({
    baseline: undefined,
    paired: { control: 'fp32', candidate: 'int8', tolerance: 0.01 },
  });
  const paired = (partial: Partial<PairedOutcomes>) =>
    judge({ monitor, baseline: null, reference: null, paired: { ...outcomes, ...partial } });

  test('a quantised model that loses less than one answer in a hundred passes', () => {
    const verdicts = paired({});
    expect(verdicts.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(of(verdicts, 'accuracy/paired')).toMatchObject({ state: 'ok', statistic: 0.001 });
    expect(of(verdicts, 'agreement/value').reason).toContain('the largest difference is 0.004');
  });

  test('one that loses three in a hundred does not, although each alone looks like noise', () => {
    const verdict = of(paired({ onlyControl: 180, onlyCandidate: 30 }), 'accuracy/paired');
    expect(verdict).toMatchObject({ state: 'alarm', statistic: 0.03, method: 'paired/mcnemar' });
    expect(verdict.reason).toMatch(
      /^Of 5,000 labelled requests fp32 alone answers 180 right, and int8 alone 30; p = /,
    );
  });

  test('without labels, disagreement and distance', () => {
    const verdicts = paired({
      labelled: 0,
      onlyControl: 0,
      onlyCandidate: 0,
      disagreements: 400,
      beyondTolerance: 900,
    });
    expect(of(verdicts, 'accuracy/paired').state).toBe('not-enough-data');
    expect(of(verdicts, 'agreement/class')).toMatchObject({ state: 'alarm', statistic: 0.04 });
    expect(of(verdicts, 'agreement/value')).toMatchObject({ state: 'alarm', statistic: 0.09 });
  });

  test('variants without a common request are not judged', () => {
    const none = paired({ pairs: 0, classified: 0, numeric: 0, labelled: 0 });
    expect(none.map(({ state }) => state)).toEqual(Array.from({ length: 3 }, () => 'not-enough-data'));
    expect(of(none, 'agreement/class').reason).toBe(
      'Fp32 and int8 have no requests in common, and the monitor asks for at least 200.',
    );
  });
});

test('what could not be read is an error, and the rest is judged', () => {
  const monitor = monitorWith({ paired: { control: 'a', candidate: 'b' } });
  const verdicts = judge({ monitor, failures: { paired: 'out of memory' } });
  expect(of(verdicts, 'paired')).toMatchObject({
    state: 'error',
    reason: 'The paired variants could not be judged: out of memory.',
  });
  expect(of(verdicts, 'accuracy').state).toBe('ok');
});

test('a monitor speaks of the metrics that are worse', () => {
  const verdicts = judge({ current: [segment('', exactly(4_000, 3_600))] });
  expect(summariseMonitor(verdicts, PERFORMANCE_WORDS).headline).toBe(
    '1 of 1 metrics are worse against rolling 14d: accuracy (0.05).',
  );
});

describe('a rule', () => {
  const problems = (spec: Record<string, unknown>): string => {
    const result = performanceMonitorSchema.safeParse({
      apiVersion: 'tidewatch.dev/v1',
      kind: 'PerformanceMonitor',
      metadata: { name: 'x' },
      spec: { model: 'm', ...spec },
    });
    return (result.error?.issues ?? [])
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n');
  };
  test.each([
    [{}, 'baseline: must be given, or limits, segmentGap or paired'],
    [{ baseline: { kind: 'fixed', name: 'training' } }, 'an uploaded dataset has no predictions with labels'],
    [
      { minimumEffect: { accuracy: 0.1 }, limits: { accuracy: { min: 0.5 } } },
      'must come with a baseline to be worse than',
    ],
    [
      { limits: { rocAuc: { min: 0.5 } } },
      'positive: must name the class whose detection counts: rocAuc need it',
    ],
    [{ limits: { speed: { min: 0.5 } } }, 'must name metrics of accuracy, precision'],
    [{ limits: { accuracy: {} } }, 'must have min or max'],
    [{ segmentGap: { accuracy: 0.1 } }, 'segmentGap: must come with segments'],
    [{ paired: { control: 'a', candidate: 'a' } }, 'must name two different variants'],
    [{ limits: { mae: { max: 1 } }, severity: 'page' }, 'only a candidate that does harm may page'],
  ])('%j is refused', (spec, message) => {
    expect(problems(spec)).toContain(message);
  });
});

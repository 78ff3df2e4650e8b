import { describe, expect, test } from '@jest/globals';
import { describeBaseline } from '../rule/baseline-field.js';
import { driftMonitorSchema } from './drift-monitor.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const documentWith = (spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'DriftMonitor',
  metadata: { name: 'ranker-inputs', ...metadata },
  spec: { model: 'ranker', baseline: { kind: 'fixed', name: 'training' }, ...spec },
});
const parse = (spec: Record<string, unknown>) => driftMonitorSchema.parse(documentWith(spec));

test('fills the documented defaults', () => {
  expect(parse({})).toEqual({
    kind: 'DriftMonitor',
    name: 'ranker-inputs',
    owner: '',
    runbook: '',
    firstStep: '',
    labels: {},
    population: { model: 'ranker', service: '', region: '', where: {} },
    features: 'all',
    outputs: 'all',
    attributions: 'none',
    truth: null,
    maturityMs: 0,
    metrics: [],
    baseline: { kind: 'fixed', name: 'training', where: {}, refreshMs: null },
    windowMs: HOUR,
    everyMs: 5 * MINUTE,
    bucketMs: 5 * MINUTE,
    holdMs: HOUR,
    keepFiringMs: null,
    falseAlarmBudget: { count: 1, periodMs: 30 * DAY },
    minimumEffect: { missing: 0.01, ks: 0.03, linf: 0.03 },
    minimumSamples: 200,
    segments: [],
    scan: { floor: 200 },
    severity: 'ticket',
    raiseWith: [],
  });
});

test('reads every field that a rule may set', () => {
  const monitor = driftMonitorSchema.parse(
    documentWith(
      {
        service: 'ranker-api',
        region: 'eu-1',
        where: { weather: ['dry', 'cloudy'], camera: '7' },
        features: ['age', 'income'],
        outputs: ['score', 'boxes'],
        attributions: 'all',
        metrics: [{ metric: 'inference.request.duration', match: { stage: 'model' } }],
        baseline: { kind: 'rolling', length: '7d', gap: '1d', where: { weather: 'dry' }, refresh: '30d' },
        window: '90s',
        every: '30s',
        bucket: '30s',
        hold: '1m',
        falseAlarmBudget: '2 per 7d',
        minimumEffect: { ks: 0.1, psi: 0.2 },
        minimumSamples: 50,
        segments: ['region', 'camera'],
        scan: false,
        severity: 'ticket',
        raiseWith: ['accuracy', 'outputs', 'accuracy'],
      },
      {
        owner: 'ml-ranking',
        runbook: 'https://example.org/drift',
        firstStep: ' Look at the shop. ',
        labels: { team: 'ml' },
      },
    ),
  );
  expect(monitor).toMatchObject({
    owner: 'ml-ranking',
    firstStep: 'Look at the shop.',
    labels: { team: 'ml' },
    raiseWith: ['accuracy', 'outputs'],
    population: {
      service: 'ranker-api',
      region: 'eu-1',
      where: { weather: ['dry', 'cloudy'], camera: ['7'] },
    },
    outputs: ['score', 'boxes'],
    truth: null,
    metrics: [{ metric: 'inference.request.duration', match: { stage: 'model' } }],
    baseline: {
      kind: 'rolling',
      lengthMs: 7 * DAY,
      gapMs: DAY,
      where: { weather: ['dry'] },
      refreshMs: 30 * DAY,
    },
    windowMs: 90_000,
    everyMs: 30_000,
    bucketMs: 30_000,
    holdMs: MINUTE,
    falseAlarmBudget: { count: 2, periodMs: 7 * DAY },
    // psi is for categories too, and so takes the place of their default.
    minimumEffect: { missing: 0.01, ks: 0.1, psi: 0.2 },
    segments: ['region', 'camera'],
    scan: null,
  });
});

test.each<[Record<string, unknown>, Record<string, unknown>, string]>([
  [{ kind: 'fixed', name: 't' }, { kind: 'fixed', name: 't' }, 't'],
  [
    { kind: 'fixed', from: '2026-11-01T00:00:00Z', to: '2026-11-08T01:00:00+01:00' },
    { kind: 'range', from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 8) },
    '2026-11-01T00:00:00.000Z to 2026-11-08T00:00:00.000Z',
  ],
  [
    { kind: 'range', from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', where: { weather: 'dry' } },
    { kind: 'range', where: { weather: ['dry'] } },
    '2026-11-01T00:00:00.000Z to 2026-11-02T00:00:00.000Z where weather=dry',
  ],
  [{ kind: 'rolling' }, { kind: 'rolling', lengthMs: 7 * DAY, gapMs: 0 }, 'the 7 d before'],
  [{ kind: 'hour-of-week' }, { kind: 'hour-of-week', weeks: 4 }, 'the same hour of the last 4 weeks'],
  [{ kind: 'previous-version' }, { kind: 'previous-version' }, 'the previous version'],
  [
    { kind: 'concurrent', variant: 'stable' },
    { kind: 'concurrent', variant: 'stable' },
    'variant stable in the same minutes',
  ],
])('baseline %j', (written, expected, description) => {
  const { baseline } = parse({ baseline: written });
  expect(baseline).toMatchObject(expected);
  expect(describeBaseline(baseline)).toBe(description);
});

test('the bucket shrinks to fit a short window', () => {
  expect(parse({ window: '5m', every: '10s' }).bucketMs).toBe(10_000);
  expect(parse({ window: '50m', every: '10m' }).bucketMs).toBe(5 * MINUTE);
});

test('ground truth is watched by a monitor of its own', () => {
  expect(parse({ truth: {} })).toMatchObject({
    features: 'none',
    outputs: 'none',
    attributions: 'none',
    truth: { labelSource: '' },
    maturityMs: DAY,
  });
  expect(parse({ truth: { maturity: '2h', labelSource: 'humans' }, outputs: 'none' })).toMatchObject({
    truth: { labelSource: 'humans' },
    maturityMs: 2 * HOUR,
  });
});

describe('says what is wrong', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a page', { severity: 'page' }, 'let raiseWith: [outputs, accuracy] make it a page'],
    ['a page beside other inputs', { raiseWith: ['inputs'] }, 'must be a list of outputs and accuracy'],
    ['an unknown key', { treshold: 3 }, 'treshold'],
    [
      'labels beside features',
      { truth: {}, features: ['age'] },
      'a monitor of its own: labels are waited for, and features',
    ],
    ['an unknown baseline', { baseline: { kind: 'moon' } }, 'must be fixed, range, rolling'],
    [
      'half a range',
      { baseline: { kind: 'fixed', from: '2026-11-01T00:00:00Z' } },
      'must have either the name',
    ],
    ['a filtered upload', { baseline: { kind: 'fixed', name: 't', where: { a: 'b' } } }, 'is what it is'],
    ['an unknown metric', { minimumEffect: { kuiper: 1 } }, 'kuiper'],
    ['an impossible effect', { minimumEffect: { ks: 1 } }, 'Too big'],
    ['an unknown output', { outputs: ['boxen'] }, 'names boxen'],
    ['an odd bucket', { bucket: '7m' }, 'must be a multiple of bucket'],
    ['a generous budget', { falseAlarmBudget: '1 per 5m' }, 'must allow fewer alarms'],
    [
      'histograms against a dataset',
      { metrics: [{ metric: 'latency' }] },
      'cannot be compared with a baseline of kind fixed',
    ],
    ['nothing to watch', { features: 'none', outputs: 'none' }, 'must leave something to watch'],
    ['a duration without unit', { window: '60' }, 'must be a duration'],
  ])('%s', (_what, spec, message) => {
    const { error } = driftMonitorSchema.safeParse(documentWith(spec));
    expect(error?.message).toContain(message);
  });
});

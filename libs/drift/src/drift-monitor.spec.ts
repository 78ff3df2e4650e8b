import { describe, expect, test } from '@jest/globals';
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

describe('driftMonitorSchema', () => {
  test('fills the documented defaults', () => {
    expect(driftMonitorSchema.parse(documentWith({}))).toEqual({
      kind: 'DriftMonitor',
      name: 'ranker-inputs',
      owner: '',
      runbook: '',
      labels: {},
      model: 'ranker',
      service: '',
      region: '',
      features: 'all',
      baseline: { kind: 'fixed', name: 'training' },
      windowMs: HOUR,
      everyMs: 5 * MINUTE,
      bucketMs: 5 * MINUTE,
      holdMs: 0,
      falseAlarmBudget: { count: 1, periodMs: 30 * DAY },
      minimumEffect: { ks: 0.03 },
      minimumSamples: 200,
      segments: [],
      severity: 'ticket',
    });
  });

  test('reads every field that a rule may set', () => {
    const monitor = driftMonitorSchema.parse(
      documentWith(
        {
          service: 'ranker-api',
          region: 'eu-1',
          features: ['age', 'income'],
          baseline: { kind: 'fixed', from: '2026-11-01T00:00:00Z', to: '2026-11-08T01:00:00+01:00' },
          window: '90s',
          every: '10s',
          bucket: '30s',
          hold: '1m',
          falseAlarmBudget: '2 per 7d',
          minimumEffect: { ks: 0.1 },
          minimumSamples: 50,
          segments: [],
          severity: 'ticket',
        },
        { owner: 'ml-ranking', runbook: 'https://example.org/drift', labels: { team: 'ml' } },
      ),
    );
    expect(monitor).toEqual({
      kind: 'DriftMonitor',
      name: 'ranker-inputs',
      owner: 'ml-ranking',
      runbook: 'https://example.org/drift',
      labels: { team: 'ml' },
      model: 'ranker',
      service: 'ranker-api',
      region: 'eu-1',
      features: ['age', 'income'],
      baseline: { kind: 'fixed', from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 8) },
      windowMs: 90_000,
      everyMs: 10_000,
      bucketMs: 30_000,
      holdMs: MINUTE,
      falseAlarmBudget: { count: 2, periodMs: 7 * DAY },
      minimumEffect: { ks: 0.1 },
      minimumSamples: 50,
      segments: [],
      severity: 'ticket',
    });
  });

  test.each([
    { window: '1h', every: '10s', bucketMs: 10_000 },
    { window: '90s', every: '1m', bucketMs: 30_000 },
    { window: '1d', every: '1h', bucketMs: 5 * MINUTE },
  ])('a bucket that is not named fits window $window and every $every', ({ window, every, bucketMs }) => {
    expect(driftMonitorSchema.parse(documentWith({ window, every })).bucketMs).toBe(bucketMs);
  });

  test.each([
    { name: 'an unknown key', spec: { windows: '1h' }, path: 'spec', message: /windows/ },
    { name: 'a page', spec: { severity: 'page' }, path: 'spec.severity', message: /drift never pages.*SLO/ },
    {
      name: 'another severity',
      spec: { severity: 'info' },
      path: 'spec.severity',
      message: /must be ticket/,
    },
    { name: 'segments', spec: { segments: ['region'] }, path: 'spec.segments', message: /not supported yet/ },
    { name: 'a duration without a unit', spec: { window: '60' }, path: 'spec.window', message: /such as 5m/ },
    {
      name: 'a duration written as a number',
      spec: { every: 60 },
      path: 'spec.every',
      message: /such as 5m/,
    },
    { name: 'a window of nothing', spec: { window: '0s' }, path: 'spec.window', message: /above 0/ },
    {
      name: 'a bucket that does not divide the window',
      spec: { bucket: '7m' },
      path: 'spec.window',
      message: /multiple/,
    },
    {
      name: 'a budget without a period',
      spec: { falseAlarmBudget: '1' },
      path: 'spec.falseAlarmBudget',
      message: /1 per 30d/,
    },
    {
      name: 'a budget of nothing',
      spec: { falseAlarmBudget: '0 per 30d' },
      path: 'spec.falseAlarmBudget',
      message: /1 per 30d/,
    },
    {
      name: 'a budget of one alarm for each evaluation',
      spec: { falseAlarmBudget: '12 per 1h' },
      path: 'spec.falseAlarmBudget',
      message: /fewer alarms than/,
    },
    {
      name: 'an unknown metric',
      spec: { minimumEffect: { psi: 0.1 } },
      path: 'spec.minimumEffect',
      message: /psi/,
    },
    {
      name: 'no metric',
      spec: { minimumEffect: {} },
      path: 'spec.minimumEffect',
      message: /exactly one metric of ks/,
    },
    {
      name: 'an effect of 1',
      spec: { minimumEffect: { ks: 1 } },
      path: 'spec.minimumEffect.ks',
      message: /1/,
    },
    {
      name: 'a rolling baseline',
      spec: { baseline: { kind: 'rolling' } },
      path: 'spec.baseline.kind',
      message: /must be fixed/,
    },
    {
      name: 'a baseline of nothing',
      spec: { baseline: { kind: 'fixed' } },
      path: 'spec.baseline',
      message: /either the name/,
    },
    {
      name: 'a baseline that ends before it starts',
      spec: { baseline: { kind: 'fixed', from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' } },
      path: 'spec.baseline',
      message: /a later time/,
    },
    {
      name: 'a baseline at a day and no time',
      spec: { baseline: { kind: 'fixed', from: '2026-11-01', to: '2026-11-02' } },
      path: 'spec.baseline.from',
      message: /2026-11-01T00:00:00Z/,
    },
    {
      name: 'an empty list of features',
      spec: { features: [] },
      path: 'spec.features',
      message: /all or a list/,
    },
    { name: 'no model', spec: { model: undefined }, path: 'spec.model', message: /./ },
    { name: 'fewer than one sample', spec: { minimumSamples: 0 }, path: 'spec.minimumSamples', message: /1/ },
  ])('refuses $name and says where', ({ spec, path, message }) => {
    const result = driftMonitorSchema.safeParse(documentWith(spec));
    const issues = result.error?.issues.map((issue) => ({
      path: issue.path.join('.'),
      message: issue.message,
    }));
    expect(issues).toContainEqual({ path, message: expect.stringMatching(message) });
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Signal } from '@tidewatch/alerts';
import {
  driftMonitorSchema,
  embeddingMonitorSchema,
  performanceMonitorSchema,
  qualityMonitorSchema,
  summariseMonitor,
  SUMMARY_WORDS,
  type MeaningfulVerdict,
  type SummarisedVerdict,
} from '@tidewatch/drift';
import type { ScheduledMonitor } from './monitor-runner.js';
import { monitorSignal } from './signals.js';

const HOUR = 3_600_000;
const END = Date.parse('2026-11-22T11:00:00Z');
const RUNBOOK = 'https://wiki.example.com/runbooks/ranker';
const metadata = {
  name: 'ranker-inputs',
  owner: 'ml-ranking',
  runbook: RUNBOOK,
  firstStep: 'Look at the last release of the shop.',
  labels: { team: 'ranking' },
};
const apiVersion = 'tidewatch.dev/v1';
const population = { model: 'ranker', service: 'ranker-api', region: 'eu-1' };
const fixed = { kind: 'fixed', name: 'training' };

const drift = driftMonitorSchema.parse({
  apiVersion,
  kind: 'DriftMonitor',
  metadata,
  spec: { ...population, baseline: fixed, raiseWith: ['outputs', 'accuracy'] },
});
const embedding = embeddingMonitorSchema.parse({
  apiVersion,
  kind: 'EmbeddingMonitor',
  metadata,
  spec: { ...population, embedding: 'image', baseline: { kind: 'rolling' } },
});
const quality = qualityMonitorSchema.parse({
  apiVersion,
  kind: 'QualityMonitor',
  metadata,
  spec: { ...population, baseline: fixed, severity: 'page' },
});
const performance = performanceMonitorSchema.parse({
  apiVersion,
  kind: 'PerformanceMonitor',
  metadata,
  spec: {
    ...population,
    limits: { accuracy: { min: 0.9 } },
    paired: { control: 'stable', candidate: 'canary' },
    severity: 'page',
  },
});

type Judged = SummarisedVerdict & MeaningfulVerdict;
const verdict = (part: Partial<Judged> = {}): Judged => ({
  subject: 'age/ks',
  variable: 'age',
  segment: '',
  state: 'alarm',
  reason: 'Age has drifted.',
  method: 'ks/exact',
  n: 30_000,
  m: 50_000,
  effectName: 'the KS distance D',
  statistic: 0.2,
  statisticLow: 0.1,
  statisticHigh: 0.3,
  pValue: 1e-9,
  pAdjusted: 1e-8,
  alpha: 1e-4,
  minimumEffect: 0.05,
  conditions: { significant: true, large: true, held: true },
  since: END - HOUR,
  baseline: 'training',
  baselineVersion: 3,
  window: { from: END - HOUR, to: END },
  revised: false,
  ...part,
});

function signalOf(
  monitor: ScheduledMonitor,
  verdicts: readonly Judged[],
  versions = { stable: '1.4.2', candidate: '1.5.0' },
): Signal {
  const summary = summariseMonitor(verdicts, SUMMARY_WORDS[monitor.kind]);
  return monitorSignal(monitor, { summary, verdicts, versions }, END);
}

describe('the signal of a monitor', () => {
  test('carries what its rule says', () => {
    expect(signalOf(drift, [verdict()])).toMatchObject({
      member: 'DriftMonitor/ranker-inputs',
      key: { project: 'default', ...population },
      owner: 'ml-ranking',
      runbook: RUNBOOK,
      labels: { team: 'ranking' },
      raisedBy: ['outputs', 'accuracy'],
      evidence: { firstStep: 'Look at the last release of the shop.', chart: null },
    });
    expect(signalOf(quality, [verdict()]).raisedBy).toEqual([]);
  });

  test.each<[string, ScheduledMonitor, Partial<Judged>[], Signal['aspect'], Signal['severity']]>([
    ['drifted inputs', drift, [{}], 'inputs', 'ticket'],
    ['drifted outputs', drift, [{}, { variable: 'output:score' }], 'outputs', 'ticket'],
    ['outputs that are well', drift, [{}, { variable: 'output:score', state: 'watch' }], 'inputs', 'ticket'],
    ['drifted vectors', embedding, [{ variable: 'image' }], 'inputs', 'ticket'],
    ['malformed inputs', quality, [{ check: 'missing' }], 'data-quality', 'ticket'],
    ['collapsed outputs', quality, [{ check: 'collapse', variable: 'output:label' }], 'outputs', 'page'],
    ['lost accuracy', performance, [{ against: 'limit', variable: '' }], 'accuracy', 'ticket'],
    ['a harmful candidate', performance, [{ against: 'paired', variable: '' }], 'canary', 'page'],
  ])('of %s has its aspect and severity', (_, monitor, parts, aspect, severity) => {
    expect(signalOf(monitor, parts.map(verdict))).toMatchObject({ aspect, severity, condition: 'firing' });
  });

  test('shows the effect with its interval, the model and the version', () => {
    expect(signalOf(drift, [verdict()]).facts).toMatchObject({
      Model: 'ranker',
      Version: '1.4.2',
      Effect: '0.2 (95 % interval 0.1 to 0.3), the KS distance D',
      Baseline: 'training version 3',
    });
  });

  test('of all that is well has no evidence but the first step', () => {
    expect(signalOf(drift, [verdict({ state: 'ok' })])).toMatchObject({
      condition: 'ok',
      evidence: { firstStep: metadata.firstStep, chart: null, canaryPlan: null, sampleSet: '' },
    });
  });
});

describe('the way back from drift', () => {
  test('names the samples by monitor, segment and time, from when it began', () => {
    expect(signalOf(drift, [verdict({ segment: 'camera=7' })]).evidence.sampleSet).toBe(
      'monitor ranker-inputs, camera=7 of ranker, ranker-api, eu-1, 2026-11-22 09:00 to 2026-11-22 11:00 UTC',
    );
    expect(signalOf(quality, [verdict({ since: null, check: 'schema' })]).evidence.sampleSet).toContain(
      'all samples of ranker, ranker-api, eu-1, 2026-11-22 10:00 to 2026-11-22 11:00 UTC',
    );
  });

  test('tries the newest version on as many samples as it takes', () => {
    const plan = signalOf(drift, [verdict(), verdict({ subject: 'b/ks', variable: 'b', n: 9 })]).evidence
      .canaryPlan;
    expect(plan).toMatchObject({ candidate: '1.5.0', share: 0.05 });
    expect(plan?.hours).toBeGreaterThan(1);
    expect(plan?.stopRule).toContain('--control 1.4.2 --candidate 1.5.0');
  });

  test('begins with training one where there is none', () => {
    const { evidence } = signalOf(embedding, [verdict()], { stable: '', candidate: '' });
    expect(evidence.canaryPlan?.candidate).toBe('');
  });

  test('is not what malformed data or lost accuracy call for', () => {
    expect(signalOf(quality, [verdict({ check: 'missing' })]).evidence.canaryPlan).toBeNull();
    expect(signalOf(performance, [verdict({ against: 'limit' })]).evidence.canaryPlan).toBeNull();
  });

  test('stays small: it is stored with every change of the incident', () => {
    const signal = signalOf(drift, [verdict({ segment: 'x'.repeat(100) })]);
    expect(JSON.stringify(signal.evidence).length).toBeLessThan(2_000);
  });
});

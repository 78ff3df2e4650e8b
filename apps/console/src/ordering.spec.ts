import { expect, test } from '@jest/globals';
import type { MonitorVerdict } from './api.js';
import {
  sortEncoders,
  sortIncidents,
  sortMembers,
  sortMonitors,
  sortSlos,
  sortVerdicts,
  statisticScale,
} from './ordering.js';
import {
  sampleEmbeddingMonitor,
  sampleEncoder,
  sampleIncident,
  sampleMember,
  sampleMonitor,
  sampleSlo,
  sampleTier,
  sampleVerdict,
} from './sample-views.js';

test('incidents come by severity, the newest first', () => {
  const incidents = [
    sampleIncident('old-ticket', { openedAt: 1 }),
    sampleIncident('new-ticket', { openedAt: 2 }),
    sampleIncident('old-page', { openedAt: 1, severity: 'page' }),
  ];
  expect(sortIncidents(incidents).map((incident) => incident.id)).toEqual([
    'old-page',
    'new-ticket',
    'old-ticket',
  ]);
});

test('rules of an incident come by what they still do, those that are heard first', () => {
  const quiet = { kind: 'silence' as const, id: 's', reason: '', until: 0 };
  const members = [
    sampleMember('left', { phase: 'left', severity: 'page' }),
    sampleMember('dismissed', { phase: 'dismissed' }),
    sampleMember('quiet', { severity: 'page', suppressed: quiet }),
    sampleMember('young', { since: 2 }),
    sampleMember('old', { since: 1 }),
    sampleMember('page', { severity: 'page', since: 3 }),
    sampleMember('pending', { phase: 'pending' }),
  ];
  expect(sortMembers(members).map(({ name }) => name)).toEqual([
    'page',
    'old',
    'young',
    'quiet',
    'pending',
    'dismissed',
    'left',
  ]);
});

test('SLOs come paging, burning, without data, calm; the least budget first inside each', () => {
  const slos = [
    sampleSlo('calm-rich', { budgetRemaining: 0.9 }),
    sampleSlo('calm-poor', { budgetRemaining: -0.2 }),
    sampleSlo('never', null),
    sampleSlo('frozen', { state: 'frozen', budgetRemaining: null }),
    sampleSlo('slow', { state: 'breach', tiers: [sampleTier({ severity: 'ticket', state: 'firing' })] }),
    sampleSlo('fast', { state: 'breach', tiers: [sampleTier({ state: 'firing' })] }),
  ];
  expect(sortSlos(slos).map((slo) => slo.name)).toEqual([
    'fast',
    'slow',
    'frozen',
    'never',
    'calm-poor',
    'calm-rich',
  ]);
});

test('monitors come by state, then by name', () => {
  const monitors = [
    sampleMonitor('b'),
    sampleMonitor('a'),
    sampleMonitor('c', { state: 'not-enough-data' }),
    sampleMonitor('d', { state: 'alarm' }),
  ];
  expect(sortMonitors(monitors).map((monitor) => monitor.name)).toEqual(['d', 'c', 'a', 'b']);
});

test('a monitor of embeddings takes its place among the others, and its tests compare in multiples of what matters', () => {
  const embedding = sampleEmbeddingMonitor('scenes');
  const monitors = [
    sampleMonitor('a', { state: 'watch' }),
    embedding,
    sampleMonitor('b', { state: 'alarm' }),
  ];
  expect(sortMonitors(monitors).map((monitor) => monitor.name)).toEqual(['b', 'scenes', 'a']);
  expect(sortVerdicts(embedding.verdicts).map((verdict) => verdict.title)).toEqual([
    'frame centroid',
    'frame brightness',
    'frame clusters',
    'frame classifier',
  ]);
});

test('encoders come by state, then by name', () => {
  const encoders = [
    sampleEncoder('b'),
    sampleEncoder('a'),
    sampleEncoder('c', { state: 'starting' }),
    sampleEncoder('d', { state: 'failed' }),
  ];
  expect(sortEncoders(encoders).map((encoder) => encoder.name)).toEqual(['d', 'c', 'a', 'b']);
});

test('verdicts come by state, then by multiples of what matters; a missing effect is the smallest', () => {
  const verdicts = [
    sampleVerdict('ok', { statistic: 0.9 }),
    sampleVerdict('small', { state: 'alarm', statistic: 0.1 }),
    sampleVerdict('large', { state: 'alarm', statistic: 0.3 }),
    sampleVerdict('other scale', { state: 'alarm', statistic: 2, minimumEffect: 1 }),
    sampleVerdict('empty', { state: 'not-enough-data', statistic: null }),
    sampleVerdict('watch', { state: 'watch', statistic: 0.05 }),
  ];
  expect(sortVerdicts(verdicts).map((verdict) => verdict.title)).toEqual([
    'large',
    'small',
    'other scale',
    'watch',
    'empty',
    'ok',
  ]);
});

test('the axis of a kind of effect ends at a round number above its largest bound', () => {
  const D = 'the KS distance D';
  const scale = (...verdicts: MonitorVerdict[]) => statisticScale(verdicts, D);
  expect(scale()).toBe(0.1);
  expect(scale(sampleVerdict('a', { statisticHigh: 0.21 }), sampleVerdict('b'))).toBe(0.3);
  expect(scale(sampleVerdict('a', { statisticHigh: 3.4 }))).toBe(4);
  expect(scale(sampleVerdict('a', { statisticHigh: 0.2, minimumEffect: 0.3 }))).toBe(0.5);
  expect(scale(sampleVerdict('a', { statisticHigh: 30, effectName: 'PSI' }))).toBe(0.1);
  expect(scale(sampleVerdict('a', { statistic: 2.31, statisticLow: 2.2, statisticHigh: null }))).toBe(3);
});

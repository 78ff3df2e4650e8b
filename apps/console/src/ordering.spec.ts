import { expect, test } from '@jest/globals';
import { sortFeatures, sortIncidents, sortMonitors, sortSlos, statisticScale } from './ordering.js';
import { sampleDrift, sampleIncident, sampleMonitor, sampleSlo, sampleTier } from './sample-views.js';

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

test('features come by state, then by statistic; a missing statistic is the smallest', () => {
  const features = [
    sampleDrift('ok', { statistic: 0.9 }),
    sampleDrift('small', { state: 'alarm', statistic: 0.1 }),
    sampleDrift('large', { state: 'alarm', statistic: 0.3 }),
    sampleDrift('empty', { state: 'not-enough-data', statistic: null }),
    sampleDrift('watch', { state: 'watch', statistic: 0.05 }),
  ];
  expect(sortFeatures(features).map((verdict) => verdict.feature)).toEqual([
    'large',
    'small',
    'watch',
    'empty',
    'ok',
  ]);
});

test('the axis of a table ends at a tenth above its largest bound, between 0.1 and 1', () => {
  expect(statisticScale([])).toBe(0.1);
  expect(
    statisticScale([sampleDrift('a', { statisticHigh: 0.21 }), sampleDrift('b', { statisticHigh: 0.05 })]),
  ).toBe(0.3);
  expect(statisticScale([sampleDrift('a', { statisticHigh: 1.04 })])).toBe(1);
});

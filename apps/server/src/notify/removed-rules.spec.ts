import { describe, expect, test } from '@jest/globals';
import { DRILL_KIND, incidentKeyText } from '@tidewatch/alerts';
import type { Rules } from '@tidewatch/config';
import { driftMonitorSchema, type DriftMonitor } from '@tidewatch/drift';
import type { SloDefinition } from '@tidewatch/slo';
import { incidentState, memberState, OPENED_AT } from '../../../../test/harness/incident-state.js';
import { projectSlo, ratio } from '../../../../test/harness/slo-traffic.js';
import { removedRuleSignals } from './removed-rules.js';

const NOW = OPENED_AT + 60_000;
const KEY = { project: 'shop', service: 'ranker-api', region: 'eu-1', model: 'ranker' };

const slo = (part: Partial<SloDefinition> = {}): SloDefinition => ({
  ...projectSlo('shop', ratio()),
  ...{ name: 'availability', service: 'ranker-api', region: 'eu-1', model: 'ranker' },
  ...part,
});
const drift = (spec: Readonly<Record<string, unknown>> = {}): DriftMonitor =>
  driftMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'DriftMonitor',
    metadata: { name: 'inputs', labels: { project: 'shop' } },
    spec: {
      ...{ model: 'ranker', service: 'ranker-api', region: 'eu-1' },
      ...{ baseline: { kind: 'fixed', name: 'training' }, ...spec },
    },
  });

/** What is over when the rules are these, in an incident in which two rules fire. */
function ended(rules: Partial<Rules>, lost: readonly string[] = []): string[] {
  const members = {
    'SLO/availability/page-fast': memberState(),
    'DriftMonitor/inputs': memberState({ kind: 'DriftMonitor', rule: 'inputs', tier: '' }),
    'SLO/gone/page-fast': memberState({ phase: 'left' }),
  };
  const none = { slos: [], monitors: [], metricMonitors: [], costModels: [] };
  const signals = removedRuleSignals(
    [incidentState({ key: KEY, members })],
    { rules: { ...none, ...rules } as unknown as Rules, isOfLostGroup: (member) => lost.includes(member) },
    NOW,
  );
  for (const { signal, policy } of signals) {
    expect(incidentKeyText(signal.key)).toBe(incidentKeyText(KEY));
    expect([signal.condition, signal.at, policy.keepFiringMs]).toEqual(['ok', NOW, 0]);
  }
  return signals.map(({ signal }) => signal.member);
}

describe('rules that fire in an incident', () => {
  test('and are in force are left alone', () => {
    expect(ended({ slos: [slo()], monitors: [drift()] })).toEqual([]);
  });

  test('and see nothing more of the group that fires are over', () => {
    const rules = { slos: [slo()], monitors: [drift()] };
    expect(ended(rules, ['SLO/availability/page-fast', 'SLO/gone/page-fast'])).toEqual([
      'SLO/availability/page-fast',
    ]);
  });

  test('and were removed are over', () => {
    expect(ended({})).toEqual(['SLO/availability/page-fast', 'DriftMonitor/inputs']);
  });

  test.each([
    ['service', { service: 'ranker' }],
    ['region', { region: '' }],
    ['model', { model: 'ranker-2' }],
    ['project', { labels: { project: 'bank' } }],
    ['groups', { groupBy: { labels: ['tenant'], limit: 10 } }],
  ])('and have got another %s are over there: an SLO', (_what, part) => {
    expect(ended({ slos: [slo(part)], monitors: [drift()] })).toEqual(['SLO/availability/page-fast']);
  });

  test.each([
    ['service', { service: 'ranker' }],
    ['region', { region: 'us-2' }],
    ['model', { model: 'ranker-2' }],
  ])('and have got another %s are over there: a monitor', (_what, spec) => {
    expect(ended({ slos: [slo()], monitors: [drift(spec)] })).toEqual(['DriftMonitor/inputs']);
  });

  test('a drill ends itself', () => {
    const members = { [`${DRILL_KIND}/1`]: memberState({ kind: DRILL_KIND, since: NOW - 1_000 }) };
    const rules = { slos: [], monitors: [], metricMonitors: [], costModels: [] } as unknown as Rules;
    const inForce = { rules, isOfLostGroup: () => false };
    expect(removedRuleSignals([incidentState({ members })], inForce, NOW)).toEqual([]);
  });
});

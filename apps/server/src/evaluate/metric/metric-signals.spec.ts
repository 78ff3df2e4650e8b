import { describe, expect, test } from '@jest/globals';
import {
  costModelSchema,
  metricMonitorSchema,
  type MetricMonitor,
  type MetricMonitorVerdict,
} from '@tidewatch/slo';
import { isMetricMember, metricSignals } from './metric-signals.js';

const monitor = (name: string, spec: Record<string, unknown> = {}): MetricMonitor =>
  metricMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'MetricMonitor',
    metadata: { name, description: 'Too hot', labels: { project: 'p' }, firstStep: 'Turn the fans up.' },
    spec: {
      service: 'ranker-api',
      levels: { ticket: { when: { gauge: 'g', window: '1m', above: 1 } } },
      ...spec,
    },
  });

const verdict = (partial: Partial<MetricMonitorVerdict> = {}): MetricMonitorVerdict => ({
  monitor: 'hot',
  group: 'region="eu-1",gpu="0"',
  windowEnd: 1,
  state: 'alarm',
  level: 'ticket',
  severity: 'ticket',
  since: 1,
  condition: 'firing',
  reason: 'It is hot.',
  levels: [
    {
      level: 'ticket',
      condition: true,
      active: true,
      since: 1,
      heldMs: 0,
      holdMs: 0,
      text: '',
      comparisons: [
        {
          measure: 'avg of g over 1m',
          value: 2,
          low: null,
          high: null,
          op: 'above',
          limit: 1,
          holds: true,
          text: '',
        },
      ],
    },
  ],
  ...partial,
});

const KEY = { project: 'p', service: 'ranker-api', region: '', model: '' };
const byGpu = monitor('hot', { groupBy: ['region', 'gpu'] });

describe('metricSignals', () => {
  test('a group is a member of its own; region, service and model of a group are part of the incident', () => {
    const [policed] = metricSignals(byGpu, [verdict()], 5);
    expect(policed?.signal).toMatchObject({
      key: { project: 'p', service: 'ranker-api', region: 'eu-1', model: '' },
      member: 'MetricMonitor/hot/region="eu-1",gpu="0"',
      severity: 'ticket',
      condition: 'firing',
      at: 5,
      summary: 'Too hot (region="eu-1",gpu="0"): It is hot.',
      facts: { Level: 'ticket', 'avg of g over 1m': '2 (limit 1)' },
      aspect: 'availability',
      labels: { project: 'p', region: 'eu-1', gpu: '0' },
      evidence: { firstStep: 'Turn the fans up.' },
    });
    expect(policed?.policy).toMatchObject({ holdMs: 0, keepFiringMs: 1_800_000 });
  });

  test('a level says how long its incident holds on to it', () => {
    const patient = monitor('hot', {
      groupBy: ['region', 'gpu'],
      levels: { ticket: { when: { gauge: 'g', window: '1m', above: 1 }, keepFiring: '2h' } },
    });
    const [policed] = metricSignals(patient, [verdict({ state: 'ok', severity: '', condition: 'ok' })], 5);
    expect(policed?.policy.keepFiringMs).toBe(7_200_000);
  });

  test('a group that is judged no more leaves at once', () => {
    const [gone] = metricSignals(
      byGpu,
      [verdict({ state: 'ok', severity: '', condition: 'ok', levels: [] })],
      5,
    );
    expect(gone?.policy.keepFiringMs).toBe(0);
  });

  test('a monitor that only warns says nothing', () => {
    const warns = monitor('warm', { levels: { warn: { when: { gauge: 'g', window: '1m', above: 1 } } } });
    expect(metricSignals(warns, [verdict()], 5)).toEqual([]);
    expect(isMetricMember('MetricMonitor/warm', KEY, { metricMonitors: [warns], costModels: [] })).toBe(
      false,
    );
  });
});

describe('isMetricMember', () => {
  test.each([
    ['MetricMonitor/hot/region="eu-1",gpu="0"', true],
    // The group-by was changed since.
    ['MetricMonitor/hot', false],
    ['MetricMonitor/hot/gpu="0"', false],
    ['MetricMonitor/plain', true],
    ['MetricMonitor/plain/gpu="0"', false],
    ['MetricMonitor/gone', false],
    ['DriftMonitor/plain', false],
  ])('%s: %j', (member, known) => {
    const key = member.includes('eu-1') ? { ...KEY, region: 'eu-1' } : KEY;
    const rules = { metricMonitors: [byGpu, monitor('plain')], costModels: [] };
    expect(isMetricMember(member, key, rules)).toBe(known);
  });

  test.each([
    ['project', { project: 'q' }],
    ['service', { service: 'ranker' }],
    ['region', { region: 'us-2' }],
    ['model', { model: 'ranker' }],
  ])('a monitor of another %s speaks no more in the incident that it opened', (_part, part) => {
    const [policed] = metricSignals(byGpu, [verdict()], 5);
    const { key, member } = policed!.signal;
    const rules = { metricMonitors: [byGpu], costModels: [] };
    expect(isMetricMember(member, key, rules)).toBe(true);
    expect(isMetricMember(member, { ...key, ...part }, rules)).toBe(false);
  });

  test('so does a cost model', () => {
    const costs = costModelSchema.parse({
      apiVersion: 'tidewatch.dev/v1',
      kind: 'CostModel',
      metadata: { name: 'costs', labels: { project: 'p' } },
      spec: {
        service: 'ranker-api',
        price: { perGpuHour: 2, gpus: 8 },
        inferences: { metric: 'inference.requests' },
        guardrail: { perThousand: 0.5, window: '1h' },
      },
    });
    const rules = { metricMonitors: [], costModels: [costs] };
    expect(isMetricMember('CostModel/costs', KEY, rules)).toBe(true);
    expect(isMetricMember('CostModel/costs', { ...KEY, service: 'ranker' }, rules)).toBe(false);
  });
});

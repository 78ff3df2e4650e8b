import { describe, expect, test } from '@jest/globals';
import { importFixture, importFixtures, writtenSlos } from '../../../fixtures/import/import-fixtures.js';
import { importSpecs } from '../import-specs.js';

const source = (spec: object) => ({ metricSource: { type: 'tidewatch', spec } });

const HTTP = 'http_request_duration_seconds';
const AVAILABILITY = {
  ratioMetric: {
    counter: true,
    bad: source({ metric: HTTP, match: { job: 'myservice', code: { matches: '(5..|429)' } } }),
    total: source({ metric: HTTP, match: { job: 'myservice' } }),
  },
};
const MYAPP = {
  ratioMetric: {
    counter: true,
    bad: source({ metric: HTTP, match: { job: 'myapp', code: { matches: '(5..|429)' } } }),
    total: source({ metric: HTTP, match: { job: 'myapp' } }),
  },
};
const APISERVER = {
  ratioMetric: {
    counter: true,
    bad: source({ metric: 'apiserver_request_total', match: { code: { matches: '(5..|429)' } } }),
    total: source({ metric: 'apiserver_request_total' }),
  },
};
const APISERVER_LATENCY = {
  thresholdMetric: source({
    metric: 'apiserver_request_duration_seconds',
    match: { verb: { not: 'WATCH' } },
  }),
};
const good = (metric: string, job?: string) => ({
  ratioMetric: {
    counter: true,
    good: source({
      metric,
      match: { ...(job === undefined ? {} : { job }), code: { notMatches: '(5..|429)' } },
    }),
    total: source(job === undefined ? { metric } : { metric, match: { job } }),
  },
});

const SERIES = 'counts at each moment how many series of unifipoller_client_satisfaction_ratio are';
const METRICS_QL = 'is not PromQL: histogram_share is not a function of PromQL';
const SLI_PLUGIN = 'is the SLI plugin getting_started_availability, a program of Sloth';

/** What becomes of each SLO: its objective and indicator, or the place and reason of the refusal. */
const EXPECTED: Readonly<
  Record<string, Readonly<Record<string, readonly [object, object] | readonly [string, string]>>>
> = {
  'contrib-denominator-corrected.yaml': { 'svc01-slo1': [{ targetPercent: 99.9 }, AVAILABILITY] },
  'contrib-slo-plugins.yml': {
    'myservice-requests-availability-contrib-plugin-info-labels-v1': [{ targetPercent: 99.9 }, AVAILABILITY],
    'myservice-requests-availability-contrib-plugin-rule-intervals-v': [
      { targetPercent: 99.9 },
      AVAILABILITY,
    ],
  },
  'getting-started.yml': { 'myservice-requests-availability': [{ targetPercent: 99.9 }, AVAILABILITY] },
  'home-wifi.yml': {
    'home-wifi-good-wifi-client-satisfaction': ['slos.0.sli.events.error_query', `${SERIES} < 0.75`],
    'home-wifi-risk-wifi-client-satisfaction': ['slos.1.sli.events.error_query', `${SERIES} < 0.5`],
  },
  'k8s-getting-started.yml': { 'myservice-requests-availability': [{ targetPercent: 99.9 }, AVAILABILITY] },
  'k8s-home-wifi.yml': {
    'home-wifi-good-wifi-client-satisfaction': ['spec.slos.0.sli.events.errorQuery', `${SERIES} < 0.75`],
    'home-wifi-risk-wifi-client-satisfaction': ['spec.slos.1.sli.events.errorQuery', `${SERIES} < 0.5`],
  },
  'k8s-multifile.yml': {
    'myservice-requests-availability': [{ targetPercent: 99.9 }, AVAILABILITY],
    'myservice2-requests-availability': [{ targetPercent: 99.99 }, AVAILABILITY],
  },
  'kubernetes-apiserver.yml': {
    'k8s-apiserver-requests-availability': [{ targetPercent: 99.9 }, APISERVER],
    'k8s-apiserver-requests-latency': [{ targetPercent: 99, op: 'lte', value: 0.4 }, APISERVER_LATENCY],
  },
  'multifile.yml': {
    'myservice-requests-availability': [{ targetPercent: 99.9 }, AVAILABILITY],
    'myservice2-requests-availability': [{ targetPercent: 99.99 }, AVAILABILITY],
  },
  'no-alerts.yml': { 'myapp-http-availability': [{ targetPercent: 99.99 }, MYAPP] },
  'openslo-getting-started.yml': {
    'sloth-slo-my-service': [{ targetPercent: 99.9 }, good(HTTP, 'myservice')],
  },
  'openslo-kubernetes-apiserver.yml': {
    'requests-availability-openslo': [{ targetPercent: 99.9 }, good('apiserver_request_total')],
    'requests-latency-openslo': [{ targetPercent: 99, op: 'lte', value: 0.4 }, APISERVER_LATENCY],
    'requests-latency-openslo-2': [{ targetPercent: 99.9, op: 'lte', value: 5 }, APISERVER_LATENCY],
  },
  'plugin-getting-started.yml': { 'myservice-requests-availability': ['slos.0.sli.plugin', SLI_PLUGIN] },
  'plugin-k8s-getting-started.yml': {
    'myservice-requests-availability': ['spec.slos.0.sli.plugin', SLI_PLUGIN],
  },
  'raw-home-wifi.yml': {
    'home-wifi-wifi-client-satisfaction': [
      'slos.0.sli.raw.error_ratio_query',
      'is the mean of a gauge and no share of events',
    ],
  },
  'slo-plugin-getting-started.yml': {
    'myservice-requests-availability': [{ targetPercent: 99.9 }, AVAILABILITY],
  },
  'slo-plugin-k8s-getting-started.yml': {
    'myservice-requests-availability': [{ targetPercent: 99.9 }, AVAILABILITY],
  },
  'victoria-metrics.yml': {
    'foo-bar-grpc-latency-percentile-90': ['slos.0.sli.events.error_query', METRICS_QL],
    'foo-bar-grpc-latency-percentile-99': ['slos.1.sli.events.error_query', METRICS_QL],
  },
};

describe('Sloth’s own examples', () => {
  test('are all looked at', () => {
    expect(importFixtures('sloth')).toEqual(Object.keys(EXPECTED).map((name) => `sloth/${name}`));
  });

  test.each(Object.entries(EXPECTED))('%s is imported, or says what cannot be', (file, expected) => {
    const result = importSpecs(importFixture(`sloth/${file}`));
    const found: Record<string, unknown> = {};
    for (const document of writtenSlos(result)) {
      const { objectives, indicator, budgetingMethod, timeWindow } = document.spec;
      expect([budgetingMethod, timeWindow]).toEqual(['Occurrences', [{ duration: '30d', isRolling: true }]]);
      expect(objectives).toHaveLength(1);
      found[document.metadata.name] = [objectives[0], indicator.spec];
    }
    for (const { name, path, message } of result.refused) {
      const reason = expected[name]?.[1];
      found[name] = [path, typeof reason === 'string' && message.includes(reason) ? reason : message];
    }
    expect(found).toEqual(expected);
  });

  test('home-wifi is imported when a way to judge its gauge is chosen', () => {
    const { documents, refused, notes } = importSpecs(importFixture('sloth/home-wifi.yml'), {
      gaugeSeries: 'worst',
    });
    expect(refused).toEqual([]);
    expect(documents).toHaveLength(2);
    expect(documents[0]).toMatchObject({
      spec: {
        budgetingMethod: 'Timeslices',
        objectives: [
          { targetPercent: 95, op: 'gte', value: 0.75, timeSliceTarget: 1, timeSliceWindow: '1m' },
        ],
        indicator: {
          spec: {
            thresholdMetric: source({
              gauge: 'unifipoller_client_satisfaction_ratio',
              over: 'min',
              across: 'min',
            }),
          },
        },
      },
    });
    expect(notes).toContainEqual({
      name: 'home-wifi-good-wifi-client-satisfaction',
      message: expect.stringContaining('the same target is harder to keep'),
    });
  });
});

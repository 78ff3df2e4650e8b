import { describe, expect, test } from '@jest/globals';
import { importFixture, writtenSlos } from '../../../fixtures/import/import-fixtures.js';
import { importSpecs } from '../import-specs.js';
import { pyrraTiers } from './pyrra-tiers.js';

const source = (spec: object) => ({ metricSource: { type: 'tidewatch', spec } });
const DAY_MS = 86_400_000;

const result = importSpecs(importFixture('pyrra/objectives.yaml'));
const { refused, notes } = result;
const document = (name: string) => writtenSlos(result).find(({ metadata }) => metadata.name === name);
const messages = (name: string) => notes.filter((note) => note.name === name).map(({ message }) => message);

describe('Pyrra', () => {
  test('ratios keep grouping, labels and annotations that Pyrra passes on, and the runbook', () => {
    expect(refused).toEqual([]);
    expect(document('checkout-errors')).toEqual({
      apiVersion: 'openslo/v1',
      kind: 'SLO',
      metadata: {
        name: 'checkout-errors',
        labels: { namespace: 'shop', team: 'payments', service: 'checkout' },
        annotations: {
          runbook: 'https://wiki.example.com/runbooks/checkout',
          summary: 'Checkout fails',
          'pyrra.dev/alert': 'CheckoutErrors',
          'tidewatch.dev/runbook': 'https://wiki.example.com/runbooks/checkout',
          'tidewatch.dev/tiers': [
            '- { name: page-fast, long: 1h, short: 5m, burn: 14, severity: page, hold: 2m }\n',
            '- { name: page-slow, long: 6h, short: 30m, burn: 7, severity: page, hold: 15m }\n',
            '- { name: ticket-fast, long: 1d, short: 2h, burn: 2, severity: ticket, hold: 1h }\n',
            '- { name: ticket-slow, long: 4d, short: 6h, burn: 1, severity: ticket, hold: 3h }\n',
          ].join(''),
          'tidewatch.dev/no-data': 'page',
          'tidewatch.dev/group-by': 'handler, region',
        },
      },
      spec: {
        description: 'Checkouts that fail.',
        service: 'checkout',
        indicator: {
          metadata: { name: 'checkout-errors-sli' },
          spec: {
            ratioMetric: {
              counter: true,
              bad: source({
                metric: 'http_requests_total',
                match: { job: 'checkout', code: { matches: '5..' } },
              }),
              total: source({ metric: 'http_requests_total', match: { job: 'checkout' } }),
            },
          },
        },
        timeWindow: [{ duration: '28d', isRolling: true }],
        budgetingMethod: 'Occurrences',
        objectives: [{ targetPercent: 99.5 }],
      },
    });
    expect(messages('checkout-errors')).toEqual([
      'the label region is read from the attribute cloud.region, not from a label region of the series themselves',
    ]);
  });

  test('latency becomes a limit on the histogram, without the alert for absent metrics when it is off', () => {
    expect(document('checkout-latency')).toMatchObject({
      metadata: { annotations: { 'tidewatch.dev/no-data': 'off' } },
      spec: {
        service: 'checkout',
        objectives: [{ targetPercent: 99, op: 'lte', value: 0.25 }],
        indicator: {
          spec: {
            thresholdMetric: source({
              metric: 'http_request_duration_seconds',
              match: { job: 'checkout', code: { matches: '2..' } },
            }),
          },
        },
      },
    });
    expect(messages('checkout-latency')).toEqual([
      'the service checkout is taken from the conditions of the indicator',
      expect.stringContaining('no runbook is known'),
    ]);
  });

  test('native latency becomes one in seconds, without tiers when alerts are off', () => {
    expect(document('search-latency')).toMatchObject({
      metadata: { annotations: { 'tidewatch.dev/tiers': 'none', 'tidewatch.dev/no-data': 'off' } },
      spec: {
        service: 'search',
        objectives: [{ targetPercent: 95, op: 'lte', value: 0.15 }],
        indicator: {
          spec: {
            thresholdMetric: source({ metric: 'search_duration_seconds', match: { verb: { not: 'WATCH' } } }),
          },
        },
      },
    });
  });

  test('a boolean gauge becomes minutes in which it stays at 1', () => {
    expect(document('probes-up')).toMatchObject({
      metadata: { annotations: { 'tidewatch.dev/group-by': 'service.instance.id' } },
      spec: {
        budgetingMethod: 'Timeslices',
        objectives: [{ targetPercent: 99.9, op: 'gte', value: 1, timeSliceTarget: 1, timeSliceWindow: '1m' }],
        indicator: {
          spec: {
            thresholdMetric: source({
              gauge: 'probe_success',
              match: { job: 'blackbox' },
              over: 'min',
              across: 'min',
            }),
          },
        },
      },
    });
    expect(messages('probes-up')[0]).toContain('counts the minutes in which probe_success was below 1');
  });

  test('pairs that a total outage cannot reach are left out', () => {
    expect(document('batch-jobs')?.metadata.annotations?.['tidewatch.dev/tiers']).not.toContain('page-fast');
    expect(messages('batch-jobs')).toContain(
      'the tier page-fast is left out: at a target of 90 % a total outage burns 10 times too fast, and it waits for 14',
    );
  });

  test.each([
    [
      14,
      [
        [30, 3],
        [180, 15],
        [720, 60],
        [2880, 180],
      ],
    ],
    [
      30,
      [
        [64, 5],
        [386, 32],
        [1543, 129],
        [6171, 386],
      ],
    ],
    // A day: 128.6 s and 10.7 s, which is no whole minute.
    [
      1,
      [
        [2, 1 / 6],
        [13, 1],
        [51, 4],
        [206, 13],
      ],
    ],
  ])('windows of %i days have pairs to match, in minutes', (days, pairs) => {
    expect(
      pyrraTiers(days * DAY_MS).map(({ longMs, shortMs }) => [longMs / 60_000, shortMs / 60_000]),
    ).toEqual(pairs);
  });

  const SOUND = {
    apiVersion: 'pyrra.dev/v1alpha1',
    kind: 'ServiceLevelObjective',
    metadata: { name: 'a' },
    spec: {
      target: '99',
      window: '28d',
      indicator: { ratio: { errors: { metric: 'e' }, total: { metric: 't' } } },
    },
  };

  test.each<[string, object, string, string]>([
    ['another version', { apiVersion: 'pyrra.dev/v2' }, 'kind', 'is not known'],
    ['no name', { metadata: {} }, 'metadata.name', 'is missing'],
    ['no target', { spec: { ...SOUND.spec, target: '' } }, 'spec.target', 'must be a percentage'],
    ['no window', { spec: { ...SOUND.spec, window: 'month' } }, 'spec.window', 'must be a duration'],
    [
      'no indicator',
      { spec: { ...SOUND.spec, indicator: {} } },
      'spec.indicator',
      'must hold one of ratio, latency',
    ],
    [
      'a function',
      {
        spec: {
          ...SOUND.spec,
          indicator: { ratio: { errors: { metric: 'sum(e)' }, total: { metric: 't' } } },
        },
      },
      'spec.indicator.ratio.errors.metric',
      'Pyrra knows no functions here',
    ],
    [
      'a missing metric',
      { spec: { ...SOUND.spec, indicator: { latency: { success: { metric: 'd_bucket{le="1"}' } } } } },
      'spec.indicator.latency.total.metric',
      'is missing; it must be a selector',
    ],
    [
      'a bucket of another histogram',
      {
        spec: {
          ...SOUND.spec,
          indicator: { latency: { success: { metric: 'd_bucket{le="1"}' }, total: { metric: 'h_count' } } },
        },
      },
      'spec.indicator.latency.success',
      'compares the bucket d_bucket{le="1"} with h_count',
    ],
    [
      'a limit without a unit',
      { spec: { ...SOUND.spec, indicator: { latencyNative: { latency: '5', total: { metric: 'd' } } } } },
      'spec.indicator.latencyNative.latency',
      'must be a duration',
    ],
  ])('refuses %s', (_, changes, path, message) => {
    expect(importSpecs([{ ...SOUND, ...changes }]).refused).toEqual([
      { source: 'pyrra', name: expect.any(String), path, message: expect.stringContaining(message) },
    ]);
  });

  test('lists of Kubernetes are opened, and namespaces may share a name', () => {
    const items = ['a', 'b'].map((namespace) => ({ ...SOUND, metadata: { name: 'a', namespace } }));
    const { imported } = importSpecs([{ apiVersion: 'v1', kind: 'List', items }]);
    expect(imported).toEqual([
      { source: 'pyrra', name: 'a' },
      { source: 'pyrra', name: 'a-2' },
    ]);
  });
});

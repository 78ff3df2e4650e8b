import { describe, expect, test } from '@jest/globals';
import { sloDocumentSchema } from '@tidewatch/slo';
import {
  indicator,
  issuesOf,
  LATENCY_SPEC,
  metric,
  RATIO_SPEC,
  ratioDocument,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

const objective = (value: unknown): RawDocument => ({ spec: { objectives: [value] } });
const window = (value: unknown): RawDocument => ({ spec: { timeWindow: [value] } });

describe('a document that is accepted', () => {
  test.each<[string, RawDocument]>([
    ['an SLO over two counters', sloDocument()],
    ['good instead of bad events', ratioDocument({ bad: undefined, good: metric('inference.ok') })],
    ['a ratio without counter, as in OpenSLO’s examples', ratioDocument({ counter: undefined })],
    [
      'op on the objective of a ratio, as in three of OpenSLO’s four examples',
      sloDocument(objective({ op: 'gt', target: 0.99 })),
    ],
    [
      'a latency objective',
      sloDocument({
        spec: { ...indicator(LATENCY_SPEC), objectives: [{ op: 'lte', value: 0.5, target: 0.99 }] },
      }),
    ],
    [
      'an indicator by reference',
      sloDocument({ spec: { indicator: undefined, indicatorRef: 'shared-sli' } }),
    ],
    [
      'labels of texts and lists',
      sloDocument({ metadata: { labels: { team: ['a', 'b'], region: 'eu-1' } } }),
    ],
    [
      'empty labels, annotations and alert policies',
      sloDocument({ metadata: { labels: null, annotations: null }, spec: { alertPolicies: null } }),
    ],
    [
      'annotations of other tools',
      sloDocument({ metadata: { annotations: { 'openslo.com/service-folder': './my/directory' } } }),
    ],
    ['an SLI', sliDocument('shared-sli', RATIO_SPEC)],
    [
      'a Service',
      {
        apiVersion: 'openslo/v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { description: 'The shop' },
      },
    ],
    [
      'an AlertPolicy with references',
      {
        apiVersion: 'openslo/v1',
        kind: 'AlertPolicy',
        metadata: { name: 'high' },
        spec: {
          alertWhenBreaching: true,
          conditions: [{ conditionRef: 'fast' }],
          notificationTargets: [{ targetRef: 'pager' }],
        },
      },
    ],
    [
      'an AlertNotificationTarget',
      {
        apiVersion: 'openslo/v1',
        kind: 'AlertNotificationTarget',
        metadata: { name: 'pager' },
        spec: { target: 'pagerduty' },
      },
    ],
    ['a Service without spec', { apiVersion: 'openslo/v1', kind: 'Service', metadata: { name: 'web' } }],
  ])('%s', (_name, document) => {
    expect(issuesOf(document)).toEqual([]);
  });

  test('conditions on labels become matchers in the order of the document', () => {
    const selector = metric('inference.requests', {
      'service.name': 'ranker-api',
      'error.type': { not: '' },
      status: { matches: '5..' },
      route: { notMatches: '(?i)/health.*' },
    });
    expect(sloDocumentSchema.parse(sliDocument('sli', { thresholdMetric: selector }))).toMatchObject({
      spec: {
        thresholdMetric: {
          source: {
            kind: 'metric',
            selector: {
              metric: 'inference.requests',
              match: [
                { label: 'service.name', op: '=', value: 'ranker-api' },
                { label: 'error.type', op: '!=', value: '' },
                { label: 'status', op: '=~', value: '5..' },
                { label: 'route', op: '!~', value: '(?i)/health.*' },
              ],
            },
          },
        },
      },
    });
  });

  test.each([
    ['1m', 60_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['4w', 2_419_200_000],
  ])('a rolling window of %s is %d ms', (duration, milliseconds) => {
    const document = sloDocumentSchema.parse(sloDocument(window({ duration, isRolling: true })));
    expect(document).toMatchObject({ spec: { timeWindow: { kind: 'rolling', periodMs: milliseconds } } });
  });

  test.each([
    [{ target: 0.999 }, 0.999],
    [{ targetPercent: 99.9 }, 0.999],
    [{ targetPercent: 99.99 }, 0.9999],
    [{ targetPercent: 7 }, 0.07],
    [{ targetPercent: 95 }, 0.95],
  ])('%j is a target of exactly %d', (value, target) => {
    expect(sloDocumentSchema.parse(sloDocument(objective(value)))).toMatchObject({
      spec: { objectives: [{ target }] },
    });
  });

  test('what a DataSource says about connections, which may be a secret, is not kept', () => {
    const document = {
      apiVersion: 'openslo/v1',
      kind: 'DataSource',
      metadata: { name: 'datadog' },
      spec: { type: 'Datadog', connectionDetails: [{ apiKey: 'my-api-key' }] },
    };
    expect(JSON.stringify(sloDocumentSchema.parse(document))).not.toContain('my-api-key');
  });
});

describe('a document that is refused', () => {
  test.each<[string, unknown, string]>([
    ['no map', null, ': must be a map with apiVersion, kind, metadata and spec, and is empty'],
    [
      'no kind',
      { apiVersion: 'openslo/v1' },
      'kind: must be SLO, SLI, Service, DataSource, AlertPolicy, AlertCondition or AlertNotificationTarget, and is missing',
    ],
    [
      'an unknown kind',
      { kind: 'Slo' },
      'kind: must be SLO, SLI, Service, DataSource, AlertPolicy, AlertCondition or AlertNotificationTarget, and is "Slo"',
    ],
    [
      'an older version',
      { ...sloDocument(), apiVersion: 'openslo/v1alpha' },
      'apiVersion: must be openslo/v1, and is "openslo/v1alpha"',
    ],
    ['an unknown key', sloDocument({ spec: { sevice: 'x' } }), 'spec.sevice: unknown key'],
    ['an unknown key of the root', { ...sloDocument(), status: {} }, 'status: unknown key'],
    [
      'no name',
      sloDocument({ metadata: { name: undefined } }),
      'metadata.name: is missing; it must be a name of lower-case letters',
    ],
    [
      'a name in capitals',
      sloDocument({ metadata: { name: 'Ranker' } }),
      'metadata.name: must be a name of lower-case letters',
    ],
    ['a name of 64 characters', sloDocument({ metadata: { name: 'a'.repeat(64) } }), 'at most 63 characters'],
    [
      'a number as label',
      sloDocument({ metadata: { labels: { tier: 1 } } }),
      'metadata.labels.tier: must be text or a list of texts (quote numbers and true or false), and is 1',
    ],
    [
      'a label with a space',
      sloDocument({ metadata: { labels: { 'a b': 'x' } } }),
      'metadata.labels.a b: is not a label: the name must be letters',
    ],
    [
      'a list as annotation',
      sloDocument({ metadata: { annotations: { 'tidewatch.dev/tiers': [{}] } } }),
      'metadata.annotations.tidewatch.dev/tiers: must be text (for a list or map, put | after the key',
    ],
    [
      'an annotation with two slashes',
      sloDocument({ metadata: { annotations: { 'a/b/c': '' } } }),
      'metadata.annotations.a/b/c: is not an annotation',
    ],
    [
      'no service',
      sloDocument({ spec: { service: undefined } }),
      'spec.service: is missing; it must be the name of the service',
    ],
    [
      'a long description',
      sloDocument({ spec: { description: 'x'.repeat(1_051) } }),
      'spec.description: must be text of at most 1,050 characters',
    ],
    [
      'no indicator',
      sloDocument({ spec: { indicator: undefined } }),
      'spec: has no indicator: write it under indicator, or name an SLI document in indicatorRef',
    ],
    [
      'two indicators',
      sloDocument({ spec: { indicatorRef: 'other' } }),
      'spec: has both indicator and indicatorRef; keep one',
    ],
    [
      'alert policies that are no list',
      sloDocument({ spec: { alertPolicies: 'high' } }),
      'spec.alertPolicies: must be a list of alert policies, and is "high"',
    ],
    [
      'a bare name as alert policy',
      sloDocument({ spec: { alertPolicies: ['high'] } }),
      'spec.alertPolicies.0: must be a map with alertPolicyRef, or with kind: AlertPolicy, metadata and spec, and is "high"',
    ],
    [
      'an alert policy by name and in full',
      sloDocument({ spec: { alertPolicies: [{ alertPolicyRef: 'x', kind: 'AlertPolicy' }] } }),
      'spec.alertPolicies.0.kind: unknown key',
    ],
    [
      'an unknown budgeting method',
      sloDocument({ spec: { budgetingMethod: 'TimeSlices' } }),
      'spec.budgetingMethod: must be Occurrences, Timeslices or RatioTimeslices, and is "TimeSlices"',
    ],
    ...['7m', '25s', '90m', '5h', '2d', '1M', '1m30s'].map((slice): [string, unknown, string] => [
      `a time slice of ${slice}`,
      sloDocument(objective({ target: 0.9, timeSliceWindow: slice })),
      `spec.objectives.0.timeSliceWindow: must be a duration that divides an hour, such as 1m or 10m, or whole hours that divide a day, such as 2h, and is "${slice}"`,
    ]),
    [
      'a slice target of 0',
      sloDocument(objective({ target: 0.9, timeSliceTarget: 0 })),
      'spec.objectives.0.timeSliceTarget: must be the share of good events from which a slice is good, above 0 and at most 1, such as 0.95, and is 0',
    ],
    [
      'no objective',
      sloDocument({ spec: { objectives: [] } }),
      'spec.objectives: must be a list of objectives, at least one, and is an empty list',
    ],
    [
      'a weight of 0',
      sloDocument({
        spec: { indicator: undefined, objectives: [{ target: 0.9, indicatorRef: 'x', compositeWeight: 0 }] },
      }),
      'spec.objectives.0.compositeWeight: must be a number above 0, such as 2, and is 0',
    ],
    [
      'a weight without an indicator of its own',
      sloDocument(objective({ target: 0.9, compositeWeight: 2 })),
      'spec.objectives.0.compositeWeight: belongs to a composite SLO, whose objectives have indicators of their own',
    ],
    [
      'a composite with an indicator for all',
      sloDocument(objective({ target: 0.9, indicatorRef: 'x' })),
      'spec.indicator: cannot stand beside indicators of objectives, which make a composite SLO; keep one',
    ],
    [
      'a composite one of whose objectives has no indicator',
      sloDocument({
        spec: { indicator: undefined, objectives: [{ target: 0.9, indicatorRef: 'x' }, { target: 0.9 }] },
      }),
      'spec.objectives.1: has no indicator, and other objectives do: in a composite SLO each has its own',
    ],
    [
      'two indicators of one objective',
      sloDocument({
        spec: {
          indicator: undefined,
          objectives: [{ target: 0.9, indicatorRef: 'x', ...indicator(RATIO_SPEC) }],
        },
      }),
      'spec.objectives.0: has both indicator and indicatorRef; keep one',
    ],
    [
      'no target',
      sloDocument(objective({})),
      'spec.objectives.0: has no target: write target (such as 0.999) or targetPercent (such as 99.9)',
    ],
    [
      'two targets',
      sloDocument(objective({ target: 0.9, targetPercent: 90 })),
      'spec.objectives.0: has both target and targetPercent; keep one',
    ],
    [
      'a percentage as target',
      sloDocument(objective({ target: 99.9 })),
      'for per cent write targetPercent; for what may never',
    ],
    [
      'a target of 0',
      sloDocument(objective({ target: 0 })),
      'spec.objectives.0.target: must be a share of good events above 0 and below 1',
    ],
    [
      'a target of 1, with what to use instead',
      sloDocument(objective({ target: 1 })),
      'for what may never happen use a MetricMonitor that counts it: 1 leaves no error budget to watch, and 0 promises nothing), and is 1',
    ],
    [
      'a target of 100 %',
      sloDocument(objective({ targetPercent: 100 })),
      'use a MetricMonitor that counts it: 100 leaves no error budget to watch, and 0 promises nothing), and is 100',
    ],
    ['a target as text', sloDocument(objective({ target: '0.99' })), 'and is "0.99"'],
    [
      'an unknown op',
      sloDocument(objective({ op: '<', target: 0.9 })),
      'spec.objectives.0.op: must be lte, lt, gte or gt, and is "<"',
    ],
  ])('%s', (_name, document, expected) => {
    expect(issuesOf(document)).toContainEqual(expect.stringContaining(expected));
  });

  test('reports everything that is wrong at once', () => {
    const document = sloDocument({
      metadata: { name: 'A' },
      spec: {
        service: '',
        budgetingMethod: 'Slices',
        objectives: [{ target: 1 }],
        timeWindow: [],
        extra: 1,
      },
    });
    expect(issuesOf(document).map((issue) => issue.split(':')[0])).toEqual([
      'metadata.name',
      'spec.service',
      'spec.timeWindow',
      'spec.budgetingMethod',
      'spec.objectives.0.target',
      'spec.extra',
    ]);
  });
});

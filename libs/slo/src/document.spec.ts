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
          histogram: {
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
    });
  });

  test.each([
    ['1m', 60_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['4w', 2_419_200_000],
  ])('a rolling window of %s is %d ms', (duration, milliseconds) => {
    const document = sloDocumentSchema.parse(sloDocument(window({ duration, isRolling: true })));
    expect(document).toMatchObject({ spec: { timeWindow: milliseconds } });
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
      'kind: must be SLO, SLI, Service or DataSource, and is missing',
    ],
    ['an unknown kind', { kind: 'Slo' }, 'kind: must be SLO, SLI, Service or DataSource, and is "Slo"'],
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
      'alert policies',
      sloDocument({ spec: { alertPolicies: [{ alertPolicyRef: 'x' }] } }),
      'spec.alertPolicies: cannot be used: Tidewatch alerts from burn-rate tiers.',
    ],
    [
      'two time windows',
      sloDocument({
        spec: {
          timeWindow: [
            { duration: '1d', isRolling: true },
            { duration: '2d', isRolling: true },
          ],
        },
      }),
      'spec.timeWindow: must be a list of one window, such as [{duration: 30d, isRolling: true}], and is a list of 2',
    ],
    [
      'a month as rolling window',
      sloDocument(window({ duration: '1M', isRolling: true })),
      'spec.timeWindow.0.duration: is 1M, but a rolling window needs a fixed length and a month has 28 to 31 days; write 30d or 28d',
    ],
    [
      'a quarter as rolling window',
      sloDocument(window({ duration: '1Q', isRolling: true })),
      'a quarter has 90 to 92 days; write 90d',
    ],
    [
      'a year as rolling window',
      sloDocument(window({ duration: '1Y', isRolling: true })),
      'a year has 365 or 366 days; write 365d',
    ],
    [
      'a duration without unit',
      sloDocument(window({ duration: '30', isRolling: true })),
      'spec.timeWindow.0.duration: must be a whole number and one of m (minutes), h, d, w, such as 30d, and is "30"',
    ],
    ['a duration of zero', sloDocument(window({ duration: '0d', isRolling: true })), 'and is "0d"'],
    [
      'a combined duration, which OpenSLO has not',
      sloDocument(window({ duration: '1d12h', isRolling: true })),
      'and is "1d12h"',
    ],
    [
      'a number as duration',
      sloDocument(window({ duration: 30, isRolling: true })),
      'spec.timeWindow.0.duration: must be a duration such as 30d or 4w, and is 30',
    ],
    [
      'a calendar window',
      sloDocument(window({ duration: '1w', isRolling: false })),
      'spec.timeWindow.0.isRolling: is false, which is not supported yet: only rolling windows are.',
    ],
    [
      'time slices',
      sloDocument({ spec: { budgetingMethod: 'Timeslices' } }),
      'spec.budgetingMethod: must be Occurrences (Timeslices and RatioTimeslices are not supported yet), and is "Timeslices"',
    ],
    [
      'a slice target',
      sloDocument(objective({ target: 0.9, timeSliceTarget: 0.95 })),
      'spec.objectives.0.timeSliceTarget: belongs to the Timeslices budgeting methods',
    ],
    [
      'two objectives',
      sloDocument({ spec: { objectives: [{ target: 0.9 }, { target: 0.99 }] } }),
      'spec.objectives: must be a list of exactly one objective; write one SLO document for each further objective, and is a list of 2',
    ],
    [
      'no objective',
      sloDocument({ spec: { objectives: [] } }),
      'spec.objectives: must be a list of exactly one objective',
    ],
    [
      'a composite',
      sloDocument(objective({ target: 0.9, indicatorRef: 'x', compositeWeight: 2 })),
      'spec.objectives.0.compositeWeight: makes a composite SLO, which is not supported yet',
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
      'for per cent write targetPercent), and is 99.9',
    ],
    [
      'a target of 0',
      sloDocument(objective({ target: 0 })),
      'spec.objectives.0.target: must be a share of good events above 0 and below 1',
    ],
    ['a target of 1', sloDocument(objective({ target: 1 })), '1 would leave no error budget'],
    [
      'a target of 100 %',
      sloDocument(objective({ targetPercent: 100 })),
      '100 would leave no error budget), and is 100',
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

  test.each(['AlertPolicy', 'AlertCondition', 'AlertNotificationTarget'])(
    '%s, with what to write instead',
    (kind) => {
      expect(issuesOf({ apiVersion: 'openslo/v1', kind, metadata: { name: 'x' }, spec: {} })).toEqual([
        expect.stringMatching(
          new RegExp(`^kind: ${kind} is not supported: .*tidewatch.dev/tiers.*Routing and Receiver`),
        ),
      ]);
    },
  );

  test('reports everything that is wrong at once', () => {
    const document = sloDocument({
      metadata: { name: 'A' },
      spec: {
        service: '',
        budgetingMethod: 'Timeslices',
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

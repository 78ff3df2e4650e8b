import { describe, expect, test } from '@jest/globals';
import { described, resolveAll, sloDocument, type RawDocument } from '../fixtures/slo-document.js';

const DAY_MS = 86_400_000;
const CONDITION = { kind: 'burnrate', op: 'gte', threshold: 14.4, lookbackWindow: '1h', alertAfter: '0m' };
const TARGETS = [{ targetRef: 'pager' }];

const conditionSpec = (changes: RawDocument = {}, severity = 'page'): RawDocument => ({
  severity,
  condition: { ...CONDITION, ...changes },
});
const inlineCondition = (name: string, changes: RawDocument = {}, severity = 'page'): RawDocument => ({
  kind: 'AlertCondition',
  metadata: { name },
  spec: conditionSpec(changes, severity),
});
const policySpec = (changes: RawDocument = {}): RawDocument => ({
  alertWhenBreaching: true,
  conditions: [inlineCondition('fast')],
  notificationTargets: TARGETS,
  ...changes,
});
const inlinePolicy = (changes: RawDocument = {}, name = 'policy'): RawDocument => ({
  kind: 'AlertPolicy',
  metadata: { name },
  spec: policySpec(changes),
});
const document = (kind: string, name: string, spec: RawDocument): RawDocument => ({
  apiVersion: 'openslo/v1',
  kind,
  metadata: { name },
  spec,
});
const PAGER = document('AlertNotificationTarget', 'pager', { target: 'pagerduty' });
const slo = (
  alertPolicies: RawDocument[],
  changes: { annotations?: RawDocument } & RawDocument = {},
): RawDocument => {
  const { annotations, ...spec } = changes;
  return sloDocument({
    ...(annotations === undefined ? {} : { metadata: { annotations } }),
    spec: { alertPolicies, ...spec },
  });
};

describe('alert policies become tiers', () => {
  test('inline ones, with a short window of a twelfth', () => {
    const { slos, problems, warnings } = resolveAll([slo([inlinePolicy()]), PAGER]);
    expect(problems).toEqual([]);
    expect(slos[0]?.tiers).toEqual([
      {
        name: 'fast',
        longMs: 3_600_000,
        shortMs: 300_000,
        burn: 14.4,
        severity: 'page',
        minimumBadEvents: 5,
        everyMs: 10_000,
        holdMs: 0,
        keepFiringMs: null,
        and: null,
      },
    ]);
    expect(described(warnings)).toEqual([
      'spec.alertPolicies.0.spec.notificationTargets: tell nobody: documents of kind Routing and Receiver (tidewatch.dev/v1) decide who is told',
    ]);
  });

  test('and those that are named, with conditions that are named', () => {
    const { slos, problems } = resolveAll([
      slo([{ alertPolicyRef: 'high' }, { alertPolicyRef: 'low' }]),
      document('AlertPolicy', 'high', policySpec({ conditions: [{ conditionRef: 'quick' }] })),
      document('AlertPolicy', 'low', policySpec({ conditions: [{ conditionRef: 'slow' }] })),
      document('AlertCondition', 'quick', conditionSpec({ alertAfter: '5m' }, 'CRITICAL')),
      document('AlertCondition', 'slow', conditionSpec({ threshold: 1, lookbackWindow: '3d' }, 'warning')),
      PAGER,
    ]);
    expect(problems).toEqual([]);
    expect(slos[0]?.tiers).toMatchObject([
      { name: 'quick', severity: 'page', holdMs: 300_000, shortMs: 300_000 },
      {
        name: 'slow',
        severity: 'ticket',
        holdMs: 0,
        keepFiringMs: null,
        longMs: 3 * DAY_MS,
        shortMs: DAY_MS / 4,
        everyMs: 30_000,
      },
    ]);
  });

  test.each([
    ['1m', 10_000],
    ['5m', 30_000],
    ['7m', 40_000],
    ['1d', 7_200_000],
    ['1w', 50_400_000],
  ])('a window of %s has a short one of %d ms', (lookbackWindow, shortMs) => {
    const { slos } = resolveAll([
      slo([inlinePolicy({ conditions: [inlineCondition('x', { lookbackWindow })] })]),
      PAGER,
    ]);
    expect(slos[0]?.tiers[0]?.shortMs).toBe(shortMs);
  });

  test('of whole time slices, where there are such', () => {
    const { slos } = resolveAll([
      slo([inlinePolicy()], {
        budgetingMethod: 'RatioTimeslices',
        objectives: [{ target: 0.999, timeSliceWindow: '12m' }],
      }),
      PAGER,
    ]);
    expect(slos[0]?.tiers[0]?.shortMs).toBe(720_000);
  });

  test.each([
    ['page', 'page'],
    ['Critical', 'page'],
    ['high', 'page'],
    ['warning', 'ticket'],
    ['low', 'ticket'],
  ])('severity %s is a %s', (severity, expected) => {
    const conditions = [inlineCondition('x', {}, severity)];
    expect(resolveAll([slo([inlinePolicy({ conditions })]), PAGER]).slos[0]?.tiers[0]?.severity).toBe(
      expected,
    );
  });

  test('unless they should not alert', () => {
    const { slos, warnings } = resolveAll([slo([inlinePolicy({ alertWhenBreaching: false })]), PAGER]);
    expect(slos[0]?.tiers).toEqual([]);
    expect(described(warnings)).toContain(
      'spec.alertPolicies: make no tier, so the SLO is judged and never alerts',
    );
  });

  test('unless the annotation says which tiers there are', () => {
    const annotations = {
      'tidewatch.dev/tiers': '[{name: own, long: 1d, short: 2h, burn: 3, severity: ticket}]',
    };
    const { slos, warnings } = resolveAll([slo([inlinePolicy()], { annotations }), PAGER]);
    expect(slos[0]?.tiers.map((tier) => tier.name)).toEqual(['own']);
    expect(described(warnings)).toContain(
      'spec.alertPolicies: make no tiers: the annotation tidewatch.dev/tiers says which there are',
    );
  });

  test.each([
    [true, 'page', { severity: 'page', afterMs: null }],
    [true, 'low', { severity: 'ticket', afterMs: null }],
    [false, 'page', null],
    [undefined, 'page', { severity: 'ticket', afterMs: null }],
  ])('alertWhenNoData: %s, severity %s', (alertWhenNoData, severity, expected) => {
    const policy = inlinePolicy({
      ...(alertWhenNoData === undefined ? {} : { alertWhenNoData }),
      conditions: [inlineCondition('x', {}, severity)],
    });
    expect(resolveAll([slo([policy]), PAGER]).slos[0]?.noData).toEqual(expected);
  });

  test('what the annotation says of missing data comes first', () => {
    const annotations = {
      'tidewatch.dev/runbook': 'https://wiki.example.com/x',
      'tidewatch.dev/no-data': 'off',
    };
    const { slos } = resolveAll([slo([inlinePolicy({ alertWhenNoData: true })], { annotations }), PAGER]);
    expect(slos[0]?.noData).toBeNull();
  });
});

describe('what is read as it was meant, and refused in strict mode', () => {
  test.each<[string, RawDocument, string]>([
    [
      'op: lte for "exceeds"',
      inlinePolicy({ conditions: [inlineCondition('fast', { op: 'lte' })] }),
      'spec.alertPolicies.0.spec.conditions.0: condition fast says op: lte, which would alert while all is well; it is read as gte: a burn rate of 14.4 or more',
    ],
    [
      'two conditions',
      inlinePolicy({ conditions: [inlineCondition('a'), inlineCondition('b')] }),
      'spec.alertPolicies.0.spec.conditions: must hold one condition, and holds 2',
    ],
    [
      'no notification target',
      inlinePolicy({ notificationTargets: [] }),
      'spec.alertPolicies.0.spec.notificationTargets: must hold a notification target, and holds none',
    ],
  ])('%s', (_name, policy, message) => {
    const lenient = resolveAll([slo([policy]), PAGER], 'lenient');
    expect([lenient.slos.length, described(lenient.problems)]).toEqual([1, []]);
    expect(described(lenient.warnings)).toContain(message);
    expect(described(resolveAll([slo([policy]), PAGER], 'strict').problems)).toEqual([message]);
  });

  test('a policy that does not say whether it alerts does', () => {
    const { slos, warnings } = resolveAll([slo([inlinePolicy({ alertWhenBreaching: undefined })]), PAGER]);
    expect(slos[0]?.tiers).toHaveLength(1);
    expect(described(warnings)).toContain(
      'spec.alertPolicies.0: does not say alertWhenBreaching, which is read as true; write false for a policy that should not alert',
    );
  });
});

describe('what is refused', () => {
  test.each<[string, RawDocument[], string]>([
    [
      'an unknown policy',
      [slo([{ alertPolicyRef: 'gone' }])],
      'spec.alertPolicies.0.alertPolicyRef: names gone, which no document of kind AlertPolicy defines; no AlertPolicy document was found',
    ],
    [
      'an SLO that names itself as policy',
      [slo([{ alertPolicyRef: 'ranker-availability' }])],
      'spec.alertPolicies.0.alertPolicyRef: names ranker-availability, which is this SLO itself: a reference in a cycle; it must name a document of kind AlertPolicy',
    ],
    [
      'an unknown condition',
      [slo([inlinePolicy({ conditions: [{ conditionRef: 'gone' }] })]), PAGER],
      'spec.alertPolicies.0.spec.conditions.0.conditionRef: names gone, which no document of kind AlertCondition defines',
    ],
    [
      'an unknown condition of a policy that is named',
      [
        slo([{ alertPolicyRef: 'high' }]),
        document('AlertPolicy', 'high', policySpec({ conditions: [{ conditionRef: 'gone' }] })),
        PAGER,
      ],
      'spec.alertPolicies.0.alertPolicyRef: leads to a condition that names gone, which no document of kind AlertCondition defines',
    ],
    [
      'a burn rate that no outage reaches',
      [slo([inlinePolicy({ conditions: [inlineCondition('x', { threshold: 1001 })] })]), PAGER],
      'spec.alertPolicies: tier x could never fire: its burn is 1001, and with a target of 0.999 a total outage burns 1000 times too fast, which is the maximum',
    ],
    [
      'a burn rate of 0',
      [slo([inlinePolicy({ conditions: [inlineCondition('x', { threshold: 0 })] })]), PAGER],
      'spec.alertPolicies.0.spec.conditions.0: condition x has a threshold of 0; it must be a burn rate above 0',
    ],
    [
      'a window of a month',
      [slo([inlinePolicy({ conditions: [inlineCondition('x', { lookbackWindow: '1M' })] })]), PAGER],
      'spec.alertPolicies.0.spec.conditions.0: condition x has a window of 1M, which has no fixed length; use m, h, d or w',
    ],
    [
      'a window beyond the period',
      [slo([inlinePolicy({ conditions: [inlineCondition('x', { lookbackWindow: '5w' })] })]), PAGER],
      'spec.alertPolicies: tier x has a long window of 35d, longer than the time window of 30d whose budget it watches',
    ],
    [
      'two conditions of one name',
      [slo([inlinePolicy(), inlinePolicy({}, 'other')]), PAGER],
      'spec.alertPolicies: two tiers are named fast; give each its own name',
    ],
    [
      'a page without runbook',
      [slo([inlinePolicy()], { annotations: {} }), PAGER],
      'metadata.annotations.tidewatch.dev/runbook: is missing: fast pages',
    ],
    [
      'a policy that is there twice',
      [document('AlertPolicy', 'high', policySpec()), document('AlertPolicy', 'high', policySpec()), PAGER],
      'metadata.name: AlertPolicy high is defined twice; give each AlertPolicy its own name',
    ],
  ])('%s', (_name, documents, message) => {
    expect(described(resolveAll(documents).problems)).toEqual([expect.stringContaining(message)]);
  });
});

test('a policy that no SLO uses may name what is missing, and a foreign SLO only what exists', () => {
  const policy = document('AlertPolicy', 'high', policySpec({ conditions: [{ conditionRef: 'gone' }] }));
  expect(described(resolveAll([policy, PAGER]).warnings)).toContain(
    'spec.conditions.0.conditionRef: names gone, which no document of kind AlertCondition defines; no AlertCondition document was found',
  );
  const foreign = { thresholdMetric: { metricSource: { type: 'Any', spec: { query: 'x' } } } };
  const used = slo([inlinePolicy(), { alertPolicyRef: 'gone' }], {
    indicator: { metadata: { name: 'x' }, spec: foreign },
    objectives: [{ target: 0.9, op: 'lt', value: 1 }],
  });
  // Its burn rate of 14.4 is above the maximum of 10, and nobody will ever compute one.
  expect(described(resolveAll([used, PAGER]).problems)).toEqual([
    expect.stringContaining('spec.alertPolicies.1.alertPolicyRef: names gone'),
  ]);
});

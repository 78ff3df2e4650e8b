import { describe, expect, test } from '@jest/globals';
import { described, resolveAll, sloDocument, type RawDocument } from '../fixtures/slo-document.js';

const RUNBOOK = 'https://wiki.example.com/runbooks/ranker';
const annotated = (annotations: Record<string, string>): RawDocument =>
  sloDocument({ metadata: { annotations } });

describe('an annotation that is refused', () => {
  test.each<[string, RawDocument, string, string]>([
    [
      'groups of nothing',
      annotated({ 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/group-by': '[]' }),
      'tidewatch.dev/group-by',
      'labels must be a list of labels, such as [region, tenant], and is an empty list',
    ],
    [
      'groups by one label twice',
      annotated({ 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/group-by': 'region, region' }),
      'tidewatch.dev/group-by',
      'labels names a label twice',
    ],
    [
      'more groups than can be judged',
      annotated({ 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/group-by': '{labels: [a], limit: 501}' }),
      'tidewatch.dev/group-by',
      'limit must be a whole number of groups from 1 to 500, and is 501',
    ],
    [
      'an unknown answer to missing data',
      annotated({ 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/no-data': 'email' }),
      'tidewatch.dev/no-data',
      'must be off, ticket, page or a map such as {severity: page, after: 15m}, and is "email"',
    ],
    [
      'missing data after no time',
      annotated({ 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/no-data': '{severity: page, after: 0s}' }),
      'tidewatch.dev/no-data',
      'after must be a duration above zero, such as 15m, and is "0s"',
    ],
    [
      'a step of 75 budgets',
      annotated({
        'tidewatch.dev/runbook': RUNBOOK,
        'tidewatch.dev/budget-policy': '[{spent: 75, do: ticket}]',
      }),
      'tidewatch.dev/budget-policy',
      '[0].spent must be a share of the budget such as 75% (or 0.75), above 0 and at most 1000%, and is 75',
    ],
    [
      'a step that does something unknown',
      annotated({
        'tidewatch.dev/runbook': RUNBOOK,
        'tidewatch.dev/budget-policy': '[{spent: 75%, do: page}]',
      }),
      'tidewatch.dev/budget-policy',
      '[0].do must be ticket, message or freeze, and is "page"',
    ],
    [
      'a step that is there twice',
      annotated({
        'tidewatch.dev/runbook': RUNBOOK,
        'tidewatch.dev/budget-policy': '[{spent: 75%, do: ticket}, {spent: 0.75, do: ticket}]',
      }),
      'tidewatch.dev/budget-policy',
      '[1] says the same as [0]; keep one',
    ],
    [
      'a misspelt key of a step',
      annotated({
        'tidewatch.dev/runbook': RUNBOOK,
        'tidewatch.dev/budget-policy': '[{spent: 75%, do: ticket, text: x}]',
      }),
      'tidewatch.dev/budget-policy',
      '[0] text is not a known key of a step',
    ],
    [
      'groups of verdicts',
      sloDocument({
        metadata: { annotations: { 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/group-by': 'region' } },
        spec: {
          indicator: {
            spec: {
              ratioMetric: {
                total: { metricSource: { type: 'tidewatch', spec: { verdicts: { monitor: 'm' } } } },
              },
            },
          },
        },
      }),
      'tidewatch.dev/group-by',
      'cannot be used with verdicts of a monitor, which have no labels',
    ],
  ])('%s', (_name, document, annotation, message) => {
    const { slos, problems } = resolveAll([document]);
    expect(slos).toEqual([]);
    expect(described(problems)).toEqual([
      expect.stringContaining(`metadata.annotations.${annotation}: ${message}`),
    ]);
  });
});

describe('an annotation that is read', () => {
  const read = (annotation: string, text: string) =>
    resolveAll([annotated({ 'tidewatch.dev/runbook': RUNBOOK, [annotation]: text })]).slos[0];

  test.each([
    ['region', { labels: ['region'], limit: 100 }],
    ['region, tenant', { labels: ['region', 'tenant'], limit: 100 }],
    ['[region, http.route]', { labels: ['region', 'http.route'], limit: 100 }],
    ['{labels: [region], limit: 500}', { labels: ['region'], limit: 500 }],
  ])('groups by %s', (text, groupBy) => {
    expect(read('tidewatch.dev/group-by', text)?.groupBy).toEqual(groupBy);
  });

  test.each([
    ['off', null],
    ['ticket', { severity: 'ticket', afterMs: null }],
    ['page', { severity: 'page', afterMs: null }],
    ['{severity: ticket, after: 1h30m}', { severity: 'ticket', afterMs: 5_400_000 }],
  ])('missing data: %s', (text, noData) => {
    expect(read('tidewatch.dev/no-data', text)?.noData).toEqual(noData);
  });

  test('steps of the budget, in any order and in per cent or as shares', () => {
    const text = [
      '- {spent: 99.9%, do: freeze}',
      '- {spent: 0.5, do: message, message: "Half is gone: be careful"}',
      '- {spent: 110 %, do: ticket}',
    ].join('\n');
    expect(read('tidewatch.dev/budget-policy', text)?.budgetPolicy).toEqual([
      { spent: 0.5, action: 'message', message: 'Half is gone: be careful' },
      { spent: 0.999, action: 'freeze', message: '' },
      { spent: 1.1, action: 'ticket', message: '' },
    ]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readRules } from './rules.js';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-page-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RUNBOOK = 'https://wiki.example.com/runbooks/ranker';

function problemOf(text: string): string {
  writeFileSync(join(folder, 'rules.yaml'), text);
  try {
    readRules(folder, true);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const own = (kind: string, spec: string, metadata: string): string =>
  `apiVersion: tidewatch.dev/v1\nkind: ${kind}\nmetadata: {name: rule${metadata}}\nspec: ${spec}\n`;
const slo = (annotations: Record<string, string>, runbook: string): string =>
  JSON.stringify({
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: {
      name: 'rule',
      annotations: { ...annotations, ...(runbook === '' ? {} : { 'tidewatch.dev/runbook': runbook }) },
    },
    spec: {
      service: 'ranker-api',
      budgetingMethod: 'Occurrences',
      timeWindow: [{ duration: '30d', isRolling: true }],
      objectives: [{ target: 0.99 }],
      indicator: {
        metadata: { name: 'answers' },
        spec: {
          ratioMetric: {
            counter: true,
            bad: { metricSource: { type: 'tidewatch', spec: { metric: 'inference.errors' } } },
            total: { metricSource: { type: 'tidewatch', spec: { metric: 'inference.requests' } } },
          },
        },
      },
    },
  });

const monitor =
  (kind: string, spec: string) =>
  (runbook: string): string =>
    own(kind, spec, runbook === '' ? '' : `, runbook: '${runbook}'`);
const TICKETS = '[{name: slow, long: 3d, short: 6h, burn: 1, severity: ticket}]';
const fixed = 'baseline: {kind: fixed, name: training}';
const paired = 'paired: {control: stable, candidate: canary}';

/** Every rule that may wake somebody, with the runbook that is given. */
const PAGING: readonly (readonly [string, (runbook: string) => string])[] = [
  ['the default tiers of an SLO', (runbook) => slo({}, runbook)],
  [
    'a page tier of its own',
    (runbook) =>
      slo(
        {
          'tidewatch.dev/tiers': '[{name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}]',
        },
        runbook,
      ),
  ],
  [
    'missing data that pages',
    (runbook) => slo({ 'tidewatch.dev/tiers': TICKETS, 'tidewatch.dev/no-data': 'page' }, runbook),
  ],
  [
    'a level that pages',
    monitor('MetricMonitor', '{levels: {page: {when: {gauge: g, window: 5m, above: 1}}}, page: always}'),
  ],
  [
    'a level that pages beside an SLO',
    monitor('MetricMonitor', '{levels: {page: {when: {gauge: g, window: 5m, above: 1}}}}'),
  ],
  ['paired variants', monitor('PerformanceMonitor', `{model: ranker, ${paired}, severity: page}`)],
  [
    'a concurrent control',
    monitor(
      'PerformanceMonitor',
      '{model: ranker, baseline: {kind: concurrent, variant: stable}, severity: page}',
    ),
  ],
  ['a collapse of the outputs', monitor('QualityMonitor', `{model: ranker, ${fixed}, severity: page}`)],
  [
    'drift that outputs raise',
    monitor('DriftMonitor', `{model: ranker, ${fixed}, raiseWith: [outputs, accuracy]}`),
  ],
  [
    'drifted vectors that accuracy raises',
    monitor(
      'EmbeddingMonitor',
      '{model: ranker, embedding: e, baseline: {kind: rolling}, raiseWith: [accuracy]}',
    ),
  ],
];

describe.each(PAGING)('%s', (_, documentWith) => {
  test('is refused without a runbook', () => {
    expect(problemOf(documentWith(''))).toMatch(
      /metadata\.(runbook|annotations\.tidewatch\.dev\/runbook): is missing: .*(address|http)/,
    );
  });

  test('is refused with a runbook that nobody can open', () => {
    expect(problemOf(documentWith('javascript:alert(1)'))).toMatch(
      /metadata\.(runbook|annotations\.tidewatch\.dev\/runbook): must be an? http/,
    );
  });

  test('loads with one', () => {
    expect(problemOf(documentWith(RUNBOOK))).toBe('');
  });
});

const withRunbook = `, runbook: '${RUNBOOK}'`;

describe('what may never page is refused, and the message says what may', () => {
  test.each<[string, string, RegExp]>([
    [
      'drift',
      own('DriftMonitor', `{model: m, ${fixed}, severity: page}`, withRunbook),
      /severity: must be ticket: drift never pages\. .* raiseWith: \[outputs, accuracy\]/,
    ],
    [
      'drift beside malformed data',
      own('DriftMonitor', `{model: m, ${fixed}, raiseWith: [data-quality]}`, withRunbook),
      /raiseWith.*: must be a list of outputs and accuracy/,
    ],
    [
      'vectors',
      own(
        'EmbeddingMonitor',
        '{model: m, embedding: e, baseline: {kind: rolling}, severity: page}',
        withRunbook,
      ),
      /severity: must be ticket/,
    ],
    [
      'accuracy of the one version in use',
      own('PerformanceMonitor', '{model: m, baseline: {kind: rolling}, severity: page}', withRunbook),
      /severity: must be ticket: only a candidate that does harm may page, .* SLO over predictions/,
    ],
    [
      'malformed data',
      own('QualityMonitor', `{model: m, ${fixed}, checks: {collapse: false}, severity: page}`, withRunbook),
      /severity: must be ticket while the check collapse is off/,
    ],
    [
      'a step of a budget policy',
      slo({ 'tidewatch.dev/budget-policy': '[{spent: 75%, do: page}]' }, RUNBOOK),
      /\[0\]\.do must be ticket, message or freeze/,
    ],
    [
      'costs',
      own(
        'CostModel',
        '{price: {perGpuHour: 2, gpus: 4}, inferences: {metric: n}, guardrail: {perDay: 9}, severity: page}',
        withRunbook,
      ),
      /severity/,
    ],
  ])('%s', (_, text, message) => {
    expect(problemOf(text)).toMatch(message);
  });
});

describe('a first step', () => {
  const LONG = 'x'.repeat(301);
  const rules = (step: string): readonly (readonly [string, string])[] => [
    ['SLO', slo({ 'tidewatch.dev/first-step': step }, RUNBOOK)],
    ['DriftMonitor', own('DriftMonitor', `{model: m, ${fixed}}`, `, firstStep: '${step}'`)],
    ['QualityMonitor', own('QualityMonitor', `{model: m, ${fixed}}`, `, firstStep: '${step}'`)],
    ['PerformanceMonitor', own('PerformanceMonitor', `{model: m, ${paired}}`, `, firstStep: '${step}'`)],
    [
      'EmbeddingMonitor',
      own(
        'EmbeddingMonitor',
        '{model: m, embedding: e, baseline: {kind: rolling}}',
        `, firstStep: '${step}'`,
      ),
    ],
    [
      'MetricMonitor',
      own(
        'MetricMonitor',
        '{levels: {ticket: {when: {gauge: g, window: 5m, above: 1}}}}',
        `, firstStep: '${step}'`,
      ),
    ],
    [
      'CostModel',
      own(
        'CostModel',
        '{price: {perGpuHour: 2, gpus: 4}, inferences: {metric: n}}',
        `, firstStep: '${step}'`,
      ),
    ],
  ];

  test.each(rules('Roll the last release back.'))('of a %s is read', (_, text) => {
    expect(problemOf(text)).toBe('');
  });

  test.each(rules(LONG))('of a %s is refused when it is a text of its own', (_, text) => {
    expect(problemOf(text)).toMatch(/must be one sentence of at most 300 characters/);
  });
});

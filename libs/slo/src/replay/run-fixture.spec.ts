import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { COUNTED_SLI } from '../../fixtures/counted-sli.js';
import type { SloDefinition } from '../definition.js';
import type { MetricMonitor } from '../metric-monitor/metric-monitor.js';
import type { Sli } from '../sli/sli-types.js';
import { DEFAULT_TIERS, type BurnTier } from '../tiers.js';
import { fixtureSchema } from './fixture-document.js';
import { runFixture, type FixtureDefinitions, type FixtureResult } from './run-fixture.js';

const DAY_MS = 86_400_000;

function slo(changes: Partial<SloDefinition> = {}, sli: Sli = COUNTED_SLI): SloDefinition {
  const periodMs = 30 * DAY_MS;
  return {
    name: 'ranker',
    displayName: 'Ranker',
    description: '',
    service: 'ranker-api',
    region: '',
    model: '',
    labels: {},
    owner: '',
    runbook: '',
    firstStep: '',
    target: 0.999,
    window: { kind: 'rolling', periodMs },
    periodMs,
    budgeting: { method: 'Occurrences' },
    members: [{ name: '', sli, target: 0.999, weight: 1 }],
    groupBy: null,
    tiers: DEFAULT_TIERS,
    noData: null,
    budgetPolicy: [],
    ...changes,
  };
}

function run(text: string, slos: SloDefinition[], monitors: MetricMonitor[] = []): FixtureResult {
  const definitions: FixtureDefinitions = { slos, monitors };
  return runFixture(fixtureSchema.parse(parse(`rules: [rules.yaml]\n${text}`)), definitions);
}

/** What did not come out as expected, as `what: actual`. */
function failures({ checks, problems }: FixtureResult): string[] {
  expect(checks.length + problems.length).toBeGreaterThan(0);
  return [
    ...problems.map(({ path, message }) => `${path.join('.')}: ${message}`),
    ...checks.filter(({ passed }) => !passed).map(({ what, actual }) => `${what}: ${actual}`),
  ];
}

const OUTAGE = `
series:
  - {metric: inference.requests, labels: {service: ranker-api}, type: counter, values: 0+100x1080}
  - {metric: inference.errors, labels: {service: ranker-api}, type: counter, values: 0x360 100+100x119 12000x600}
`;

describe('counters', () => {
  test('an outage fires, and its alert stays for the keep-firing time', () => {
    const result = run(
      `${OUTAGE}
expect:
  - {at: 59m, slo: ranker, state: ok, alerts: [], budgetRemaining: 1}
  - {at: 62m, slo: ranker, state: breach, tiers: {page-fast: firing, ticket-slow: firing}}
  - {at: 75m, slo: ranker, alerts: [page-fast, page-slow, page-guard, ticket-fast, ticket-slow]}
  - {at: 84m, slo: ranker, tiers: {page-fast: firing}}
  - {at: 86m, slo: ranker, tiers: {page-fast: ok, page-slow: firing}, budgetRemaining: {about: -232, within: 0.1}}
  - {at: 88m, slo: ranker, alerts: [page-fast, page-slow, page-guard, ticket-fast, ticket-slow]}
  - {at: 95m, slo: ranker, alerts: [page-slow, ticket-fast, ticket-slow]}
`,
      [slo()],
    );
    expect(failures(result)).toEqual([]);
  });

  test('what is not as expected is told, with the verdict', () => {
    const { checks } = run(
      `${OUTAGE}
expect:
  - {at: 62m, slo: ranker, state: ok, tiers: {page-fast: ok, page-faster: ok}, alerts: [page-slow], budgetRemaining: 0.5}
`,
      [slo()],
    );
    expect(checks.map(({ path, what, passed }) => [path.slice(2).join('.'), what, passed])).toEqual([
      ['state', 'state', false],
      ['tiers.page-fast', 'tier page-fast', false],
      ['tiers.page-faster', 'tier page-faster', false],
      ['alerts', 'alerts', false],
      ['budgetRemaining', 'budget left', false],
    ]);
    expect(checks[0]).toMatchObject({
      subject: 'SLO ranker',
      at: 3_720_000,
      expected: 'ok',
      actual: 'breach',
    });
    expect(checks[0]?.reason).toMatch(/times too fast/);
    expect(checks[2]?.actual).toMatch(/no such tier \(there are page-fast/);
  });

  test.each([
    ['that begin anew count from 0', 'cumulative', '1000+100x60 0+100x299', 35_800],
    ['of deltas', 'delta', '100x359', 36_000],
    ['with a gap that is bridged', 'cumulative', '0+100x60 _x59 12000+100x240', 35_900],
    ['with a gap of more than ten minutes', 'cumulative', '0+100x60 _x61 12200+100x238', 29_700],
    ['that ended and came back', 'cumulative', '0+100x60 stale _x10 7200+100x288', 35_900],
  ])('%s', (_, temporality, values, total) => {
    const series = (metric: string, text: string): string =>
      `  - {metric: ${metric}, type: counter, temporality: ${temporality}, values: ${text}}`;
    const remaining = 1 - 10 / total / 0.001;
    const result = run(
      `series:
${series('inference.requests', values)}
${series('inference.errors', temporality === 'delta' ? '0x10 10' : '0x10 10x349')}
expect:
  - {at: 1h, slo: ranker, budgetRemaining: {about: ${remaining}, within: 1e-9}}
`,
      [slo()],
    );
    expect(failures(result)).toEqual([]);
  });

  test('are told apart by groups', () => {
    const result = run(
      `series:
  - {metric: inference.requests, labels: {cloud.region: eu}, type: counter, values: 0+100x360}
  - {metric: inference.requests, labels: {region: us}, type: counter, values: 0+100x360}
  - {metric: inference.errors, labels: {region: us}, type: counter, values: 0+100x360}
expect:
  - {at: 10m, slo: ranker, group: 'region="eu"', state: ok}
  - {at: 10m, slo: ranker, group: 'region="us"', state: breach}
  - {at: 10m, slo: ranker, state: ok}
`,
      [slo({ groupBy: { labels: ['region'], limit: 10 } })],
    );
    expect(failures(result)).toEqual([
      'expect.2: must name a group; there are "region=\\"eu\\"", "region=\\"us\\""',
    ]);
  });
});

test('latency from buckets, as counts or as running totals', () => {
  const sli: Sli = { kind: 'latency', histogram: { metric: 'latency', match: [] }, threshold: 0.5 };
  const expectations = 'expect:\n  - {at: 10m, slo: ranker, budgetRemaining: {about: 0, within: 1e-9}}\n';
  const counts = `
series:
  - metric: latency
    type: histogram
    bounds: [0.1, 0.5, 1]
    values: [0+500x60, 0+499x60, 0+1x60, "0x60"]
${expectations}`;
  const running = `
series:
  - metric: latency
    type: histogram
    values: {"+Inf": 0+1000x60, 0.5: 0+999x60, 0.1: 0+500x60, 1: 0+1000x60}
${expectations}`;
  for (const text of [counts, running]) {
    expect(failures(run(text, [slo({}, sli)]))).toEqual([]);
  }
});

test('gauges in time slices', () => {
  const sli: Sli = {
    kind: 'gauge',
    gauge: { metric: 'hw.gpu.utilization', match: [] },
    over: 'avg',
    across: 'max',
    op: 'lt',
    threshold: 0.9,
  };
  const result = run(
    `series:
  - {metric: hw.gpu.utilization, labels: {gpu: 0}, type: gauge, values: 0.5x360}
  - {metric: hw.gpu.utilization, labels: {gpu: 1}, type: gauge, values: 0.5x179 0.95x59 0.5x120}
expect:
  - {at: 1h, slo: ranker, budgetRemaining: {about: ${1 - 10 / 60 / 0.5}, within: 1e-9}}
`,
    [
      slo(
        {
          target: 0.5,
          budgeting: { method: 'Timeslices', sliceMs: 60_000, sliceTarget: 1, emptySlices: 'ignore' },
          tiers: [],
        },
        sli,
      ),
    ],
  );
  expect(failures(result)).toEqual([]);
});

test('spans, counted by their fields', () => {
  const sli: Sli = {
    kind: 'spans',
    total: [{ field: 'name', op: '=~', value: 'POST /predict.*' }],
    good: null,
    bad: [{ field: 'duration', op: '>', value: 0.5 }],
    coldStarts: 'include',
  };
  const result = run(
    `events:
  - {type: span, fields: {name: POST /predict/v1, duration: 0.2}, values: 99x59}
  - {type: span, fields: {name: POST /predict/v2, duration: 0.7}, values: 1x59}
  - {type: span, fields: {name: GET /health, duration: 3}, values: 50x59}
  - {type: log, fields: {name: POST /predict, duration: 3}, values: 50x59}
expect:
  - {at: 10m, slo: ranker, budgetRemaining: {about: ${1 - 0.01 / 0.001}, within: 1e-9}}
`,
    [slo({}, sli)],
  );
  expect(failures(result)).toEqual([]);
});

test('counts, for what no series can say', () => {
  const sli: Sli = { kind: 'verdicts', monitor: 'ranker-inputs', subject: '' };
  const text = (name: string): string => `counts:
  - {slo: ${name}, good: 9x59, total: 10x59}
expect:
  - {at: 10m, slo: ranker, budgetRemaining: {about: -99, within: 1e-6}}
`;
  expect(failures(run(text('ranker'), [slo({}, sli)]))).toEqual([]);
  expect(failures(run(text('rankre'), [slo({}, sli)]))).toEqual([
    expect.stringMatching(/^expect\.0\.slo: is about ranker, and no series, events or counts/),
    'counts.0.slo: names SLO rankre, which the rules of the fixture do not define',
  ]);
});

test('the condition of a tier is measured from the series of the fixture', () => {
  const and = {
    kind: 'comparison',
    measure: { kind: 'gauge', gauge: { metric: 'queue', match: [] }, over: 'avg', across: 'max' },
    windowMs: 60_000,
    op: 'above',
    limit: 10,
    comparedWithMs: null,
  } as const;
  const [tier] = DEFAULT_TIERS as readonly [BurnTier];
  const result = run(
    `${OUTAGE}
  - {metric: queue, type: gauge, values: 0x390 20x59}
expect:
  - {at: 63m, slo: ranker, tiers: {page-fast: ok}, alerts: []}
  - {at: 68m, slo: ranker, tiers: {page-fast: firing}, alerts: [page-fast]}
  - {at: 78m, slo: ranker, tiers: {page-fast: frozen}, alerts: [page-fast]}
`,
    [slo({ tiers: [{ ...tier, and }] })],
  );
  expect(failures(result)).toEqual([]);
});

describe('metric monitors', () => {
  const monitor: MetricMonitor = {
    kind: 'MetricMonitor',
    name: 'gpu-busy',
    owner: '',
    runbook: '',
    firstStep: '',
    labels: {},
    description: '',
    service: 'ranker-api',
    region: '',
    model: '',
    groupBy: null,
    everyMs: 30_000,
    levels: [
      {
        level: 'warn',
        holdMs: 600_000,
        keepFiringMs: null,
        when: {
          kind: 'comparison',
          measure: {
            kind: 'gauge',
            gauge: { metric: 'hw.gpu.utilization', match: [] },
            over: 'avg',
            across: 'max',
          },
          windowMs: 60_000,
          op: 'above',
          limit: 0.9,
          comparedWithMs: null,
        },
      },
    ],
    page: 'beside-slo',
  };

  test('warn when their condition has held for the hold time', () => {
    const result = run(
      `series:
  - {metric: hw.gpu.utilization, type: gauge, values: 0.5x59 0.95x119}
expect:
  - {at: 25m, monitor: gpu-busy, state: watch, level: warn}
  - {at: 15m, monitor: gpu-busy, state: ok, level: none}
`,
      [],
      [monitor],
    );
    expect(failures(result)).toEqual([]);
  });

  test('that no rule defines are a problem', () => {
    expect(
      failures(
        run(
          'series: [{metric: a, type: gauge, values: "1"}]\nexpect:\n  - {at: 1m, monitor: gpu, state: ok}\n  - {at: 1m, slo: a, state: ok}',
          [],
          [monitor],
        ),
      ),
    ).toEqual([
      'expect.0.monitor: names MetricMonitor gpu, which the rules of the fixture do not define; they define gpu-busy',
      'expect.1.slo: names SLO a, which the rules of the fixture do not define; they define none',
    ]);
  });
});

test.each([
  ['expect: []', /expect.*at least one/s],
  ['expect: [{at: 1m, slo: a}]', /expects nothing/],
  ['expect: [{at: 1m, state: ok}]', /must name either an slo or a monitor/],
  ['expect: [{at: 1m, slo: a, level: warn}]', /has level, which belongs to a monitor/],
  ['expect: [{at: 1m, monitor: a, alerts: []}]', /belong to an slo/],
  [
    'series: [{metric: a, type: counter, values: 1 2 x}]\nexpect: [{at: 1m, slo: a, state: ok}]',
    /has the entry \\"x\\"/,
  ],
  [
    'series: [{metric: a, type: counter, values: ["1"]}]\nexpect: [{at: 1m, slo: a, state: ok}]',
    /of a counter must be/,
  ],
  [
    'series: [{metric: a, type: histogram, values: "1"}]\nexpect: [{at: 1m, slo: a, state: ok}]',
    /one series per bucket/,
  ],
  [
    'series: [{metric: a, type: histogram, bounds: [1], values: ["1"]}]\nexpect: [{at: 1m, slo: a, state: ok}]',
    /one series more than there are bounds, and holds 1 for 1/,
  ],
])('%s is refused', (text, message) => {
  const result = fixtureSchema.safeParse(parse(`rules: [a.yaml]\n${text}`));
  expect(JSON.stringify(result.error?.issues)).toMatch(message);
});

import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TIERS } from '@tidewatch/slo';
import {
  described,
  LATENCY_SPEC,
  metric,
  RATIO_SPEC,
  resolveAll,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

const resolve = (...documents: RawDocument[]) => resolveAll(documents);
const RUNBOOK = 'https://wiki.example.com/runbooks/ranker';
const annotated = (annotations: Record<string, string>): RawDocument =>
  sloDocument({ metadata: { annotations } });
const TICKET_TIER = '[{name: slow, long: 1d, short: 2h, burn: 3, severity: ticket}]';
const PAGE_TIER = '[{name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}]';
const DAY_MS = 86_400_000;

describe('a definition', () => {
  test('holds everything the document says', () => {
    const document = sloDocument({
      metadata: {
        displayName: 'Ranker answers',
        labels: { region: 'eu-1', model: 'ranker', owner: 'ml-ranking', team: ['a', 'b'] },
      },
      spec: { description: 'Requests that succeed.' },
    });
    expect(resolve(document)).toEqual({
      problems: [],
      warnings: [],
      slos: [
        {
          name: 'ranker-availability',
          displayName: 'Ranker answers',
          description: 'Requests that succeed.',
          service: 'ranker-api',
          region: 'eu-1',
          model: 'ranker',
          owner: 'ml-ranking',
          labels: { region: 'eu-1', model: 'ranker', owner: 'ml-ranking', team: 'a,b' },
          runbook: RUNBOOK,
          firstStep: '',
          target: 0.999,
          window: { kind: 'rolling', periodMs: 30 * DAY_MS },
          periodMs: 30 * DAY_MS,
          budgeting: { method: 'Occurrences' },
          members: [
            {
              name: '',
              target: 0.999,
              weight: 1,
              sli: {
                kind: 'ratio',
                good: null,
                bad: { metric: 'inference.errors', match: [] },
                total: { metric: 'inference.requests', match: [] },
              },
            },
          ],
          groupBy: null,
          tiers: DEFAULT_TIERS,
          noData: { severity: 'ticket', afterMs: null },
          budgetPolicy: [],
        },
      ],
    });
  });

  test('holds what annotations say', () => {
    const document = annotated({
      'tidewatch.dev/runbook': RUNBOOK,
      'tidewatch.dev/tiers': TICKET_TIER,
      'tidewatch.dev/group-by': '{labels: [region, tenant], limit: 20}',
      'tidewatch.dev/no-data': '{severity: page, after: 15m}',
      'tidewatch.dev/budget-policy': '[{spent: 100%, do: freeze}, {spent: 0.5, do: message, message: Half}]',
    });
    expect(resolve(document).slos).toMatchObject([
      {
        tiers: [{ name: 'slow' }],
        groupBy: { labels: ['region', 'tenant'], limit: 20 },
        noData: { severity: 'page', afterMs: 900_000 },
        budgetPolicy: [
          { spent: 0.5, action: 'message', message: 'Half' },
          { spent: 1, action: 'freeze', message: '' },
        ],
      },
    ]);
  });

  test('leaves absent texts empty and shows the name', () => {
    expect(resolve(sloDocument()).slos[0]).toMatchObject({
      displayName: 'ranker-availability',
      description: '',
      region: '',
      model: '',
      owner: '',
      labels: {},
    });
  });

  test('takes the indicator from the SLI document it names, wherever that stands', () => {
    const slo = sloDocument({
      spec: {
        indicator: undefined,
        indicatorRef: 'latency',
        objectives: [{ op: 'lt', value: 0.5, target: 0.99 }],
      },
    });
    const { slos, problems } = resolve(
      slo,
      sliDocument('latency', LATENCY_SPEC),
      sliDocument('errors', RATIO_SPEC),
    );
    expect(problems).toEqual([]);
    expect(slos[0]?.members[0]?.sli).toEqual({
      kind: 'latency',
      threshold: 0.5,
      histogram: {
        metric: 'inference.request.duration',
        match: [{ label: 'service.name', op: '=', value: 'ranker-api' }],
      },
    });
  });

  test('needs no runbook when nothing pages', () => {
    const { slos, problems } = resolve(annotated({ 'tidewatch.dev/tiers': TICKET_TIER }));
    expect(problems).toEqual([]);
    expect(slos[0]).toMatchObject({ runbook: '', tiers: [{ name: 'slow' }] });
  });

  test('has tiers for the longest period of its calendar window', () => {
    const calendar = { startTime: '2026-01-01 00:00:00', timeZone: 'UTC' };
    const timeWindow = [{ duration: '1M', isRolling: false, calendar }];
    const [slo] = resolve(sloDocument({ spec: { timeWindow } })).slos;
    expect(slo?.periodMs).toBe(31 * DAY_MS);
    expect(slo?.tiers.map((tier) => tier.burn)).toEqual([14.88, 6.2, 3.1, 1.03333333333, 4]);
  });
});

describe('the type of a source', () => {
  const dataSource = (type: string): RawDocument => ({
    apiVersion: 'openslo/v1',
    kind: 'DataSource',
    metadata: { name: 'main' },
    spec: { type, connectionDetails: [{ url: 'http://localhost' }] },
  });
  const spec = { metric: 'inference.requests', match: { route: { matches: '(' } } };
  const referring = (source: RawDocument): RawDocument =>
    sloDocument({
      spec: {
        indicator: {
          metadata: { name: 'sli' },
          spec: {
            ratioMetric: {
              bad: { metricSource: { metricSourceRef: 'main', spec: { metric: 'errors' } } },
              total: { metricSource: source },
            },
          },
        },
      },
    });
  const total = 'spec.indicator.spec.ratioMetric.total.metricSource';

  test('comes from the DataSource that it names', () => {
    const source = { metricSourceRef: 'main', spec: { metric: 'requests' } };
    const { slos, problems } = resolve(referring(source), dataSource('tidewatch'));
    expect(problems).toEqual([]);
    expect(slos[0]?.members[0]?.sli).toMatchObject({ kind: 'ratio', total: { metric: 'requests' } });
    expect(resolve(referring(source), dataSource('Datadog')).slos[0]?.members[0]?.sli).toMatchObject({
      kind: 'foreign',
      sourceType: 'Datadog',
    });
  });

  test('found by reference, the source is checked as if it had been written there', () => {
    const document = referring({ metricSourceRef: 'main', spec: { ...spec, extra: 1 } });
    expect(described(resolve(document, dataSource('tidewatch')).problems)).toEqual([
      `${total}.spec.extra: is not a known key here`,
      expect.stringContaining(`${total}.spec.match.route.matches: must be a regular expression`),
    ]);
  });

  test('must be told somewhere, and the same everywhere', () => {
    const source = { metricSourceRef: 'main', spec: { metric: 'requests' } };
    expect(described(resolve(referring(source)).problems)[0]).toBe(
      `${total}.metricSourceRef: names main, which no document of kind DataSource defines; no DataSource document was found`,
    );
    const document = referring({ ...source, type: 'Datadog' });
    expect(described(resolve(document, dataSource('tidewatch')).problems)).toEqual([
      `${total}.type: is Datadog, and the DataSource main is of type tidewatch; leave it out or make them agree`,
    ]);
  });
});

describe('a problem', () => {
  const latency = (objective: RawDocument): RawDocument =>
    sloDocument({
      spec: { indicator: { spec: LATENCY_SPEC }, objectives: [{ target: 0.99, ...objective }] },
    });
  const runbookPath = 'metadata.annotations.tidewatch.dev/runbook';
  const tiersPath = 'metadata.annotations.tidewatch.dev/tiers';

  test.each<[string, RawDocument, string, string]>([
    [
      'an unknown SLI',
      sloDocument({ spec: { indicator: undefined, indicatorRef: 'gone' } }),
      'spec.indicatorRef',
      'names gone, which no document of kind SLI defines; no SLI document was found',
    ],
    [
      'a page without runbook',
      annotated({ 'tidewatch.dev/tiers': PAGE_TIER }),
      runbookPath,
      'is missing: fast pages, and whoever is woken needs the address of what to do',
    ],
    [
      'a runbook that is no web address',
      annotated({ 'tidewatch.dev/runbook': 'javascript:alert(1)' }),
      runbookPath,
      'must be an http or https address',
    ],
    [
      'a misspelt annotation',
      annotated({ 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/tier': '[]' }),
      'metadata.annotations.tidewatch.dev/tier',
      'is not an annotation of Tidewatch; known are tidewatch.dev/runbook, tidewatch.dev/first-step, tidewatch.dev/tiers, tidewatch.dev/group-by, tidewatch.dev/no-data, tidewatch.dev/budget-policy, tidewatch.dev/empty-slices',
    ],
    [
      'a tier that can never fire',
      sloDocument({
        metadata: { annotations: { 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/tiers': PAGE_TIER } },
        spec: { objectives: [{ target: 0.9 }] },
      }),
      tiersPath,
      'a total outage burns 10 times too fast, which is the maximum',
    ],
    [
      'a list of regions',
      sloDocument({ metadata: { labels: { region: ['a', 'b'] } } }),
      'metadata.labels.region',
      'must be one text and not a list: incidents are told apart by region',
    ],
    [
      'a value on a ratio',
      sloDocument({ spec: { objectives: [{ target: 0.9995, value: 1 }] } }),
      'spec.objectives.0.value',
      'belongs to a thresholdMetric',
    ],
    [
      'a threshold without op',
      latency({ value: 0.5 }),
      'spec.objectives.0.op',
      'is missing; it must be lte or lt',
    ],
    [
      'a threshold from above',
      latency({ op: 'gt', value: 0.5 }),
      'spec.objectives.0.op',
      'must be lte or lt: with a thresholdMetric over a histogram a measurement is good when it is at most the value, and is "gt"',
    ],
    [
      'a threshold without value',
      latency({ op: 'lt' }),
      'spec.objectives.0.value',
      'is missing; it must be the highest good measurement',
    ],
    [
      'a threshold of 0',
      latency({ op: 'lt', value: 0 }),
      'spec.objectives.0.value',
      "must be the highest good measurement in the metric's unit, above 0",
    ],
    [
      'an SLO where an SLI belongs: itself',
      sloDocument({ spec: { indicator: undefined, indicatorRef: 'ranker-availability' } }),
      'spec.indicatorRef',
      'names ranker-availability, which is this SLO itself: a reference in a cycle; it must name a document of kind SLI',
    ],
    [
      'a page for missing data without runbook',
      annotated({ 'tidewatch.dev/tiers': TICKET_TIER, 'tidewatch.dev/no-data': 'page' }),
      runbookPath,
      'is missing: no-data pages, and whoever is woken',
    ],
  ])('%s', (_name, document, path, message) => {
    const { slos, problems } = resolve(document);
    expect(slos).toEqual([]);
    expect(problems.map((problem) => ({ ...problem, path: problem.path.join('.') }))).toEqual([
      { documentIndex: 0, path, message: expect.stringContaining(message) },
    ]);
  });

  test('in an SLI document is told at every reference to it, and once in itself', () => {
    const slo = sloDocument({ spec: { indicator: undefined, indicatorRef: 'shared' } });
    const { problems } = resolve(
      slo,
      sliDocument('shared', { ratioMetric: { counter: false, bad: metric('a'), total: metric('b') } }),
      sliDocument('unused', { thresholdMetric: { metricSource: { type: 'tidewatch', spec: { logs: {} } } } }),
    );
    expect(described(problems, false)).toEqual([
      '0 spec.indicatorRef: leads to an SLI whose spec.ratioMetric.counter must be true: good and total are read from counters (OTLP monotonic sums), and gauges cannot be counted',
      '2 spec.thresholdMetric: cannot be used so: log records stand as good (or bad) and total of a ratioMetric',
    ]);
  });

  test('is a reference to a document of another kind', () => {
    const slo = sloDocument({ spec: { indicator: undefined, indicatorRef: 'web' } });
    const service = { apiVersion: 'openslo/v1', kind: 'Service', metadata: { name: 'web' } };
    expect(described(resolve(slo, service).problems)).toEqual([
      'spec.indicatorRef: names web, which is a document of kind Service; it must name one of kind SLI',
    ]);
  });

  test('names the SLI documents that exist', () => {
    const slo = sloDocument({ spec: { indicator: undefined, indicatorRef: 'gone' } });
    expect(
      resolve(slo, sliDocument('b', RATIO_SPEC), sliDocument('a', RATIO_SPEC)).problems[0]?.message,
    ).toContain('SLI documents found: a, b');
  });

  test('of one document leaves the others standing, and all are reported with their document', () => {
    const { slos, problems } = resolve(
      sloDocument({ metadata: { name: 'first', annotations: {} } }),
      sloDocument({ metadata: { name: 'second' } }),
      sloDocument({ metadata: { name: 'third' }, spec: { indicator: undefined, indicatorRef: 'gone' } }),
    );
    expect(slos.map((slo) => slo.name)).toEqual(['second']);
    expect(problems.map((problem) => problem.documentIndex)).toEqual([0, 2]);
  });

  test('is a name that is used twice by one kind; the first one stands', () => {
    const { slos, problems } = resolve(
      sloDocument(),
      sloDocument({ spec: { service: 'other' } }),
      sliDocument('ranker-availability', RATIO_SPEC),
      sliDocument('ranker-availability', LATENCY_SPEC),
    );
    expect(slos.map((slo) => slo.service)).toEqual(['ranker-api']);
    expect(problems).toEqual([
      {
        documentIndex: 1,
        path: ['metadata', 'name'],
        message: 'SLO ranker-availability is defined twice; give each SLO its own name',
      },
      {
        documentIndex: 3,
        path: ['metadata', 'name'],
        message: 'SLI ranker-availability is defined twice; give each SLI its own name',
      },
    ]);
  });
});

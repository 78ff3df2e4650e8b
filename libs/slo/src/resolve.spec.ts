import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TIERS, resolveSlos, sloDocumentSchema, type ResolvedSlos } from '@tidewatch/slo';
import {
  LATENCY_SPEC,
  RATIO_SPEC,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

const resolve = (...documents: RawDocument[]): ResolvedSlos =>
  resolveSlos(documents.map((document) => sloDocumentSchema.parse(document)));

const RUNBOOK = 'https://wiki.example.com/runbooks/ranker';
const annotated = (annotations: Record<string, string>): RawDocument =>
  sloDocument({ metadata: { annotations } });
const TICKET_TIER = '[{name: slow, long: 1d, short: 2h, burn: 3, severity: ticket}]';
const PAGE_TIER = '[{name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}]';

describe('a definition', () => {
  test('holds everything the document says', () => {
    const document = sloDocument({
      metadata: {
        displayName: 'Ranker answers',
        labels: { region: 'eu-1', model: 'ranker', owner: 'ml-ranking', team: ['a', 'b'] },
      },
      spec: { description: 'Requests that succeed.', timeWindow: [{ duration: '4w', isRolling: true }] },
    });
    expect(resolve(document)).toEqual({
      problems: [],
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
          target: 0.999,
          periodMs: 28 * 86_400_000,
          sli: {
            kind: 'ratio',
            good: null,
            bad: { metric: 'inference.errors', match: [] },
            total: { metric: 'inference.requests', match: [] },
          },
          tiers: DEFAULT_TIERS,
        },
      ],
    });
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
    expect(slos[0]?.sli).toEqual({
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
      'is missing: tiers fast page, and whoever is woken needs the address of what to do',
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
      'is not an annotation of Tidewatch; known are tidewatch.dev/runbook and tidewatch.dev/tiers',
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
      'must be lte or lt: with a thresholdMetric a measurement is good when it is at most the value, and is "gt"',
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
  ])('%s', (_name, document, path, message) => {
    const { slos, problems } = resolve(document);
    expect(slos).toEqual([]);
    expect(problems.map((problem) => ({ ...problem, path: problem.path.join('.') }))).toEqual([
      { documentIndex: 0, path, message: expect.stringContaining(message) },
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

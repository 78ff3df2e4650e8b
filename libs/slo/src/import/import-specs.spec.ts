import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writtenSlos } from '../../fixtures/import/import-fixtures.js';
import { importSpecs } from './import-specs.js';

const SLO = {
  apiVersion: 'openslo/v1',
  kind: 'SLO',
  metadata: { name: 'shop-errors' },
  spec: { service: 'shop' },
};
const SLOTH = {
  version: 'prometheus/v1',
  service: 'Shop',
  slos: ['errors', 'Errors', 'e'.repeat(80)].map((name) => ({
    name,
    objective: 99.9,
    sli: { events: { error_query: 'sum(rate(e[{{.window}}]))', total_query: 'sum(rate(t[{{.window}}]))' } },
  })),
};

describe('importSpecs', () => {
  test('passes OpenSLO v1 as it is, and gives nobody else a name of its documents', () => {
    const { documents, imported, refused } = importSpecs([SLOTH, null, SLO, undefined]);
    expect(refused).toEqual([]);
    expect(documents.at(-1)).toBe(SLO);
    const long = `shop-${'e'.repeat(58)}`;
    expect(imported).toEqual([
      { source: 'sloth', name: 'shop-errors-2' },
      { source: 'sloth', name: 'shop-errors-3' },
      { source: 'sloth', name: long },
      { source: 'openslo', name: 'shop-errors' },
    ]);
    expect(long).toHaveLength(63);
  });

  test.each<[string, unknown, string, string]>([
    ['text', 'hello', 'unnamed', 'is missing; it must be prometheus/v1 or sloth.slok.dev/v1 (Sloth)'],
    ['a rule of Prometheus', { groups: [] }, 'unnamed', 'is missing; it must be'],
    [
      'another kind of thing',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
      'p',
      'is v1; it must be',
    ],
  ])('refuses %s', (_, document, name, message) => {
    expect(importSpecs([document])).toEqual({
      documents: [],
      imported: [],
      notes: [],
      refused: [{ source: 'unknown', name, path: 'apiVersion', message: expect.stringContaining(message) }],
    });
  });

  test('refuses kinds of known products that it does not know', () => {
    const refused = (document: object) => importSpecs([document]).refused[0];
    expect(refused({ apiVersion: 'sloth.slok.dev/v1', kind: 'Other' })).toMatchObject({
      source: 'sloth',
      path: 'kind',
    });
    expect(refused({ apiVersion: 'openslo/v1alpha', kind: 'Service' })).toMatchObject({
      source: 'openslo',
      path: 'kind',
    });
  });

  test.each<[string, object, string]>([
    ['another budgeting method', { budgetingMethod: 'Timeslices' }, 'spec.budgetingMethod'],
    ['no window', { timeWindows: [] }, 'spec.timeWindows'],
    ['a calendar', { timeWindows: [{ unit: 'Day', count: 1, calendar: {} }] }, 'spec.timeWindows'],
    ['no target', { objectives: [{}] }, 'spec.objectives.0.target'],
    ['no ratio', { objectives: [{ target: 0.9 }] }, 'spec.objectives.0.ratioMetrics'],
    [
      'a query that cannot be read',
      { objectives: [{ target: 0.9, ratioMetrics: { good: { query: 'g' }, total: { query: 't' } } }] },
      'spec.objectives.0.ratioMetrics.good.query',
    ],
  ])('refuses of OpenSLO v1alpha %s', (_, changes, path) => {
    const spec = {
      service: 's',
      budgetingMethod: 'Occurrences',
      timeWindows: [{ unit: 'Day', count: 30 }],
      objectives: [{ target: 0.9 }],
      ...changes,
    };
    const document = { apiVersion: 'openslo/v1alpha', kind: 'SLO', metadata: { name: 'a' }, spec };
    expect(importSpecs([document]).refused).toEqual([
      expect.objectContaining({ source: 'openslo', name: 'a', path }),
    ]);
  });

  test('tells of labels that Tidewatch reads from elsewhere', () => {
    const events = {
      error_query: 'sum by (version) (rate(e{service="a",model="m"}[{{.window}}]))',
      total_query: 'sum by (version) (rate(t{service="a",model="m"}[{{.window}}]))',
    };
    const spec = { ...SLOTH, slos: [{ name: 'a', objective: 99, sli: { events } }] };
    expect(
      importSpecs([spec], { runbook: 'https://wiki.example.com' }).notes.map(({ message }) => message),
    ).toEqual([
      'the label service is read from the attribute service.name, not from a label service of the series themselves',
      'the label version is read from the attribute service.version, not from a label version of the series themselves',
    ]);
  });

  test('renames labels that are stored under another name', () => {
    const events = {
      error_query: 'sum by (model_name) (rate(e{model_name="a"}[{{.window}}]))',
      total_query: 'sum by (model_name) (rate(t[{{.window}}]))',
    };
    const { documents } = importSpecs([{ ...SLOTH, slos: [{ name: 'a', objective: 99, sli: { events } }] }], {
      labelNames: { model_name: 'model.name' },
    });
    expect(JSON.stringify(documents)).toContain('"match":{"model.name":"a"}');
    expect(JSON.stringify(documents)).toContain('"tidewatch.dev/group-by":"model.name"');
  });
});

const name = fc.constantFrom('a_total', 'b_total', 'd_count', 'd_bucket', 'g', 'job:rate5m');
const matcher = fc
  .tuple(
    fc.constantFrom('a', 'le', 'instance'),
    fc.constantFrom('=', '!=', '=~', '!~'),
    fc.constantFrom('1', '5..', '(', ''),
  )
  .map(([label, op, value]) => `${label}${op}"${value}"`);
const selector = fc
  .tuple(name, fc.array(matcher, { maxLength: 3 }))
  .map(([metric, all]) => `${metric}{${all.join(',')}}`);
const { query } = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4 },
    selector.map((each) => `sum(rate(${each}[{{.window}}]))`),
    selector.map((each) => `sum by (a) (increase(${each}[{{.window}}]))`),
    selector.map((each) => `sum_over_time((count(${each} < 1))[{{.window}}:])`),
    fc
      .tuple(tie('query'), fc.constantFrom('+', '-', '/', 'or', '*'), tie('query'))
      .map((parts) => `(${parts.join(' ')})`),
    tie('query').map((each) => `1 - ${each}`),
    fc.string(),
  ),
}));

/** Two queries that may well belong together. */
const pair = fc
  .tuple(fc.constantFrom('a_total', 'd_count'), matcher, fc.constantFrom('', ' by (b)'))
  .map(([metric, condition, by]) => ({
    error_query: `sum${by} (rate(${metric}{${condition}}[{{.window}}])) or vector(0)`,
    total_query: `sum${by} (rate(${metric}[{{.window}}]))`,
  }));
const text = fc.oneof(fc.string(), fc.constantFrom('shop', 'errors', '99.9', '28d', '4w'));
const texts = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('owner', '__proto__', 'runbook')),
  fc.oneof(text, fc.jsonValue()),
);
const alert = fc.record({ disable: fc.boolean(), labels: texts, annotations: texts }, { requiredKeys: [] });
const slothSlo = fc.record(
  {
    name: text,
    objective: fc.oneof(
      fc.constantFrom(99, '99.9', 50),
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.jsonValue(),
    ),
    labels: texts,
    description: fc.string({ maxLength: 2_000 }),
    sli: fc.oneof(
      pair.map((events) => ({ events })),
      fc.record({ events: fc.record({ error_query: query, total_query: query }) }),
      fc.record({ raw: fc.record({ error_ratio_query: query }) }),
      fc.jsonValue(),
    ),
    alerting: fc.record(
      { name: text, labels: texts, annotations: texts, page_alert: alert, ticket_alert: alert },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name', 'objective', 'sli'] },
);
const sloth = fc.record({
  version: fc.constant('prometheus/v1'),
  service: text,
  labels: texts,
  slos: fc.array(slothSlo),
});
const metricOf = fc.record({ metric: fc.oneof(selector, query) });
const pyrra = fc.record({
  apiVersion: fc.constant('pyrra.dev/v1alpha1'),
  kind: fc.constant('ServiceLevelObjective'),
  metadata: fc.record({ name: text, labels: texts, annotations: texts }),
  spec: fc.record({
    target: text,
    window: text,
    indicator: fc.oneof(
      fc.record({ ratio: fc.record({ errors: metricOf, total: metricOf, grouping: fc.array(text) }) }),
      fc.record({ latency: fc.record({ success: metricOf, total: metricOf }) }),
      fc.record({ bool_gauge: metricOf }),
    ),
  }),
});

const SPEC_KEYS = ['description', 'service', 'indicator', 'timeWindow', 'budgetingMethod', 'objectives'];
const OBJECTIVE_KEYS = ['targetPercent', 'op', 'value', 'timeSliceTarget', 'timeSliceWindow'];

/** Keys of `value` that are none of `known`. */
const strange = (value: object, known: readonly string[]) =>
  Object.keys(value).filter((key) => !known.includes(key));

describe('whatever is given', () => {
  const options = fc.record(
    {
      runbook: fc.constant('https://wiki.example.com'),
      gaugeSeries: fc.constantFrom('worst', 'mean'),
      period: fc.constantFrom('28d', '30d'),
    },
    { requiredKeys: [] },
  );

  test('nothing throws, and each SLO is imported or refused with a message', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.jsonValue(), sloth, pyrra), { maxLength: 4 }),
        options,
        (documents, chosen) => {
          const result = importSpecs(documents, chosen);
          expect(result.documents).toHaveLength(result.imported.length);
          expect(result.refused.every(({ message }) => message.length > 0)).toBe(true);
          const names = new Set(result.imported.map((each) => each.name));
          expect(result.notes.every((note) => names.has(note.name))).toBe(true);
        },
      ),
      { numRuns: 300, seed: 6 },
    );
  });

  test('documents are plain JSON with known keys and names of their own', () => {
    let documentsSeen = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(sloth, pyrra), { maxLength: 4 }), options, (specs, chosen) => {
        const result = importSpecs(specs, chosen);
        expect(JSON.parse(JSON.stringify(result.documents))).toEqual(result.documents);
        const all = writtenSlos(result);
        documentsSeen += all.length;
        for (const { metadata, spec, ...rest } of all) {
          expect(strange(rest, ['apiVersion', 'kind'])).toEqual([]);
          expect(strange(metadata, ['name', 'displayName', 'labels', 'annotations'])).toEqual([]);
          expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
          expect(strange(spec, SPEC_KEYS)).toEqual([]);
          expect(strange(spec.objectives[0] ?? {}, OBJECTIVE_KEYS)).toEqual([]);
          expect((spec.description ?? '').length).toBeLessThanOrEqual(1_050);
        }
        expect(new Set(all.map(({ metadata }) => metadata.name)).size).toBe(all.length);
      }),
      { numRuns: 300, seed: 6 },
    );
    expect(documentsSeen).toBeGreaterThan(20);
  });
});

import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { idOf } from './fill-in.js';
import type { CatalogueMetric, MetricCatalogue, TelemetrySource } from './metric-catalogue.js';
import { readPreset } from './read-preset.js';
import { suggestSlos } from './suggest.js';

const HEAD = {
  apiVersion: 'tidewatch.dev/v1',
  kind: 'Preset',
  metadata: { name: 'busy', title: 'Busy', system: 'Test' },
  spec: {
    description: 'Something is busy.',
    parameters: { service: 'required', model: 'optional' },
    needs: [{ metric: 'load', type: 'gauge' }],
    notes: ['Mind the gap.'],
  },
};
const RULE = {
  apiVersion: 'tidewatch.dev/v1',
  kind: 'MetricMonitor',
  metadata: { name: '${id}-busy' },
  spec: {
    service: '${service}',
    model: '${model}',
    groupBy: ['zone', '${model}'],
    levels: {
      warn: {
        when: { gauge: 'load', match: { service: '${service}', model: '${model}' }, window: '5m', above: 1 },
      },
    },
  },
};

function metric(
  name: string,
  sources: readonly Partial<TelemetrySource>[],
  partial: Partial<CatalogueMetric> = {},
): CatalogueMetric {
  return {
    ...{
      name,
      type: 'gauge',
      unit: '',
      temporality: 'unspecified',
      monotonic: false,
      labels: [],
      moreSources: false,
    },
    sources: sources.map((source) => ({ service: '', region: '', model: '', ...source })),
    ...partial,
  };
}

function catalogue(...items: CatalogueMetric[]): MetricCatalogue {
  return { items, predictions: [] };
}

describe('a suggestion', () => {
  test('is made for each place, ordered, with what is unknown left out', () => {
    const found = suggestSlos(
      [readPreset([HEAD, RULE])],
      catalogue(
        metric('load', [
          { service: 'b', model: 'm' },
          { service: 'a', region: 'eu' },
          { service: 'a', region: 'us' },
          {},
        ]),
      ),
    );
    expect(found.map(({ parameters }) => parameters)).toEqual([
      { service: 'a' },
      { service: 'b', model: 'm' },
    ]);
    expect(found[0]).toMatchObject({
      preset: 'busy',
      title: 'Busy',
      meanOnly: false,
      notes: ['Mind the gap.'],
    });
    expect(found[0]?.documents).toBe(`# Busy (a), from the preset busy.
# Something is busy.
# Mind the gap.
apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata:
  name: a-busy
spec:
  service: a
  groupBy:
    - zone
  levels:
    warn:
      when:
        gauge: load
        match:
          service: a
        window: 5m
        above: 1
`);
  });

  test('keeps names of telemetry from changing the YAML', () => {
    const service = 'a: {b}\n- c # "d"';
    const [found] = suggestSlos([readPreset([HEAD, RULE])], catalogue(metric('load', [{ service }])));
    expect(found?.documents.split('\n')[0]).toBe('# Busy (a: {b} - c # "d"), from the preset busy.');
    expect(found?.documents).toContain('name: a-b-c-d-busy');
    expect(parse(found?.documents ?? '')).toMatchObject({ spec: { service, levels: {} } });
  });

  test('needs its metrics from the same place', () => {
    const head = {
      ...HEAD,
      spec: { ...HEAD.spec, needs: [...HEAD.spec.needs, { metric: 'limit', type: 'gauge' }] },
    };
    const places = (limits: readonly Partial<TelemetrySource>[]) =>
      suggestSlos(
        [readPreset([head, RULE])],
        catalogue(
          metric('load', [
            { service: 'a', model: 'm' },
            { service: 'b', model: 'n' },
          ]),
          metric('limit', limits),
        ),
      ).map(({ parameters }) => parameters['service']);
    expect(places([{ service: 'a', model: 'm' }])).toEqual(['a']);
    // What knows no model goes with any.
    expect(places([{ service: 'b' }])).toEqual(['b']);
    expect(places([{ service: 'a', model: 'other' }])).toEqual([]);
  });

  test('takes the first spelling that is found', () => {
    const head = {
      ...HEAD,
      spec: {
        ...HEAD.spec,
        needs: [],
        anyOf: [
          { needs: [{ metric: 'new', type: 'counter', labels: ['code'] }], values: { limit: 2 } },
          { needs: [{ metric: 'old', type: 'counter', where: { code: '500' } }], values: { limit: 3 } },
        ],
      },
    };
    const rule = { metadata: { name: '${id}-x' }, spec: { limit: '${limit}', '${service}': 1 } };
    const code = (values: string[], more = false) => ({
      ...({ type: 'sum', temporality: 'delta', monotonic: true } as const),
      labels: [{ key: 'code', values, more }],
    });
    const limits = (...items: CatalogueMetric[]) =>
      suggestSlos([readPreset([head, rule])], catalogue(...items)).map(
        ({ documents }) => /limit: (.*)\n {2}a: 1/.exec(documents)?.[1],
      );
    const from = [{ service: 'a' }];
    expect(limits(metric('old', from, code(['500'])), metric('new', from, code(['200'])))).toEqual(['2']);
    expect(limits(metric('old', from, code(['500'])))).toEqual(['3']);
    expect(limits(metric('old', from, code(['200'])))).toEqual([]);
    expect(limits(metric('old', from, code(['200'], true)))).toEqual(['3']);
    expect(limits(metric('new', from, { ...code(['200']), monotonic: false }))).toEqual([]);
    expect(limits(metric('new', from, { ...code(['200']), temporality: 'unspecified' }))).toEqual([]);
  });

  test('names both variants where one is a quantised one', () => {
    const head = {
      ...HEAD,
      spec: { ...HEAD.spec, needs: [{ samples: 'predictions', candidate: '.*int8.*' }] },
    };
    const rule = {
      metadata: { name: '${id}-x' },
      spec: { control: '${control}', candidate: '${candidate}' },
    };
    const of = (variants: string[]) =>
      suggestSlos([readPreset([head, rule])], {
        items: [],
        predictions: [{ service: 'a', region: '', model: 'm', labelled: false, variants }],
      }).map(({ documents }) => documents.split('spec:\n')[1]);
    expect(of(['canary', 'int8'])).toEqual(['  control: canary\n  candidate: int8\n']);
    expect(of(['int8'])).toEqual([]);
    expect(of(['canary', 'control'])).toEqual([]);
  });
});

describe('a name', () => {
  test('is cut with a hash of the whole', () => {
    expect(idOf(['Chat API', '', 'llama_3'], 40)).toBe('chat-api-llama-3');
    expect(idOf([], 40)).toBe('');
    const long = 'a-service-with-a-name-that-is-really-long';
    expect(idOf([long, 'one'], 30)).toMatch(/^a-service-with-a-name-t-[0-9a-f]{6}$/);
    expect(idOf([long, 'one'], 30)).not.toBe(idOf([long, 'two'], 30));
  });

  test('fits with the rest of it into 63 characters', () => {
    const [found] = suggestSlos(
      [readPreset([HEAD, RULE])],
      catalogue(metric('load', [{ service: 's'.repeat(80), model: 'm' }])),
    );
    expect(/name: (.*)/.exec(found?.documents ?? '')?.[1]).toMatch(/^s{51}-[0-9a-f]{6}-busy$/);
  });
});

describe('a preset that cannot be read', () => {
  test.each([
    ['nothing', [], /is missing|must be a map/],
    ['no rule', [HEAD], /no rule follows/],
    ['a key that is unknown', [{ ...HEAD, extra: 1 }, RULE], /extra/],
    ['no need', [{ ...HEAD, spec: { ...HEAD.spec, needs: [] } }, RULE], /needs nothing/],
    [
      'a wrong type',
      [{ ...HEAD, spec: { ...HEAD.spec, needs: [{ metric: 'a', type: 'timer' }] } }, RULE],
      /spec\.needs/,
    ],
  ])('%s', (_, documents, message) => {
    expect(() => readPreset(documents)).toThrow(message);
  });

  test('a placeholder that nobody knows', () => {
    const preset = readPreset([HEAD, { metadata: { name: '${id}-x' }, spec: '${nope}' }]);
    expect(() => suggestSlos([preset], catalogue(metric('load', [{ service: 'a' }])))).toThrow(/\$\{nope\}/);
  });
});

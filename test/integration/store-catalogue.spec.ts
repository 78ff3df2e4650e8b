import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { label, prediction } from '../harness/prediction-rows.js';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.now();

describe.each(STORE_BACKENDS)('the catalogue of what arrives, $name', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  type Series = Parameters<typeof metricSeries>[0];
  const store = (project: string, series: readonly Series[], at = NOW) =>
    storeBlocks(
      backend.store,
      backend.store.metrics.encode(
        project,
        metricBatch(series.map((each) => ({ series: metricSeries(each), at, value: 1 }))),
      ),
      project,
    );
  const catalogue = (project: string, limit = 100) =>
    backend.store.catalogue.catalogue(project, { since: NOW - HOUR, limit });

  test('is empty for a project that sent nothing', async () => {
    expect(await catalogue('nobody')).toEqual({ items: [], more: false, predictions: [] });
  });

  test('names labels as rules write them, and who sends a metric', async () => {
    const resourceAttributes = {
      'service.name': 'ranker',
      'cloud.region': 'eu-1',
      'host.name': 'a',
      team: '',
    };
    await store('labels', [
      { resourceAttributes, attributes: { 'model.name': 'm1', model: 'ignored', 'error.type': 'timeout' } },
      { resourceAttributes, attributes: { 'gen_ai.request.model': 'm2', 'host.name': 'b' } },
      {
        serviceName: 'other',
        resourceAttributes: { 'service.name': 'other' },
        attributes: { 'host.name': '' },
      },
    ]);
    const { items, more } = await catalogue('labels');
    expect(more).toBe(false);
    expect(items).toEqual([
      {
        ...{ name: 'inference.requests', type: 'sum', unit: '1', temporality: 'delta', monotonic: true },
        labels: [
          { key: 'error.type', values: ['timeout'], more: false },
          // A point's own attribute stands for that of its resource.
          { key: 'host.name', values: ['a', 'b'], more: false },
          { key: 'model', values: ['m1', 'm2'], more: false },
          { key: 'region', values: ['eu-1'], more: false },
          { key: 'service', values: ['other', 'ranker'], more: false },
        ],
        sources: [
          { service: 'other', region: '', model: '' },
          { service: 'ranker', region: 'eu-1', model: 'm1' },
          { service: 'ranker', region: 'eu-1', model: 'm2' },
        ],
        moreSources: false,
      },
    ]);
  });

  test('tells types apart, lists what came lately, and no more than asked for', async () => {
    await store('kinds', [
      { metricName: 'b', metricType: 'gauge', temporality: 'unspecified', isMonotonic: false },
      { metricName: 'b', metricType: 'sum', temporality: 'cumulative', isMonotonic: false },
      { metricName: 'a', unit: 's' },
      { metricName: 'c' },
    ]);
    await store('kinds', [{ metricName: 'old' }], NOW - 3 * DAY);
    const all = await catalogue('kinds');
    expect(all.items.map(({ name, type, monotonic }) => [name, type, monotonic])).toEqual([
      ['a', 'sum', true],
      ['b', 'gauge', false],
      ['b', 'sum', false],
      ['c', 'sum', true],
    ]);
    const some = await catalogue('kinds', 2);
    expect(some).toMatchObject({ items: [{ name: 'a' }, { name: 'b', type: 'gauge' }], more: true });
    expect(some.items[1]?.labels).toEqual([{ key: 'service', values: ['ranker'], more: false }]);
    const [old] = (
      await backend.store.catalogue.catalogue('kinds', { since: NOW - 4 * DAY, limit: 9 })
    ).items.filter(({ name }) => name === 'old');
    expect(old).toBeDefined();
  });

  test('cuts values and sources, and says so', async () => {
    await store(
      'many',
      Array.from({ length: 250 }, (_, index) => ({
        attributes: { 'model.name': `m${index}`, shard: String(index % 20), user: `u${index}` },
      })),
    );
    const [item] = (await catalogue('many')).items;
    expect(item?.labels.map(({ key, values, more }) => [key, values.length, more])).toEqual([
      ['model', 20, true],
      ['service', 1, false],
      ['shard', 20, false],
      ['user', 20, true],
    ]);
    expect([item?.sources.length, item?.moreSources]).toEqual([200, true]);
  });

  test('lists prediction streams, with their variants and whether labels come', async () => {
    const { predictions, labels } = backend.store;
    const row = (id: string, model: string, variant: string, timestamp = NOW) =>
      prediction({ predictionId: id, timestamp, model, variant, service: 's', region: '' });
    await storeBlocks(
      backend.store,
      predictions.encode('streams', [
        row('a', 'known', 'int8'),
        row('b', 'known', 'fp32'),
        row('c', 'unknown', ''),
        row('d', 'old', '', NOW - 2 * DAY),
      ]),
      'streams',
    );
    await storeBlocks(
      backend.store,
      labels.encode('streams', [label({ predictionId: 'a', timestamp: NOW, label: 'x' })]),
      'streams',
    );
    expect((await catalogue('streams')).predictions).toEqual([
      { service: 's', region: '', model: 'known', labelled: true, variants: ['fp32', 'int8'] },
      { service: 's', region: '', model: 'unknown', labelled: false, variants: [] },
    ]);
  });
});

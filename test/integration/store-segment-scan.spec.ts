import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Population } from '@tidewatch/drift';
import { asSent } from '@tidewatch/store';
import { prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const BUCKET = 60_000;
const BASE = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000;
const POPULATION: Population = { model: 'ranker', service: '', region: '', where: {} };

describe.each(STORE_BACKENDS)('segment scans, $name', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  test('a scan counts an event by value and by pair of values; examples are in the event', async () => {
    const at = BASE;
    const within = { from: at, to: at + BUCKET };
    const rows = Array.from({ length: 400 }, (_, i) =>
      prediction({
        predictionId: `scan-${i}`,
        timestamp: at,
        region: i % 2 === 0 ? 'eu' : 'us',
        tags: { channel: i % 4 < 2 ? 'shop' : 'web', user: `u${i}` },
        features: {
          numeric: i % 10 === 9 ? {} : { amount: i },
          text: { word: i % 8 === 0 ? 'new' : 'old' },
          boolean: {},
          nulls: [],
        },
      }),
    );
    await storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
    const amounts = rows.flatMap(({ features }) => features.numeric['amount'] ?? []);
    const about = { source: asSent(POPULATION), range: within, variable: 'amount', numeric: true } as const;
    const below = { ...about, event: { kind: 'below', threshold: 100 } as const };
    const scanned = await backend.store.segmentScan.scan('default', { ...below, floor: 50 });
    const find = (segment: string) => scanned.find((each) => each.segment === segment);
    const shop = amounts.filter((i) => i % 4 < 2);
    expect(find('channel=shop')).toEqual({
      segment: 'channel=shop',
      rows: shop.length,
      inEvent: shop.filter((i) => i < 100).length,
    });
    const both = shop.filter((i) => i % 2 === 0);
    expect(find('channel=shop,region=eu')).toEqual({
      segment: 'channel=shop,region=eu',
      rows: both.length,
      inEvent: both.filter((i) => i < 100).length,
    });
    // A tag that tells every sample apart groups none.
    expect(scanned.some(({ segment }) => segment.includes('user='))).toBe(false);
    const examples = await backend.store.segmentScan.examples('default', { ...below, segment: '' }, 5);
    expect(examples).toHaveLength(5);
    expect(
      examples.every(({ value, predictionId }) => Number(value) < 100 && predictionId === `scan-${value}`),
    ).toBe(true);
    expect(await backend.store.segmentScan.examples('default', { ...below, segment: '' }, 5)).toEqual(
      examples,
    );

    const ofShop = await backend.store.segmentScan.examples(
      'default',
      { ...below, segment: 'channel=shop' },
      400,
    );
    expect(ofShop.map(({ value }) => value).sort((a, b) => Number(a) - Number(b))).toEqual(
      amounts.filter((amount) => amount < 100 && amount % 4 < 2),
    );
    const missing = await backend.store.segmentScan.scan('default', {
      ...about,
      event: { kind: 'missing' },
      floor: 50,
    });
    expect(missing.find(({ segment }) => segment === 'region=us')).toEqual({
      segment: 'region=us',
      rows: 200,
      inEvent: 40,
    });
    const word = { ...about, variable: 'word', numeric: false, floor: 50 };
    const fresh = await backend.store.segmentScan.scan('default', {
      ...word,
      event: { kind: 'unseen', categories: ['old'] },
    });
    const named = await backend.store.segmentScan.scan('default', {
      ...word,
      event: { kind: 'category', category: 'new' },
    });
    expect(fresh).toEqual(named);
    expect(fresh.find(({ segment }) => segment === 'region=eu')).toEqual({
      segment: 'region=eu',
      rows: 200,
      inEvent: 50,
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emptyCounted, gridFromQuantiles, type Population } from '@tidewatch/drift';
import type { Prediction } from '@tidewatch/samples';
import { asSent, type CountStream } from '@tidewatch/store';
import { prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const BUCKET = 60_000;
const AT = Math.floor(Date.now() / BUCKET) * BUCKET - 30 * BUCKET;
const POPULATION: Population = { model: 'ranker', service: '', region: '', where: {} };

describe.each(STORE_BACKENDS)('kept samples, store $name', ({ open }) => {
  let backend: OpenBackend;
  let stream: CountStream;
  const store = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
  const rows = (bucket: number, count: number, id: string): Prediction[] =>
    Array.from({ length: count }, (_, i) =>
      prediction({
        predictionId: `${id}-${i}`,
        timestamp: AT + bucket * BUCKET + (i % 1_000) * 10,
        model: 'ranker',
        modelVersion: i % 2 === 0 ? '1' : '2',
        tags: { channel: i % 4 === 0 ? 'shop' : 'web' },
        features: {
          numeric: i % 10 === 0 ? {} : { amount: bucket * 10_000 + i },
          text: { word: i % 5 === 0 ? 'rare' : 'usual' },
          boolean: {},
          nulls: [],
        },
      }),
    );

  beforeAll(async () => {
    backend = await open();
    const grid = gridFromQuantiles(Array.from({ length: 11 }, (_, i) => i * 1_000));
    const profiles = [{ variable: 'amount', type: 'numeric' as const, grid, counted: emptyCounted(grid) }];
    const baseline = { model: 'ranker', name: 'cells', source: 'test', sha256: '', rows: 0, profiles };
    const { version } = await backend.store.baselines.save('default', baseline);
    stream = {
      stream: 'kept',
      ...asSent(POPULATION),
      grid: { name: 'cells', version },
      segments: ['channel'],
      bucketMs: BUCKET,
    };
    // A large bucket, a small one, an empty one; and one sample that was sent twice.
    await store([...rows(0, 4_000, 'large'), ...rows(1, 60, 'small'), ...rows(1, 1, 'small')]);
    await backend.store.featureCounts.count('default', stream, { from: AT, to: AT + 3 * BUCKET });
  }, 120_000);
  afterAll(() => backend.close());

  const range = (from: number, to: number) => ({ from: AT + from * BUCKET, to: AT + to * BUCKET });
  const numbers = (ranges: { from: number; to: number }[], rest: Record<string, unknown> = {}) =>
    backend.store.reservoir.numbers('default', stream, 'amount', { ranges, segment: '', ...rest });

  test('a small bucket is kept whole, a large one up to a hundred samples', async () => {
    expect([...(await numbers([range(1, 2)]))].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => 10_000 + i).filter((value) => value % 10 !== 0),
    );
    const large = await numbers([range(0, 1)]);
    expect(large.length).toBeGreaterThan(75);
    expect(large.length).toBeLessThanOrEqual(100);
    // A uniform sample of 0 to 3,999: its mean is 2,000 give or take 4 times 1,155 / 9.
    const mean = large.reduce((sum, value) => sum + value, 0) / large.length;
    expect(Math.abs(mean - 2_000)).toBeLessThan(520);
    expect(await numbers([range(2, 3)])).toHaveLength(0);
    expect(await numbers([])).toHaveLength(0);
  });

  test('buckets of a window are represented by their sizes', async () => {
    const both = await numbers([range(0, 1), range(1, 2)]);
    const small = both.filter((value) => value >= 10_000).length;
    // 60 of 4,060 samples, of which about a hundred are left: one or two, and not sixty.
    expect(both.length).toBeGreaterThan(70);
    expect(small).toBeLessThanOrEqual(8);
  });

  test('segments, versions', async () => {
    const shop = await numbers([range(1, 2)], { segment: 'channel=shop' });
    expect([...shop].every((value) => (value - 10_000) % 4 === 0)).toBe(true);
    expect(shop).toHaveLength(12);
    const version = await numbers([range(1, 2)], { versions: ['2'] });
    expect([...version].every((value) => value % 2 === 1)).toBe(true);
  });

  test('examples outlive the raw samples', async () => {
    const event = {
      variable: 'word',
      numeric: false,
      event: { kind: 'category', category: 'rare' },
    } as const;
    const query = { ranges: [range(1, 2)], segment: '', limit: 5 };
    const before = await backend.store.reservoir.examples('default', stream, event, query);
    expect(before).toHaveLength(5);
    expect(before.every(({ value }) => value === 'rare')).toBe(true);
    await backend.raw(`ALTER TABLE predictions DELETE WHERE Model = 'ranker' SETTINGS mutations_sync = 1`);
    expect(await backend.store.reservoir.examples('default', stream, event, query)).toEqual(before);
    const amount = { variable: 'amount', numeric: true } as const;
    const missing = await backend.store.reservoir.examples(
      'default',
      stream,
      { ...amount, event: { kind: 'missing' } },
      query,
    );
    expect(missing).toHaveLength(5);
    expect(missing.every(({ value }) => value === null)).toBe(true);
    const below = { ...amount, event: { kind: 'below', threshold: 10_004 } as const };
    expect(
      (await backend.store.reservoir.examples('default', stream, below, query))
        .map(({ value }) => value)
        .sort(),
    ).toEqual([10_001, 10_002, 10_003]);
  });

  test('late samples take their place', async () => {
    await store(rows(2, 30, 'late'));
    await backend.store.featureCounts.count('default', stream, range(2, 3));
    expect(await numbers([range(2, 3)])).toHaveLength(27);
  });
});

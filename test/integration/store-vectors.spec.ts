import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import type { Prediction } from '@tidewatch/samples';
import type { EncodedRow, EncoderIdentity, SampledVectors, VectorSampleQuery } from '@tidewatch/store';
import { prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const AT = Math.floor(Date.now() / HOUR) * HOUR - 2 * HOUR;
const random = seededRandom(7);
const vector = (dimension: number): Float32Array =>
  Float32Array.from({ length: dimension }, () => seededNormal(random));
const THE_SERVICE: EncoderIdentity = { name: '', sha256: '' };

/** 600 samples over an hour, of two versions, variants and regions. */
const SAMPLES: Prediction[] = Array.from({ length: 600 }, (_, i) =>
  prediction({
    predictionId: `p-${i}`,
    timestamp: AT + i * 6_000,
    model: 'vision',
    modelVersion: i % 2 === 0 ? '1' : '2',
    variant: i % 3 === 0 ? 'canary' : '',
    region: i % 4 === 0 ? 'eu-1' : 'us-1',
    tags: i % 5 === 0 ? { camera: '7' } : {},
    prediction: {
      label: '',
      score: null,
      value: null,
      scores: i % 2 === 0 ? { cat: i / 600, dog: 1 - i / 600 } : {},
      detections: null,
      rejectedCount: null,
    },
    embeddings: { image: vector(8) },
  }),
);

describe.each(STORE_BACKENDS)('vectors on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  const store = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
  const query = (partial: Partial<VectorSampleQuery> = {}): VectorSampleQuery => ({
    population: { model: 'vision', service: '', region: '', where: {} },
    name: 'image',
    ranges: [{ from: AT, to: AT + HOUR }],
    limit: 1_000,
    ...partial,
  });
  const sample = (partial: Partial<VectorSampleQuery> = {}) =>
    backend.store.vectors.sample('default', query(partial));
  const rowsOf = ({ ids, dimension, data }: SampledVectors): Map<string, number[]> =>
    new Map(ids.map((id, i) => [id, [...data.subarray(i * dimension, (i + 1) * dimension)]]));
  const expected = (samples: readonly Prediction[]): Map<string, number[]> =>
    new Map(samples.map(({ predictionId, embeddings }) => [predictionId, [...embeddings['image']!]]));
  const sorted = (rows: Map<string, number[]>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

  beforeAll(async () => {
    backend = await open();
    await store(SAMPLES);
    // A hundred of them were sent twice.
    await store(SAMPLES.slice(0, 100));
  }, 60_000);
  afterAll(() => backend.close());

  test('every vector once, to the last bit, with its time', async () => {
    const all = await sample();
    expect({ ...all, ids: 0, times: 0, data: 0 }).toEqual({
      ids: 0,
      times: 0,
      data: 0,
      encoder: THE_SERVICE,
      dimension: 8,
    });
    expect(sorted(rowsOf(all))).toEqual(sorted(expected(SAMPLES)));
    expect(all.ids.map((id, i) => [id, all.times[i]])).toEqual(
      all.ids.map((id) => [id, SAMPLES[Number(id.slice(2))]!.timestamp]),
    );
  });

  test('a bounded sample is a uniform one, the same whoever asks, and a part of any larger one', async () => {
    const [small, again, larger] = [
      await sample({ limit: 100 }),
      await sample({ limit: 100 }),
      await sample({ limit: 200 }),
    ];
    expect(small).toEqual(again);
    expect(small.ids).toHaveLength(100);
    expect(larger.ids.slice(0, 100)).toEqual(small.ids);
    expect(larger.data.slice(0, 800)).toEqual(small.data);
    // Of indices 0 to 599: the mean of a hundred is 300 give or take 4 times 173 / 10.
    const mean = small.ids.reduce((sum, id) => sum + Number(id.slice(2)), 0) / 100;
    expect(Math.abs(mean - 299.5)).toBeLessThan(70);
    expect((await sample({ limit: 0 })).ids).toEqual([]);
  });

  test.each<[string, Partial<VectorSampleQuery>, (sample: Prediction, i: number) => boolean]>([
    ['versions', { versions: ['2'] }, ({ modelVersion }) => modelVersion === '2'],
    ['no version', { versions: [] }, () => false],
    ['a variant that is empty', { variants: [''] }, ({ variant }) => variant === ''],
    ['a segment of a column', { segment: 'region=eu-1' }, ({ region }) => region === 'eu-1'],
    ['a segment of a tag', { segment: 'camera=7' }, (_, i) => i % 5 === 0],
    ['all samples, written as a segment', { segment: '' }, () => true],
    [
      'a population',
      {
        population: { model: 'vision', service: 'ranker-api', region: 'us-1', where: { camera: ['7', '8'] } },
      },
      ({ region }, i) => region === 'us-1' && i % 5 === 0,
    ],
    ['another model', { population: { model: 'other', service: '', region: '', where: {} } }, () => false],
    [
      'several ranges',
      {
        ranges: [
          { from: AT, to: AT + MINUTE },
          { from: AT + 10 * MINUTE, to: AT + 11 * MINUTE },
        ],
      },
      ({ timestamp }) => timestamp < AT + MINUTE || Math.floor((timestamp - AT) / MINUTE) === 10,
    ],
    ['no range', { ranges: [] }, () => false],
    ['an encoder that made none', { encoder: { name: 'x', sha256: '' }, dimension: 8 }, () => false],
  ])('chosen by %s', async (_what, partial, met) => {
    const chosen = SAMPLES.filter(met);
    expect(sorted(rowsOf(await sample(partial)))).toEqual(sorted(expected(chosen)));
    const bounded = await sample({ ...partial, limit: 20 });
    expect(bounded.ids).toEqual((await sample(partial)).ids.slice(0, 20));
    const arms = await backend.store.vectors.arms('default', query(partial));
    const rows = partial.encoder === undefined ? chosen.length : 0;
    expect(arms.reduce((sum, arm) => sum + arm.rows, 0)).toBe(rows);
  });

  test('arms: versions and variants with their times', async () => {
    const arms = await backend.store.vectors.arms('default', query());
    expect(
      arms.map(({ version, variant, rows, firstAt }) => [version, variant, rows, (firstAt - AT) / 6_000]),
    ).toEqual([
      ['2', 'canary', 100, 3],
      ['1', '', 200, 2],
      ['2', '', 200, 1],
      ['1', 'canary', 100, 0],
    ]);
    expect(arms[0]!.lastAt).toBe(AT + 597 * 6_000);
  });

  test('vectors of certain predictions', async () => {
    const found = await backend.store.vectors.byIds('default', query(), ['p-5', 'p-599', 'nobody']);
    expect(sorted(rowsOf(found))).toEqual(sorted(expected([SAMPLES[5]!, SAMPLES[599]!])));
    expect((await backend.store.vectors.byIds('default', query(), [])).ids).toEqual([]);
  });

  test('class scores of the same predictions, of those that have any', async () => {
    const { ids } = await sample({ limit: 100 });
    const scores = await backend.store.vectors.scores('default', query({ limit: 100 }));
    expect(scores.ids).toEqual(ids.filter((id) => Number(id.slice(2)) % 2 === 0));
    expect([...scores.values.keys()]).toEqual(['cat', 'dog']);
    expect([...scores.values.get('cat')!]).toEqual(scores.ids.map((id) => Number(id.slice(2)) / 600));
  });

  test('features come in the order of the vectors, NaN where there is none', async () => {
    const at = AT + HOUR;
    const rows = [0, 1, 2].map((i): EncodedRow => ({
      project: 'default',
      model: 'vision',
      modelVersion: '1',
      name: 'measured',
      predictionId: `f-${i}`,
      timestamp: at + i,
      receivedAt: at + i,
      dimensions: { service: '', region: '', environment: '', variant: '', deploymentId: '', tags: {} },
      outcome: {
        vector: vector(2),
        features: i === 1 ? { width: 32 } : { brightness: i / 4, width: 64 },
        encoder: { name: 'image', sha256: 'ab' },
      },
    }));
    await backend.store.encoding.store(rows, []);
    const measured = query({ name: 'measured', ranges: [{ from: at, to: at + 10 }] });
    const { ids, values } = await backend.store.vectors.features('default', measured);
    expect(ids).toEqual((await backend.store.vectors.sample('default', measured)).ids);
    expect([...values.keys()]).toEqual(['brightness', 'width']);
    const of = (name: string) => Object.fromEntries(ids.map((id, i) => [id, values.get(name)![i]]));
    expect(of('brightness')).toEqual({ 'f-0': 0, 'f-1': NaN, 'f-2': 0.5 });
    expect(of('width')).toEqual({ 'f-0': 64, 'f-1': 32, 'f-2': 64 });
    expect(await backend.store.vectors.features('default', query({ name: 'none' }))).toEqual({
      ids: [],
      values: new Map(),
    });
  });

  test('an encoder or a length that changes inside a stream is told, and never mixed', async () => {
    const at = AT + HOUR + 10 * MINUTE;
    const of = (name: string, from: number, count: number, dimension: number, encoder: EncoderIdentity) =>
      Array.from({ length: count }, (_, i) => ({
        project: 'default',
        model: 'vision',
        modelVersion: '1',
        name: 'changing',
        predictionId: `${name}-${i}`,
        timestamp: from + i,
        receivedAt: from + i,
        dimensions: { service: '', region: '', environment: '', variant: '', deploymentId: '', tags: {} },
        outcome: { vector: vector(dimension), features: {}, encoder },
      }));
    const [one, two] = [
      { name: 'image', sha256: 'ab' },
      { name: 'image', sha256: 'cd' },
    ];
    await backend.store.encoding.store(
      [...of('a', at, 20, 4, one), ...of('b', at + 100, 10, 4, two), ...of('c', at + 200, 5, 6, two)],
      [],
    );
    const changing = query({ name: 'changing', ranges: [{ from: at, to: at + MINUTE }] });
    const { vectors } = backend.store;
    expect(await vectors.encoders('default', changing)).toEqual([
      { encoder: two, dimension: 6, rows: 5, firstAt: at + 200, lastAt: at + 204 },
      { encoder: two, dimension: 4, rows: 10, firstAt: at + 100, lastAt: at + 109 },
      { encoder: one, dimension: 4, rows: 20, firstAt: at, lastAt: at + 19 },
    ]);
    expect(await vectors.encoders('default', { ...changing, encoder: two, dimension: 6 })).toHaveLength(1);
    const most = await vectors.sample('default', changing);
    expect([most.encoder, most.dimension, most.ids.length]).toEqual([one, 4, 20]);
    const newer = await vectors.sample('default', { ...changing, encoder: two });
    expect([newer.encoder, newer.dimension, newer.ids.length]).toEqual([two, 4, 10]);
    const longer = await vectors.sample('default', { ...changing, dimension: 6 });
    expect([longer.encoder, longer.dimension, longer.ids.length, longer.data.length]).toEqual([
      two,
      6,
      5,
      30,
    ]);
    expect(longer.ids.every((id) => id.startsWith('c-'))).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SampleInput } from '@tidewatch/samples';
import { PENDING_PARTITION_MS, type EncodedRow, type KeptInput, type PendingInput } from '@tidewatch/store';
// The store no longer writes the older layouts that it must still read.
import { RowBinaryWriter } from '../../libs/store/src/row-binary.js';
import { prediction } from '../harness/prediction-rows.js';
import { sealedBatch, storeBlocks } from '../harness/store-blocks.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = Date.now();
/** Ten minutes that are over, so that what is done in them may go. */
const PAST = Math.floor(NOW / PENDING_PARTITION_MS) * PENDING_PARTITION_MS - 3 * PENDING_PARTITION_MS;
const ENCODER = { name: 'image', sha256: 'ab' };
const PIXELS: SampleInput = {
  dataType: 'uint8',
  shape: [2, 2],
  data: Uint8Array.of(0, 255, 128, 10),
  occlusionRate: 0.25,
  privateBoxes: [[0, 0.25, 0.5, 1]],
};
const text = (value: string): SampleInput => ({
  dataType: 'text/plain',
  shape: [],
  data: new Uint8Array(Buffer.from(value)),
  occlusionRate: null,
  privateBoxes: [],
});

describe.each(STORE_BACKENDS)('raw inputs on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const sample = (
    id: string,
    receivedAt: number,
    input: SampleInput,
    partial: Partial<Parameters<typeof prediction>[0]> = {},
  ) =>
    prediction({
      predictionId: id,
      timestamp: receivedAt - 1_000,
      receivedAt,
      model: 'vision',
      inputs: { image: input },
      ...partial,
    });
  const send = (project: string, samples: ReturnType<typeof sample>[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode(project, samples), project);
  const pending = (rows = 1_000, bytes = 1_000_000) => backend.store.encoding.pending({ rows, bytes });
  const ids = (inputs: readonly PendingInput[]): string[] => inputs.map(({ predictionId }) => predictionId);
  const encoded = (input: PendingInput, first = 1): EncodedRow => ({
    ...input,
    outcome: { vector: Float32Array.of(first, 2, 3), features: { brightness: 0.5 }, encoder: ENCODER },
  });
  const count = async (table: string): Promise<number> =>
    Number((await backend.raw(`SELECT count() AS rows FROM ${table}`))[0]?.['rows']);
  const parts = async (table: string): Promise<number> =>
    Number(
      (
        await backend.raw(`SELECT count() AS parts FROM system.parts WHERE table = '${table}' AND rows > 0`)
      )[0]?.['parts'],
    );
  /** Everything that waits is marked and dropped. */
  const clear = async (): Promise<void> => {
    const waiting = await pending();
    await backend.store.encoding.store(
      waiting.map((input) => ({ ...input, outcome: { refused: 'cleared' } })),
      [],
    );
    await backend.store.encoding.dropFinished(NOW + DAY);
    expect([await count('pending_inputs'), await count('encoded_inputs')]).toEqual([0, 0]);
  };

  test('an input waits with everything an encoder and a monitor need', async () => {
    const about = {
      service: 'camera-api',
      region: 'eu-1',
      environment: 'prod',
      variant: 'canary',
      deploymentId: 'd-1',
      tags: { camera: '7' },
    };
    await send('full', [sample('p-1', PAST, PIXELS, { ...about, modelVersion: '3' })]);
    await send('full', [sample('p-2', PAST + 1, text(''))]);
    const [first, second] = await pending();
    expect(first).toEqual({
      project: 'full',
      model: 'vision',
      modelVersion: '3',
      name: 'image',
      predictionId: 'p-1',
      timestamp: PAST - 1_000,
      receivedAt: PAST,
      dimensions: about,
      dataType: 'uint8',
      shape: [2, 2],
      data: PIXELS.data,
      maskedBoxes: [[0, 0.25, 0.5, 1]],
      occlusionRate: 0.25,
    });
    expect(second).toMatchObject({ predictionId: 'p-2', data: new Uint8Array(0), occlusionRate: null });
    expect(await count('prediction_inputs')).toBe(0);
    await clear();
  });

  test('the oldest arrivals come first, across projects and partitions, within rows and bytes', async () => {
    const at = (minutes: number): number => PAST + minutes * MINUTE;
    await send('b', [sample('4', at(11), text('x'.repeat(50))), sample('2', at(1), text('x'.repeat(40)))]);
    await send('a', [sample('1', at(0), text('x'.repeat(90))), sample('3', at(2), text('x'.repeat(10)))]);
    expect(ids(await pending())).toEqual(['1', '2', '3', '4']);
    expect(ids(await pending(3))).toEqual(['1', '2', '3']);
    expect(ids(await pending(1_000, 140))).toEqual(['1', '2', '3']);
    expect(ids(await pending(1_000, 130))).toEqual(['1', '2']);
    // One is handed out even when it is too large.
    expect(ids(await pending(1_000, 1))).toEqual(['1']);
    const skip = [{ project: 'b', model: 'vision', name: 'image' }];
    expect(ids(await backend.store.encoding.pending({ rows: 9, bytes: 999, skip }))).toEqual(['1', '3']);
    expect(await backend.store.encoding.backlog()).toEqual({ rows: 4, bytes: 190, oldestAt: at(0) });
    expect(await backend.store.encoding.oldestPending()).toBe(at(0) - 1_000);
    expect(await backend.store.encoding.oldestPending(skip[0])).toBe(at(1) - 1_000);
    await clear();
    expect(await backend.store.encoding.oldestPending()).toBeNull();
    expect(await backend.store.encoding.backlog()).toEqual({ rows: 0, bytes: 0, oldestAt: null });
    expect(await pending()).toEqual([]);
  });

  test('a vector comes back with the dimensions of its sample, and evaluation hears of it', async () => {
    const late = NOW - 3 * DAY;
    const samples = [
      sample('v-1', PAST, PIXELS, { region: 'eu-1', tags: { camera: '7' }, timestamp: late }),
      sample('v-2', PAST, PIXELS, { timestamp: late + 5 }),
      sample('v-3', PAST, text('not an image'), { timestamp: NOW }),
    ];
    await send('told', samples);
    const before = Date.now();
    const [one, two, three] = await pending();
    const kept: KeptInput = { ...one!, dataType: 'image/png', shape: [], data: Uint8Array.of(9) };
    await backend.store.encoding.store(
      [encoded(one!), encoded(two!), { ...three!, outcome: { refused: 'not an image' } }],
      [kept],
    );
    expect(await pending()).toEqual([]);
    expect(
      await backend.raw(
        `SELECT PredictionId AS id, Vector AS vector, Encoder AS encoder, EncoderSha256 AS sha256, Region AS region, Tags AS tags, Features AS features
         FROM embeddings WHERE Project = 'told' ORDER BY id`,
      ),
    ).toEqual([
      {
        id: 'v-1',
        vector: [1, 2, 3],
        encoder: 'image',
        sha256: 'ab',
        region: 'eu-1',
        tags: { camera: '7' },
        features: { brightness: 0.5 },
      },
      expect.objectContaining({ id: 'v-2', region: '', tags: {} }),
    ]);
    expect(
      await backend.raw(`SELECT PredictionId AS id, Outcome AS outcome FROM encoded_inputs ORDER BY id`),
    ).toEqual([
      { id: 'v-1', outcome: '' },
      { id: 'v-2', outcome: '' },
      { id: 'v-3', outcome: 'not an image' },
    ]);
    const { vectors, ingest } = backend.store;
    expect(await vectors.keptInput('told', 'vision', 'image', 'v-1')).toEqual({
      project: 'told',
      model: 'vision',
      name: 'image',
      predictionId: 'v-1',
      timestamp: late,
      receivedAt: PAST,
      dataType: 'image/png',
      shape: [],
      data: Uint8Array.of(9),
    });
    expect(await vectors.keptInput('told', 'vision', 'image', 'v-2')).toBeNull();
    expect(await ingest.touchedSince('told', ['embeddings'], before)).toEqual({ from: late, to: late + 6 });
    const [batch] = await ingest.batchesSince('told', before);
    expect(batch).toMatchObject({ table: 'embeddings', rows: 2, day: Math.floor(late / DAY) });
    await backend.store.encoding.dropFinished(NOW);
    expect(await count('pending_inputs')).toBe(0);
  });

  test('encoded again, as after a crash before the marks, a vector replaces itself', async () => {
    await send('again', [sample('a-1', PAST, PIXELS)]);
    const [input] = await pending();
    await backend.store.encoding.store([encoded(input!, 1)], [{ ...input! }]);
    await backend.store.encoding.store([encoded(input!, 7)], [{ ...input! }]);
    expect(await backend.raw(`SELECT Vector FROM embeddings FINAL WHERE Project = 'again'`)).toEqual([
      { Vector: [7, 2, 3] },
    ]);
    expect(
      await backend.raw(`SELECT count() AS rows FROM prediction_inputs FINAL WHERE Project = 'again'`),
    ).toEqual([{ rows: '1' }]);
    await clear();
  });

  test('marks are written last: without them everything is handed out again', async () => {
    await send('crash', [sample('c-1', PAST, PIXELS)]);
    const [input] = await pending();
    await backend.raw('RENAME TABLE encoded_inputs TO encoded_inputs_away');
    try {
      await expect(backend.store.encoding.store([encoded(input!)], [])).rejects.toThrow();
    } finally {
      await backend.raw('RENAME TABLE encoded_inputs_away TO encoded_inputs');
    }
    expect(await backend.raw(`SELECT count() AS rows FROM embeddings FINAL WHERE Project = 'crash'`)).toEqual(
      [{ rows: '1' }],
    );
    expect(await backend.store.ingest.batchesSince('crash', 0)).toMatchObject([
      { table: 'predictions' },
      { table: 'embeddings' },
    ]);
    expect(ids(await pending())).toEqual(['c-1']);
    await clear();
  });

  test('dropped is gone: rows, parts and files; what is not done, and what came just now, stays', async () => {
    const last = PAST + PENDING_PARTITION_MS;
    const fresh = Math.floor(NOW / PENDING_PARTITION_MS) * PENDING_PARTITION_MS;
    await send('drop', [sample('old', PAST, PIXELS), sample('stuck', last, PIXELS)]);
    await send('drop', [sample('fresh', fresh, PIXELS)]);
    const { encoding } = backend.store;
    const [old, stuck, now] = await pending();
    await encoding.store([encoded(old!), encoded(now!)], []);
    expect(await encoding.dropFinished(fresh + PENDING_PARTITION_MS + 9_000)).toBe(1);
    expect(await backend.raw('SELECT PredictionId AS id FROM pending_inputs ORDER BY ReceivedAt')).toEqual([
      { id: 'stuck' },
      { id: 'fresh' },
    ]);
    expect(await backend.raw('SELECT PredictionId AS id FROM encoded_inputs')).toEqual([{ id: 'fresh' }]);
    expect(ids(await pending())).toEqual(['stuck']);
    await encoding.store([{ ...stuck!, outcome: { refused: 'no use' } }], []);
    expect(await encoding.dropFinished(fresh + PENDING_PARTITION_MS + 10_000)).toBe(2);
    expect([await count('pending_inputs'), await count('encoded_inputs')]).toEqual([0, 0]);
    // Inactive parts would still be on the disk.
    expect([await parts('pending_inputs'), await parts('encoded_inputs')]).toEqual([0, 0]);
  });

  test('what comes late into ten minutes that were dealt with is encoded too', async () => {
    const batch = sealedBatch(
      backend.store.predictions
        .encode('late', [sample('l-1', PAST, PIXELS)])
        .filter(({ layout }) => layout === 'pending_inputs/1'),
      'late',
    );
    const { encoding, ingest } = backend.store;
    await ingest.sink.insert(batch);
    const [first] = await pending();
    await encoding.store([encoded(first!)], []);
    // In a part of its own, beside one of which all is done.
    await send('late', [sample('l-2', PAST, PIXELS)]);
    expect(await encoding.dropFinished(NOW)).toBeLessThanOrEqual(1);
    expect(ids(await pending())).toEqual(['l-2']);
    // A journal that does not know that its batch was stored sends it again: encoded again, it is still one vector.
    await clear();
    await ingest.sink.insert(batch);
    const [again] = await pending();
    await encoding.store([encoded(again!)], []);
    expect(await backend.raw(`SELECT count() AS rows FROM embeddings FINAL WHERE Project = 'late'`)).toEqual([
      { rows: '1' },
    ]);
    await clear();
  });

  test('a sample sent again with another input is encoded again', async () => {
    await send('resent', [sample('r-1', PAST, PIXELS)]);
    const [first] = await pending();
    await backend.store.encoding.store([encoded(first!, 1)], []);
    await send('resent', [sample('r-1', PAST + 5, text('new'), { timestamp: first!.timestamp })]);
    const [second] = await pending();
    expect(Buffer.from(second!.data).toString()).toBe('new');
    await backend.store.encoding.store([encoded(second!, 2)], []);
    expect(await backend.raw(`SELECT Vector FROM embeddings FINAL WHERE Project = 'resent'`)).toEqual([
      { Vector: [2, 2, 3] },
    ]);
    await clear();
  });

  test('an input that was stored twice is handed out and counted once', async () => {
    const blocks = backend.store.predictions
      .encode('twice', [sample('t-1', PAST, PIXELS), sample('t-2', PAST, PIXELS)])
      .filter(({ layout }) => layout === 'pending_inputs/1');
    await storeBlocks(backend.store, blocks, 'twice');
    await storeBlocks(backend.store, blocks, 'twice');
    expect(ids(await pending())).toEqual(['t-1', 't-2']);
    expect(await backend.store.encoding.backlog()).toMatchObject({ rows: 2, bytes: 8 });
    await clear();
  });

  test('a batch over several partitions is stored once under its token, one over more than an insert takes by itself too', async () => {
    const day = Math.floor(NOW / DAY) * DAY - DAY;
    const samples = Array.from({ length: 101 }, (_, index) =>
      sample(`m-${String(index).padStart(3, '0')}`, day + index * PENDING_PARTITION_MS, PIXELS, {
        timestamp: day,
      }),
    );
    const batchOf = (chosen: ReturnType<typeof sample>[]) =>
      sealedBatch(
        backend.store.predictions
          .encode('many', chosen)
          .filter(({ layout }) => layout === 'pending_inputs/1'),
        'many',
      );
    const { sink } = backend.store.ingest;
    const few = batchOf(samples.slice(0, 3));
    await sink.insert(few);
    await sink.insert(few);
    expect(await count('pending_inputs')).toBe(3);
    await sink.insert(batchOf(samples));
    const waiting = await pending();
    expect(ids(waiting)).toEqual(samples.map(({ predictionId }) => predictionId));
    await backend.store.encoding.store(
      waiting.map((input) => encoded(input)),
      [],
    );
    expect(await pending()).toEqual([]);
    await backend.raw('TRUNCATE TABLE pending_inputs');
    await backend.raw('TRUNCATE TABLE encoded_inputs');
  }, 60_000);

  test('vectors and inputs of the layouts before are still stored, the inputs to be encoded', async () => {
    const key = (writer: RowBinaryWriter, version: boolean): RowBinaryWriter => {
      writer.text('before');
      writer.text('vision');
      if (version) writer.text('3');
      writer.text('image');
      writer.text('b-1');
      writer.int64(BigInt(NOW));
      writer.int64(BigInt(PAST));
      return writer;
    };
    const vector = key(new RowBinaryWriter(), true);
    vector.length128(2);
    vector.float32(0.5);
    vector.float32(-1);
    vector.text('');
    vector.text('');
    const input = key(new RowBinaryWriter(), false);
    input.text('uint8');
    input.length128(1);
    input.uint32(3);
    input.bytes(Uint8Array.of(1, 2, 3));
    const blocks = [
      { layout: 'embeddings/1', bytes: vector.finish() },
      { layout: 'prediction_inputs/1', bytes: input.finish() },
    ].map((block) => ({ ...block, day: Math.floor(NOW / DAY), rows: 1, minTime: NOW, maxTime: NOW }));
    await storeBlocks(backend.store, blocks, 'before');
    expect(
      await backend.raw(`SELECT ModelVersion, Vector, Region, Tags FROM embeddings WHERE Project = 'before'`),
    ).toEqual([{ ModelVersion: '3', Vector: [0.5, -1], Region: '', Tags: {} }]);
    expect(await pending()).toMatchObject([
      { predictionId: 'b-1', modelVersion: '', data: Uint8Array.of(1, 2, 3), maskedBoxes: [], shape: [3] },
    ]);
    await clear();
  });
});

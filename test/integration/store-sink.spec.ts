import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RowBlock } from '@tidewatch/core';
import { openStore } from '@tidewatch/store';
// The store no longer writes the older layout that it must still read.
import { RowBinaryWriter } from '../../libs/store/src/row-binary.js';
import { startClickHouseHttp } from '../harness/clickhouse-http.js';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { sealByLayoutAndDay, sealedBatch, storeBlocks } from '../harness/store-blocks.js';
import { STORE_BACKENDS, STORE_DEFAULTS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const DAY = 86_400_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;

describe.each(STORE_BACKENDS)('the ingest sink on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  /** The points block of a project of its own; equal points, so that only the token can tell batches apart. */
  function pointBlock(project: string, points = 3): RowBlock {
    const samples = Array.from({ length: points }, (_, index) => ({
      series: metricSeries({ metricName: 'sink' }),
      at: NOW - index,
      value: index,
    }));
    const blocks = backend.store.metrics.encode(project, metricBatch(samples));
    return blocks.find(({ layout }) => layout.startsWith('metric_points/'))!;
  }

  const count = async (table: string, project: string): Promise<number> => {
    const [row] = await backend.raw(`SELECT count() AS rows FROM ${table} WHERE Project = '${project}'`);
    return Number(row?.['rows']);
  };

  test('a batch inserted twice under one token is stored once, as one part', async () => {
    const batch = sealedBatch([pointBlock('twice'), pointBlock('twice', 2)], 'twice');
    await backend.store.ingest.sink.insert(batch);
    await backend.store.ingest.sink.insert(batch);
    expect(await count('metric_points', 'twice')).toBe(5);
    const parts = await backend.raw(
      `SELECT uniqExact(_part) AS parts FROM metric_points WHERE Project = 'twice'`,
    );
    expect(parts).toEqual([{ parts: '1' }]);
  });

  test('the same rows under another token are the same rows after FINAL', async () => {
    const block = pointBlock('again');
    await backend.store.ingest.sink.insert(sealedBatch([block], 'again'));
    await backend.store.ingest.sink.insert(sealedBatch([block], 'again'));
    expect(await count('metric_points FINAL', 'again')).toBe(3);
  });

  test('a point that comes twice within one batch is one row after FINAL', async () => {
    const block = pointBlock('within');
    await backend.store.ingest.sink.insert(sealedBatch([block, block], 'within'));
    expect(await count('metric_points FINAL', 'within')).toBe(3);
  });

  test.each([
    ['one', 1],
    ['300, more than one byte counts', 300],
    ['66,000, more than two bytes count', 66_000],
  ])(
    'points over midnight in several blocks, of as many metrics as %s, come back whole',
    async (_what, metrics) => {
      const project = `names-${metrics}`;
      const midnight = Math.floor(NOW / DAY) * DAY;
      const series = Array.from({ length: metrics }, (_, index) =>
        metricSeries({ metricName: `metric ${index} ø` }),
      );
      const samples = Array.from({ length: 140_000 }, (_, index) => ({
        series: series[index % metrics]!,
        at: midnight - 70_000 + index,
        ...(index % 3 === 0 ? { integer: BigInt(index) } : { value: index / 8 }),
        ...(index % 2 === 0 ? { start: midnight - index } : {}),
        flags: index % 5 === 0 ? 1 : 0,
      }));
      const blocks = backend.store.metrics
        .encode(project, metricBatch(samples))
        .filter(({ layout }) => layout.startsWith('metric_points/'));
      expect(blocks.map(({ rows, minTime }) => [rows, minTime < midnight])).toEqual([
        [65_536, true],
        [4_464, true],
        [65_536, false],
        [4_464, false],
      ]);
      for (const batch of sealByLayoutAndDay(blocks.map((block) => ({ project, block })))) {
        await backend.store.ingest.sink.insert(batch);
      }
      // The index of the sample is in its time; everything else follows from it.
      const [row] = await backend.raw(
        `WITH toUnixTimestamp64Milli(TimeUnix) - ${midnight - 70_000} AS i
         SELECT count() AS rows, countIf(
           Value = if(i % 3 = 0, i, i / 8) AND ValueInt = if(i % 3 = 0, i, 0) AND ValueKind = if(i % 3 = 0, 'int', 'double')
           AND toUnixTimestamp64Milli(StartTimeUnix) = if(i % 2 = 0, ${midnight} - i, 0) AND Flags = if(i % 5 = 0, 1, 0)
           AND MetricName = concat('metric ', toString(i % ${metrics}), ' ø')) AS right, uniqExact(SeriesHash) AS hashes
         FROM metric_points WHERE Project = '${project}'`,
      );
      expect(row).toEqual({ rows: '140000', right: '140000', hashes: String(metrics) });
    },
    60_000,
  );

  test('blocks of the layout before, rows instead of columns, are still stored', async () => {
    const rows = new RowBinaryWriter();
    rows.text('before');
    rows.text('sink');
    rows.uint64(7n);
    rows.int64(BigInt(NOW) * 1_000_000n);
    rows.int64(0n);
    rows.float64(0);
    rows.int64(5n);
    rows.uint8(1);
    rows.uint32(0);
    const day = Math.floor(NOW / DAY);
    const block = {
      layout: 'metric_points/1',
      day,
      rows: 1,
      minTime: NOW,
      maxTime: NOW,
      bytes: rows.finish(),
    };
    await storeBlocks(backend.store, [block], 'before');
    expect(
      await backend.raw(
        `SELECT SeriesHash AS hash, Value AS value FROM metric_points WHERE Project = 'before'`,
      ),
    ).toEqual([{ hash: '7', value: 5 }]);
    expect(await backend.store.ingest.status('before')).toMatchObject({ pointsStored: 1, lastPointAt: NOW });
  });

  test('an announcement repeated is one row per batch and project', async () => {
    const batches = [sealedBatch([pointBlock('told')], 'told'), sealedBatch([pointBlock('told', 2)], 'told')];
    await backend.store.ingest.sink.announce(batches);
    await backend.store.ingest.sink.announce(batches);
    const rows = await backend.store.ingest.batchesSince('told', 0);
    expect(rows.map(({ token, rows: stored }) => [token, stored]).sort()).toEqual(
      batches.map(({ token, rows: stored }) => [token, stored]).sort(),
    );
  });

  test('an announcement of the day before is not repeated by a sink that does not remember it', async () => {
    const batch = sealedBatch([pointBlock('yesterday')], 'yesterday');
    await backend.raw(
      `INSERT INTO ingest_batches SELECT 'yesterday', 'test', '${batch.token}', 'metric_points', toDate(now()), now64(3), now64(3), 3, now64(3) - INTERVAL 1 DAY`,
    );
    await openAgain(backend);
    await backend.store.ingest.sink.announce([batch]);
    expect(await count('ingest_batches', 'yesterday')).toBe(1);
  }, 60_000);

  test('a token is remembered when the store is opened again', async () => {
    const batch = sealedBatch([pointBlock('reopened')], 'reopened');
    await backend.store.ingest.sink.insert(batch);
    await openAgain(backend);
    await backend.store.ingest.sink.insert(batch);
    expect(await count('metric_points', 'reopened')).toBe(3);
  }, 60_000);

  test.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 9), 'store.block'],
    ['of zeros', (bytes: Uint8Array) => new Uint8Array(bytes.length), 'store.block'],
    ['of fewer rows than announced', (bytes: Uint8Array) => bytes.slice(0, 0), 'store.block'],
  ])('a block of points %s is refused for good', async (_what, damage, code) => {
    const block = pointBlock('poison');
    const batch = sealedBatch([{ ...block, bytes: damage(block.bytes) }], 'poison');
    await expect(backend.store.ingest.sink.insert(batch)).rejects.toMatchObject({ code, retryable: false });
  });

  test('rows that the engine cannot read are refused for good, and the next batch is stored', async () => {
    const [block] = backend.store.metrics.encode(
      'rows',
      metricBatch([{ series: metricSeries(), at: NOW, value: 1 }]),
    );
    const cut = { ...block!, bytes: block!.bytes.subarray(0, 11) };
    await expect(backend.store.ingest.sink.insert(sealedBatch([cut], 'rows'))).rejects.toMatchObject({
      code: 'store.query',
      retryable: false,
    });
    await backend.store.ingest.sink.insert(sealedBatch([block!], 'rows'));
    expect(await count('metric_series', 'rows')).toBe(1);
  });

  test('a layout of a newer version is refused and says so', async () => {
    const batch = sealedBatch([{ ...pointBlock('newer'), layout: 'metric_points/99' }], 'newer');
    await expect(backend.store.ingest.sink.insert(batch)).rejects.toMatchObject({
      code: 'store.layout',
      retryable: false,
    });
  });

  test('a table that is gone is to be waited for', async () => {
    const block = pointBlock('gone');
    await backend.raw('RENAME TABLE metric_points TO metric_points_away');
    try {
      await expect(backend.store.ingest.sink.insert(sealedBatch([block], 'gone'))).rejects.toMatchObject({
        retryable: true,
      });
    } finally {
      await backend.raw('RENAME TABLE metric_points_away TO metric_points');
    }
  });

  test('heartbeats: the watermark is the earliest of what living processes hold', async () => {
    const { ingest } = backend.store;
    expect(await ingest.watermark(NOW)).toBeNull();
    await ingest.beat('gone', NOW - 300_000, NOW - 31_000);
    expect(await ingest.watermark(NOW)).toBeNull();
    await ingest.beat('a', null, NOW - 2000);
    expect(await ingest.watermark(NOW)).toBe(NOW - 2000);
    await ingest.beat('b', NOW - 60_000, NOW - 1000);
    expect(await ingest.watermark(NOW)).toBe(NOW - 60_000);
    await ingest.beat('b', NOW + 60_000, NOW - 500);
    await ingest.beat('a', null, NOW - 100);
    expect(await ingest.watermark(NOW)).toBe(NOW - 500);
  });
});

/** The same data in a store that remembers nothing. */
async function openAgain(backend: OpenBackend): Promise<void> {
  await backend.store.close();
  backend.store = await openStore(backend.options);
}

test('a server that is gone and a store that is closed: the batch is to be kept', async () => {
  const server = await startClickHouseHttp();
  try {
    const store = await openStore({ ...STORE_DEFAULTS, mode: { kind: 'server', url: server.url } });
    const [block] = store.metrics.encode('p', metricBatch([{ series: metricSeries(), at: NOW, value: 1 }]));
    await server.stop();
    await expect(store.ingest.sink.insert(sealedBatch([block!]))).rejects.toMatchObject({
      code: 'store.unreachable',
      retryable: true,
    });
    await store.close();
    await expect(store.ingest.sink.insert(sealedBatch([block!]))).rejects.toMatchObject({
      code: 'store.closed',
      retryable: true,
    });
  } finally {
    await server.stop();
  }
}, 60_000);

test('a server that is overloaded: the batch is to be kept, and is stored afterwards', async () => {
  const server = await startClickHouseHttp();
  try {
    const store = await openStore({ ...STORE_DEFAULTS, mode: { kind: 'server', url: server.url } });
    const [block] = store.metrics.encode('p', metricBatch([{ series: metricSeries(), at: NOW, value: 1 }]));
    const batch = sealedBatch([block!]);
    server.refuse(true);
    await expect(store.ingest.sink.insert(batch)).rejects.toMatchObject({
      code: 'store.busy',
      retryable: true,
    });
    server.refuse(false);
    await store.ingest.sink.insert(batch);
    await store.close();
  } finally {
    await server.stop();
  }
}, 60_000);

import { describe, expect, test } from '@jest/globals';
import { AppError } from '@tidewatch/core';
import type { IngestRecord, Journal, SeenRequest, Signal } from '@tidewatch/journal';
import type { MetricBatch } from '@tidewatch/otlp';
import { IngestPipeline, type IngestPipelineOptions } from './ingest-pipeline.js';
import { SeriesCaches } from './series-caches.js';

const NOW = Date.UTC(2026, 10, 24, 12);

/** A journal in memory that does as it is told. */
function fakeJournal() {
  const known = new Map<string, SeenRequest>();
  const records: IngestRecord[] = [];
  const counted: [what: string, signal: Signal, items: number][] = [];
  const state = { failure: null as AppError | null, durable: Promise.resolve() };
  const journal = {
    lookup: (id: Uint8Array) => known.get(Buffer.from(id).toString('hex')) ?? null,
    append: async (record: IngestRecord) => {
      if (state.failure !== null) {
        throw state.failure;
      }
      records.push(record);
      const { items, rejected } = record;
      known.set(Buffer.from(record.id).toString('hex'), { items, rejected, durable: state.durable });
      await state.durable;
    },
    countRejected: (signal: Signal, items: number) => counted.push(['rejected', signal, items]),
    countDuplicate: (signal: Signal, items: number) => counted.push(['duplicate', signal, items]),
  } as unknown as Journal;
  return { journal, records, counted, state };
}

function open() {
  const fake = fakeJournal();
  const clock = { now: NOW };
  const series = { encoded: [] as MetricBatch[], forgotten: 0 };
  const block = { layout: 'test/1', day: 0, rows: 1, minTime: 0, maxTime: 0, bytes: new Uint8Array(100) };
  const store = {
    metrics: {
      encode: (_project: string, batch: MetricBatch) => {
        series.encoded.push(batch);
        return [block];
      },
      forgetSeries: () => (series.forgotten += 1),
    },
    traces: { encode: () => [block] },
    logs: { encode: () => [block] },
  } as unknown as IngestPipelineOptions['store'];
  const limits = { perMetric: 1_000, perProject: 1_000 };
  const pipeline = new IngestPipeline({
    journal: fake.journal,
    store,
    seriesCaches: new SeriesCaches({ maxBytes: 10_000_000, projects: 1, limits }),
    retentionDays: 30,
    now: () => clock.now,
  });
  return { pipeline, clock, series, ...fake };
}

/** Gauge points of one series at these times, milliseconds from now. */
const gauge = (...offsets: number[]) =>
  Buffer.from(
    JSON.stringify({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'queue.length',
                  gauge: {
                    dataPoints: offsets.map((offset) => ({
                      timeUnixNano: `${NOW + offset}000000`,
                      asInt: '1',
                    })),
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  );

const request = (body: Buffer, project = 'shop') =>
  ({ signal: 'metrics', encoding: 'json', project, body }) as const;

const FULL = new AppError({ code: 'journal.full', message: 'The journal is full.', retryable: true });
const TOO_OLD = -40 * 86_400_000;

describe('a request', () => {
  test('becomes one record with what was accepted and what was refused', async () => {
    const { pipeline, records, counted } = open();
    const partial = await pipeline.ingestOtlp(request(gauge(0, -1_000, TOO_OLD)));
    expect(partial).toMatchObject({ rejected: 1 });
    expect(records).toMatchObject([{ project: 'shop', signal: 'metrics', items: 2, rejected: 1 }]);
    expect(counted).toEqual([['rejected', 'metrics', 1]]);
  });

  test('of which nothing is accepted writes no record', async () => {
    const { pipeline, records, counted, series } = open();
    expect(await pipeline.ingestOtlp(request(gauge(TOO_OLD)))).toMatchObject({ rejected: 1 });
    expect([records.length, series.encoded.length]).toEqual([0, 0]);
    expect(counted).toEqual([['rejected', 'metrics', 1]]);
  });

  test('holds as much memory as its rows while it waits for the disk', async () => {
    const { pipeline, state } = open();
    const sizes: number[] = [];
    const reservation = {
      bytes: 0,
      grow: () => true,
      extend: async () => undefined,
      resize: (bytes: number) => void sizes.push(bytes),
      release: () => undefined,
    };
    state.durable = Promise.resolve();
    await pipeline.ingestOtlp({ ...request(gauge(0)), reservation });
    expect(sizes).toEqual([100]);
  });
});

describe('the same request again', () => {
  test('is answered as the first one, counted as a duplicate, and not written', async () => {
    const { pipeline, records, counted } = open();
    const body = gauge(0, TOO_OLD);
    await pipeline.ingestOtlp(request(body));
    expect(await pipeline.ingestOtlp(request(body))).toMatchObject({
      rejected: 1,
      message: expect.stringMatching(/received before/),
    });
    expect(records).toHaveLength(1);
    expect(counted).toEqual([
      ['rejected', 'metrics', 1],
      ['duplicate', 'metrics', 2],
    ]);
  });

  test('of another project is another request', async () => {
    const { pipeline, records } = open();
    await pipeline.ingestOtlp(request(gauge(0), 'shop'));
    await pipeline.ingestOtlp(request(gauge(0), 'bank'));
    expect(records.map(({ project }) => project)).toEqual(['shop', 'bank']);
  });

  test('waits until the first one is on disk', async () => {
    const { pipeline, state } = open();
    let onDisk = (): void => undefined;
    state.durable = new Promise((resolve) => (onDisk = resolve));
    const order: string[] = [];
    const first = pipeline.ingestOtlp(request(gauge(0))).then(() => order.push('first'));
    const second = pipeline.ingestOtlp(request(gauge(0))).then(() => order.push('second'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    onDisk();
    await Promise.all([first, second]);
    expect(order.sort()).toEqual(['first', 'second']);
  });

  test('fails as the first one when that never reached the disk', async () => {
    const { pipeline, state, counted } = open();
    state.durable = Promise.reject(FULL);
    const answers = await Promise.allSettled([
      pipeline.ingestOtlp(request(gauge(0))),
      pipeline.ingestOtlp(request(gauge(0))),
    ]);
    expect(answers).toMatchObject([
      { status: 'rejected', reason: FULL },
      { status: 'rejected', reason: FULL },
    ]);
    expect(counted).toEqual([]);
  });
});

describe('after a failed write', () => {
  test('series are written again: their rows were in the lost record', async () => {
    const { pipeline, state, series } = open();
    await pipeline.ingestOtlp(request(gauge(0)));
    await pipeline.ingestOtlp(request(gauge(-1)));
    state.failure = new AppError({ code: 'journal.io', message: 'x', retryable: true });
    await expect(pipeline.ingestOtlp(request(gauge(-2)))).rejects.toMatchObject({ code: 'journal.io' });
    state.failure = null;
    await pipeline.ingestOtlp(request(gauge(-3)));
    const [first, second, , fourth] = series.encoded.map((batch) => batch.series[0]);
    expect(series.forgotten).toBe(1);
    expect(second).toBe(first);
    expect(fourth).not.toBe(first);
    expect(fourth?.hash).toBe(first?.hash);
  });

  test('a full journal is not asked again with every request, but what it has is still known', async () => {
    const { pipeline, state, series, clock, records } = open();
    await pipeline.ingestOtlp(request(gauge(0)));
    state.failure = FULL;
    await expect(pipeline.ingestOtlp(request(gauge(-1)))).rejects.toBe(FULL);
    const decodedBefore = series.encoded.length;
    await expect(pipeline.ingestOtlp(request(gauge(-2)))).rejects.toBe(FULL);
    expect(series.encoded.length).toBe(decodedBefore);
    expect(await pipeline.ingestOtlp(request(gauge(0)))).toBeNull();
    state.failure = null;
    clock.now += 1_000;
    await pipeline.ingestOtlp(request(gauge(-2)));
    expect(records).toHaveLength(2);
  });
});

test.each<['metrics' | 'traces' | 'logs', () => unknown]>([
  [
    'metrics',
    () => JSON.parse(gauge(...Array.from({ length: 40_000 }, (_, index) => -index)).toString()) as unknown,
  ],
  [
    'traces',
    () => {
      const time = `${NOW}000000`;
      const span = {
        traceId: 'a1'.repeat(16),
        name: 'infer',
        startTimeUnixNano: time,
        endTimeUnixNano: time,
      };
      const spans = Array.from({ length: 40_000 }, (_, index) => ({
        ...span,
        spanId: (index + 1).toString(16).padStart(16, '0'),
      }));
      return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
    },
  ],
  [
    'logs',
    () => {
      const logRecords = Array.from({ length: 40_000 }, (_, index) => ({
        body: { stringValue: `line ${index}` },
      }));
      return { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
    },
  ],
])('a large body of %s lets others have their turn while it is decoded', async (signal, make) => {
  const { pipeline, records } = open();
  const body = Buffer.from(JSON.stringify(make()));
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) {
      setImmediate(count);
    }
  };
  setImmediate(count);
  await pipeline.ingestOtlp({ signal, encoding: 'json', project: 'shop', body });
  isDone = true;
  expect(records).toMatchObject([{ signal, items: 40_000 }]);
  expect(turns).toBeGreaterThan(1);
});

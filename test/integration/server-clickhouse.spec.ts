import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClickHouseHttp, type ClickHouseHttp } from '../harness/clickhouse-http.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const MEBIBYTE = 1_048_576;

let clickhouse: ClickHouseHttp;
let server: TestServer;

beforeAll(async () => {
  clickhouse = await startClickHouseHttp();
  server = await startTestServer({
    environment: { CLICKHOUSE_URL: clickhouse.url, TIDEWATCH_JOURNAL_MAX_BYTES: String(2 * MEBIBYTE) },
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await clickhouse.stop();
  removeFolders();
}, 60_000);

let sent = 0;

function predict(): Promise<Response> {
  sent += 1;
  const rows = [{ prediction_id: `p-${sent}`, model: 'ranker', features: { age: 31 } }];
  return post(`${server.api}/v1/predictions`, rows);
}

/** One log record of about 50 kB. */
function sendLog(): Promise<Response> {
  // Random, so that nothing can be compressed away.
  const noise = Array.from({ length: 5_000 }, () => Math.random().toString(36).slice(2, 12)).join('');
  const logRecords = [{ timeUnixNano: `${Date.now()}000000`, body: { stringValue: noise } }];
  return post(`${server.otlp}/v1/logs`, { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
}

function sendMetrics(value: number): Promise<Response> {
  const dataPoints = [{ timeUnixNano: `${Date.now()}000000`, asInt: String(value) }];
  const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints };
  const metrics = [{ name: 'inference.requests', sum }];
  return post(`${server.otlp}/v1/metrics`, { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body), headers: JSON_TYPE });
}

interface Status {
  store: { kind: string };
  ingest: {
    pointsStored: number | null;
    predictionsStored: number | null;
    logsStored: number | null;
    process: {
      signals: Record<string, { received: number; stored: number; pending: number }>;
      journal: { bytes: number; maxBytes: number; sinkFailingSince: number | null };
    };
  };
}

async function status(): Promise<Status> {
  return (await (await fetch(`${server.api}/api/v1/status`)).json()) as Status;
}

describe('with a ClickHouse server', () => {
  test('data is stored there', async () => {
    expect((await sendMetrics(1)).status).toBe(200);
    expect(await (await predict()).json()).toEqual({ accepted: 1, rejected: [] });
    await server.stored();
    expect(await status()).toMatchObject({
      store: { kind: 'server' },
      ingest: { pointsStored: 1, predictionsStored: 1 },
    });
  });

  test('while it is away data is taken all the same, and the status shows where it waits', async () => {
    clickhouse.refuse(true);
    const answers = await Promise.all([sendMetrics(2), predict()]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    const { ingest } = await eventually('the failure to be known', async () => {
      const seen = await status();
      return seen.ingest.process.journal.sinkFailingSince !== null && seen;
    });
    // What is stored cannot be asked for; what waits can.
    expect(ingest.pointsStored).toBeNull();
    expect(ingest.process.signals['metrics']).toMatchObject({ received: 2, stored: 1, pending: 1 });
    const ready = await fetch(`${server.api}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      details: { store: { status: 'down' }, journal: { status: 'up' } },
    });
    expect((await fetch(`${server.api}/health/live`)).status).toBe(200);
  }, 60_000);

  test('once the journal is full senders are told to come back, and health says so', async () => {
    let refused = await sendLog();
    while (refused.status === 200) {
      refused = await sendLog();
    }
    // 500 would make an OpenTelemetry client drop its data.
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(3);
    expect(await refused.json()).toMatchObject({
      code: 14,
      message: expect.stringMatching(/journal/i),
      details: [{ '@type': expect.stringMatching(/RetryInfo/) }],
    });
    const { journal } = (await status()).ingest.process;
    expect(journal.bytes).toBeLessThanOrEqual(journal.maxBytes);
    expect(journal.bytes).toBeGreaterThan(journal.maxBytes * 0.9);
    const ready = await fetch(`${server.api}/health/ready`);
    expect(await ready.json()).toMatchObject({ details: { journal: { status: 'down' } } });
  }, 60_000);

  test('when it is back everything that was taken is stored, and new data is taken', async () => {
    clickhouse.refuse(false);
    await server.stored();
    const { ingest } = await status();
    const { metrics, predictions, logs } = ingest.process.signals;
    expect([metrics?.pending, predictions?.pending, logs?.pending]).toEqual([0, 0, 0]);
    expect(ingest.pointsStored).toBe(metrics?.received);
    expect(ingest.predictionsStored).toBe(predictions?.received);
    expect(ingest.logsStored).toBe(logs?.received);
    expect(logs?.received).toBeGreaterThan(20);
    expect(ingest.process.journal.sinkFailingSince).toBeNull();
    expect((await sendMetrics(4)).status).toBe(200);
    await eventually(
      'a ready server',
      async () => (await fetch(`${server.api}/health/ready`)).status === 200,
    );
  }, 60_000);

  test('a slow one changes nothing for senders', async () => {
    clickhouse.delay(2_000);
    const before = performance.now();
    expect((await sendMetrics(5)).status).toBe(200);
    expect(performance.now() - before).toBeLessThan(1_500);
    clickhouse.delay(0);
    await server.stored();
    const { ingest } = await status();
    expect(ingest.pointsStored).toBe(ingest.process.signals['metrics']?.received);
  }, 60_000);
});

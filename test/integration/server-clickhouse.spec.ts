import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClickHouseHttp, type ClickHouseHttp } from '../harness/clickhouse-http.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

let clickhouse: ClickHouseHttp;
let server: TestServer;

beforeAll(async () => {
  clickhouse = await startClickHouseHttp();
  server = await startTestServer({ environment: { CLICKHOUSE_URL: clickhouse.url } });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await clickhouse.stop();
  removeFolders();
});

const sample = (id: string) =>
  JSON.stringify([{ prediction_id: id, model: 'ranker', features: { age: 31 } }]);

function predict(id: string): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`${server.api}/v1/predictions`, { method: 'POST', body: sample(id), headers });
}

function sendMetrics(): Promise<Response> {
  const dataPoints = [{ timeUnixNano: `${Date.now()}000000`, asInt: '1' }];
  const metrics = [
    { name: 'inference.requests', sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints } },
  ];
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  return fetch(`${server.otlp}/v1/metrics`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json' },
  });
}

describe('with a ClickHouse server', () => {
  test('data is stored there', async () => {
    expect((await sendMetrics()).status).toBe(200);
    expect(await (await predict('p-1')).json()).toEqual({ accepted: 1, rejected: [] });
    const status = (await (await fetch(`${server.api}/api/v1/status`)).json()) as Record<string, unknown>;
    expect(status).toMatchObject({ store: { kind: 'server' }, ingest: { lastPointAt: expect.any(Number) } });
  });

  test('while it is away senders are told to come back, and health says what is down', async () => {
    clickhouse.refuse(true);
    const metrics = await eventually('a refusal', async () => {
      const response = await sendMetrics();
      return response.status !== 200 && response;
    });
    const predictions = await predict('p-2');
    // 500 would make an OpenTelemetry client drop its data.
    expect([metrics.status, predictions.status]).toEqual([503, 503]);
    expect(Number(metrics.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(predictions.headers.get('retry-after'))).toBeLessThanOrEqual(3);
    expect(await predictions.json()).toMatchObject({ status: 503, code: expect.stringMatching(/^store\./) });
    const ready = await fetch(`${server.api}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ details: { store: { status: 'down' } } });
  }, 60_000);

  test('when it is back the same data is taken, and what was stored before is still there', async () => {
    clickhouse.refuse(false);
    await eventually('a stored sample', async () => (await predict('p-2')).status === 200);
    await eventually(
      'a ready server',
      async () => (await fetch(`${server.api}/health/ready`)).status === 200,
    );
    const { ingest } = (await (await fetch(`${server.api}/api/v1/status`)).json()) as {
      ingest: { lastPointAt: number | null };
    };
    expect(ingest.lastPointAt).not.toBeNull();
  }, 60_000);
});

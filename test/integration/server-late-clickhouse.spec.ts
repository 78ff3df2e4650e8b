import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startClickHouseHttp, type ClickHouseHttp } from '../harness/clickhouse-http.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

let clickhouse: ClickHouseHttp;
let server: TestServer;

beforeAll(async () => {
  clickhouse = await startClickHouseHttp();
  clickhouse.refuse(true);
  server = await startTestServer({ environment: { CLICKHOUSE_URL: clickhouse.url } });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await clickhouse.stop();
  removeFolders();
}, 60_000);

function send(id: string): Promise<Response> {
  return fetch(`${server.api}/v1/predictions`, {
    method: 'POST',
    body: JSON.stringify([{ prediction_id: id, model: 'ranker', features: { age: 31 } }]),
    headers: { 'Content-Type': 'application/json' },
  });
}

async function status() {
  return (await (await fetch(`${server.api}/api/v1/status`)).json()) as {
    ingest: { predictionsStored: number | null; process: { journal: { bytes: number } } };
    evaluation: { lastAt: number | null };
  };
}

describe('a server whose ClickHouse is not there yet', () => {
  test('starts, lives, and takes data into its journal', async () => {
    expect((await fetch(`${server.api}/health/live`)).status).toBe(200);
    expect((await fetch(`${server.api}/health/ready`)).status).toBe(503);
    const answer = await send('p-1');
    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 1, rejected: [] }]);
    expect((await status()).ingest).toMatchObject({
      predictionsStored: null,
      process: { journal: { bytes: expect.any(Number) }, signals: { predictions: { pending: 1 } } },
    });
    expect((await status()).evaluation.lastAt).toBeNull();
  });

  test('makes its tables, stores what waited and begins to judge once it is there', async () => {
    clickhouse.refuse(false);
    await server.stored();
    expect((await status()).ingest.predictionsStored).toBe(1);
    expect((await send('p-2')).status).toBe(200);
    await eventually('an evaluation', async () => (await status()).evaluation.lastAt !== null);
    await eventually(
      'a ready server',
      async () => (await fetch(`${server.api}/health/ready`)).status === 200,
    );
  }, 60_000);
});

test('without the ingest role there is nothing to do without ClickHouse: the start fails', async () => {
  await expect(
    startTestServer({
      environment: { CLICKHOUSE_URL: 'http://127.0.0.1:9', TIDEWATCH_ROLES: 'query' },
    }),
  ).rejects.toMatchObject({ code: 'store.unreachable' });
});

test('a wrong password is not waited for', async () => {
  const locked = await startClickHouseHttp({ user: 'default', password: 'right' });
  try {
    const environment = { CLICKHOUSE_URL: locked.url.replace('right', 'wrong') };
    await expect(startTestServer({ environment })).rejects.toMatchObject({ code: 'store.auth' });
  } finally {
    await locked.stop();
  }
});

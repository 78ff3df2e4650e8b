import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  eventually,
  removeFolders,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from '../harness/test-server.js';

const SHOP_KEY = 's'.repeat(40);
const BANK_KEY = 'b'.repeat(40);
let server: TestServer;

const MONITOR = `
apiVersion: tidewatch.dev/v1
kind: DriftMonitor
metadata: {name: shop-inputs, labels: {project: shop}}
spec: {model: ranker, features: [age], baseline: {kind: fixed, name: training}, window: 10m, every: 1s, bucket: 1s}
`;

beforeAll(async () => {
  const file = join(temporaryFolder('keys'), 'keys');
  writeFileSync(file, `ranker shop ${SHOP_KEY}\nscorer bank ${BANK_KEY}\n`);
  server = await startTestServer({
    environment: { TIDEWATCH_API_KEYS_FILE: file },
    rules: { 'drift.yaml': MONITOR },
  });
});
afterAll(async () => {
  await server.stop();
  removeFolders();
});

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const sample = JSON.stringify([{ model: 'ranker', features: { age: 31 } }]);

describe('with keys configured', () => {
  test.each([
    ['no key', {}],
    ['an unknown key', bearer('x'.repeat(40))],
    ['another scheme', { Authorization: `Digest ${SHOP_KEY}` }],
  ])('%s is refused on every way in', async (_what, headers) => {
    const json = { ...headers, 'Content-Type': 'application/json' };
    const answers = await Promise.all([
      fetch(`${server.otlp}/v1/metrics`, { method: 'POST', body: '{}', headers: json }),
      fetch(`${server.api}/v1/predictions`, { method: 'POST', body: sample, headers: json }),
      fetch(`${server.api}/v1/baselines/ranker/training`, { method: 'PUT', body: '[]', headers: json }),
      fetch(`${server.api}/api/v1/status`, { headers }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401]);
  });

  test('a known key is let in', async () => {
    const json = { ...bearer(SHOP_KEY), 'Content-Type': 'application/json' };
    expect(
      (await fetch(`${server.otlp}/v1/metrics`, { method: 'POST', body: '{}', headers: json })).status,
    ).toBe(200);
    const response = await fetch(`${server.api}/v1/predictions`, {
      method: 'POST',
      body: sample,
      headers: json,
    });
    expect(await response.json()).toMatchObject({ accepted: 1 });
    expect((await fetch(`${server.api}/api/v1/status`, { headers: bearer(SHOP_KEY) })).status).toBe(200);
  });

  test("a key sees its own project's data only", async () => {
    const lastPrediction = async (key: string) => {
      const response = await fetch(`${server.api}/api/v1/status`, { headers: bearer(key) });
      return ((await response.json()) as { ingest: { lastPredictionAt: number | null } }).ingest
        .lastPredictionAt;
    };
    await server.stored();
    expect(await lastPrediction(SHOP_KEY)).not.toBeNull();
    expect(await lastPrediction(BANK_KEY)).toBeNull();
  });

  test("a rule judges its own project's data, and only that project sees it", async () => {
    const monitors = async (key: string) => {
      const response = await fetch(`${server.api}/api/v1/monitors`, { headers: bearer(key) });
      return ((await response.json()) as { items: { name: string; verdicts: { n: number }[] }[] }).items;
    };
    const baseline = (key: string) =>
      fetch(`${server.api}/v1/baselines/ranker/training`, {
        method: 'PUT',
        body: '{"age":30}',
        headers: { ...bearer(key), 'Content-Type': 'application/x-ndjson' },
      });
    expect((await baseline(SHOP_KEY)).status).toBe(200);
    const judged = await eventually('a verdict on the sample', async () => {
      const [monitor] = await monitors(SHOP_KEY);
      return monitor?.verdicts.some(({ n }) => n === 1) === true && monitor;
    });
    expect(judged.name).toBe('shop-inputs');
    expect(await monitors(BANK_KEY)).toEqual([]);
  });

  test('the console and health need none: they hold no data', async () => {
    expect((await fetch(`${server.api}/`)).status).not.toBe(401);
    expect((await fetch(`${server.api}/health/live`)).status).toBe(200);
  });
});

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ environment: { TIDEWATCH_MAX_BODY_BYTES: '100000' } });
});
afterAll(async () => {
  await server.stop();
  removeFolders();
});

const now = () => `${Date.now()}000000`;

function counter(points: unknown[], name = 'inference.requests'): string {
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'ranker-api' } }] },
        scopeMetrics: [
          { metrics: [{ name, sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: points } }] },
        ],
      },
    ],
  });
}

function post(
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string>,
  base = server.otlp,
): Promise<Response> {
  return fetch(`${base}${path}`, { method: 'POST', body, headers });
}

async function status(): Promise<{ ingest: Record<string, number | null> }> {
  return (await (await fetch(`${server.api}/api/v1/status`)).json()) as {
    ingest: Record<string, number | null>;
  };
}

async function signalCounts(
  signal: string,
): Promise<Record<string, number> & { received: number; duplicate: number }> {
  const view = (await (await fetch(`${server.api}/api/v1/ingest`)).json()) as {
    signals: Record<string, Record<string, number> & { received: number; duplicate: number }>;
  };
  return view.signals[signal] ?? { received: NaN, duplicate: NaN };
}

describe('metrics', () => {
  test('a stored request is answered 200 with an empty response in the encoding of the request', async () => {
    const before = (await status()).ingest['pointsStored'] ?? 0;
    const response = await post('/v1/metrics', counter([{ timeUnixNano: now(), asInt: '3' }]), {
      'Content-Type': 'application/json',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({});
    await server.stored();
    expect((await status()).ingest).toMatchObject({ pointsStored: before + 1 });
    expect((await status()).ingest['lastPointAt']).toBeGreaterThan(Date.now() - 60_000);
  });

  test('gzip is understood, on the console port too, and in any letter case of the media type', async () => {
    const body = gzipSync(counter([{ timeUnixNano: now(), asDouble: 1.5 }]));
    const headers = { 'Content-Type': 'Application/JSON; charset=utf-8', 'Content-Encoding': 'gzip' };
    expect((await post('/v1/metrics', body, headers, server.api)).status).toBe(200);
  });

  test('an empty protobuf request is valid', async () => {
    const response = await post('/v1/metrics', new Uint8Array(0), {
      'Content-Type': 'application/x-protobuf',
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  test('a point from far ahead is refused through partial_success, and its neighbour is stored', async () => {
    const future = `${Date.now() + 3_600_000}000000`;
    const body = counter([
      { timeUnixNano: now(), asInt: '1' },
      { timeUnixNano: future, asInt: '1' },
    ]);
    const answer = (await (
      await post('/v1/metrics', body, { 'Content-Type': 'application/json' })
    ).json()) as {
      partialSuccess: { rejectedDataPoints: string | number; errorMessage: string };
    };
    expect(Number(answer.partialSuccess.rejectedDataPoints)).toBe(1);
    expect(answer.partialSuccess.errorMessage).toMatch(/ahead|future/);
  });

  test('the same request again is answered the same and stored once', async () => {
    const body = counter([
      { timeUnixNano: now(), asInt: '1' },
      { timeUnixNano: `${Date.now() + 3_600_000}000000`, asInt: '1' },
    ]);
    const send = async () =>
      (await (await post('/v1/metrics', body, { 'Content-Type': 'application/json' })).json()) as {
        partialSuccess: { rejectedDataPoints: string; errorMessage: string };
      };
    const first = await send();
    await server.stored();
    const before = (await status()).ingest['pointsStored'];
    const counts = await signalCounts('metrics');
    const second = await send();
    expect(second.partialSuccess.rejectedDataPoints).toBe(first.partialSuccess.rejectedDataPoints);
    expect(second.partialSuccess.errorMessage).toMatch(/received before/);
    await server.stored();
    expect((await status()).ingest['pointsStored']).toBe(before);
    expect(await signalCounts('metrics')).toEqual({
      ...counts,
      received: counts.received + 2,
      duplicate: counts.duplicate + 2,
    });
  });
});

describe('spans and logs', () => {
  const id = (digits: number) => 'a1'.repeat(digits / 2);
  const span = {
    traceId: id(32),
    spanId: id(16),
    name: 'infer',
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
  };

  test('good ones are stored, and bad ones named', async () => {
    const at = { startTimeUnixNano: now(), endTimeUnixNano: now() };
    const spans = [
      { ...span, ...at },
      { ...span, ...at, spanId: '00' },
    ];
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    const answer = (await (
      await post('/v1/traces', body, { 'Content-Type': 'application/json' })
    ).json()) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    expect(answer.partialSuccess).toMatchObject({ rejectedSpans: '1', errorMessage: expect.any(String) });
    await server.stored();
    expect(await signalCounts('traces')).toMatchObject({ received: 2, stored: 1, rejected: 1, pending: 0 });
    expect((await status()).ingest['spansStored']).toBe(1);
  });

  test('a record without any time is taken at the time of its arrival', async () => {
    const body = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }],
    });
    const response = await post('/v1/logs', body, { 'Content-Type': 'application/json' });
    expect(await response.json()).toEqual({});
    await server.stored();
    expect((await status()).ingest['lastLogAt']).toBeGreaterThan(Date.now() - 60_000);
  });

  test('log records on the path of traces are recognised', async () => {
    const record = { timeUnixNano: now(), severityNumber: 9, body: { stringValue: 'x' } };
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
    const response = await post('/v1/traces', body, { 'Content-Type': 'application/json' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(/v1\/logs/) });
  });
});

describe('bad requests get a google.rpc.Status and cost nothing that was stored', () => {
  const json = { 'Content-Type': 'application/json' };
  test.each<[string, () => Promise<Response>, number, RegExp]>([
    ['malformed JSON', () => post('/v1/metrics', '{"resourceMetrics": [', json), 400, /JSON/],
    [
      'a gzip body that is none',
      () => post('/v1/metrics', 'plain', { ...json, 'Content-Encoding': 'gzip' }),
      400,
      /not valid gzip/,
    ],
    [
      'a truncated gzip body',
      () =>
        post('/v1/metrics', gzipSync(counter([])).subarray(0, 40), { ...json, 'Content-Encoding': 'gzip' }),
      400,
      /not valid gzip/,
    ],
    [
      'an encoding that is not spoken',
      () => post('/v1/metrics', 'x', { ...json, 'Content-Encoding': 'br' }),
      415,
      /gzip and identity/,
    ],
    [
      'a wrong content type',
      () => post('/v1/metrics', 'a,b', { 'Content-Type': 'text/csv' }),
      415,
      /text\/csv/,
    ],
    [
      'a body over the limit',
      () => post('/v1/metrics', ' '.repeat(100_001), json),
      413,
      /larger than 100000 bytes/,
    ],
    [
      'a gzip bomb',
      () => post('/v1/metrics', gzipSync(' '.repeat(50_000_000)), { ...json, 'Content-Encoding': 'gzip' }),
      413,
      /larger than 100000 bytes/,
    ],
    ['another method', () => fetch(`${server.otlp}/v1/metrics`), 405, /POST/],
  ])('%s', async (_what, send, expectedStatus, message) => {
    const before = (await status()).ingest['pointsStored'];
    const response = await send();
    expect(response.status).toBe(expectedStatus);
    expect(((await response.json()) as { message: string }).message).toMatch(message);
    expect((await status()).ingest['pointsStored']).toBe(before);
  });

  test('malformed protobuf is answered in protobuf', async () => {
    const response = await post('/v1/metrics', new Uint8Array([0x0a, 0xff, 0xff]), {
      'Content-Type': 'application/x-protobuf',
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/x-protobuf');
    // Status.code is field 1 (3 = INVALID_ARGUMENT), Status.message is field 2.
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
  });
});

describe('predictions, labels, deployments and baselines', () => {
  const json = { 'Content-Type': 'application/json' };

  test('good rows are stored and bad ones named', async () => {
    const rows = [
      {
        model: 'ranker',
        features: { age: 31, country: 'DE', income: null },
        prediction: { label: 'approve', score: 0.93 },
      },
      { features: { age: 31 } },
      { model: 'ranker' },
    ];
    const response = await post('/v1/predictions', JSON.stringify(rows), json, server.api);
    expect(response.status).toBe(200);
    const answer = (await response.json()) as {
      accepted: number;
      rejected: { index: number; field: string; reason: string }[];
    };
    expect(answer.accepted).toBe(1);
    expect(answer.rejected.map(({ index }) => index)).toEqual([1, 2]);
    expect(answer.rejected[0]).toMatchObject({ field: 'model' });
  });

  test('newline-delimited rows survive a line that is no JSON', async () => {
    const body = '{"model":"ranker","features":{"age":1}}\n{oops\n{"model":"ranker","features":{"age":2}}\n';
    const answer = await (
      await post('/v1/predictions', body, { 'Content-Type': 'application/x-ndjson' }, server.api)
    ).json();
    expect(answer).toMatchObject({ accepted: 2, rejected: [{ index: 1 }] });
  });

  test('rows that are sent again get the answer of the first time', async () => {
    const body = JSON.stringify([{ model: 'ranker', features: { age: 77 } }, { model: 'ranker' }]);
    const send = async () => (await post('/v1/predictions', body, json, server.api)).json();
    const before = await signalCounts('predictions');
    const first = await send();
    expect(first).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
    expect(await send()).toEqual(first);
    expect((await signalCounts('predictions')).duplicate).toBe(before.duplicate + 2);
  });

  test('labels and deployments are accepted', async () => {
    const label = [{ prediction_id: 'p-1', label: 'approve', source: 'review' }];
    expect(await (await post('/v1/labels', JSON.stringify(label), json, server.api)).json()).toEqual({
      accepted: 1,
      rejected: [],
    });
    const deployment = [
      {
        deployment_id: 'd-1',
        kind: 'deploy',
        service: 'ranker-api',
        model: 'ranker',
        model_version: '1.4.2',
      },
    ];
    expect(
      await (await post('/v1/deployments', JSON.stringify(deployment), json, server.api)).json(),
    ).toEqual({ accepted: 1, rejected: [] });
  });

  test('each upload of a baseline is a new version', async () => {
    const put = async () => {
      const body = '{"age": 31, "country": "DE"}\n{"age": 40, "country": "FR"}\n';
      const headers = { 'Content-Type': 'application/x-ndjson' };
      return (await (
        await fetch(`${server.api}/v1/baselines/ranker/training`, { method: 'PUT', body, headers })
      ).json()) as Record<string, number>;
    };
    const first = await put();
    const second = await put();
    expect(first).toMatchObject({ model: 'ranker', name: 'training', rows: 2, features: 2 });
    expect(second['version']).toBeGreaterThan(first['version'] ?? Infinity);
  });

  test('a baseline can be a Parquet file; what cannot be read as one is answered with the reason', async () => {
    const put = (body: Uint8Array) =>
      fetch(`${server.api}/v1/baselines/ranker/parquet`, {
        method: 'PUT',
        body,
        headers: { 'Content-Type': 'application/vnd.apache.parquet' },
      });
    const stored = await put(readFileSync('test/fixtures/parquet/samples.parquet'));
    expect(await stored.json()).toEqual({
      ...{ model: 'ranker', name: 'parquet', version: 1, rows: 1_000, features: 7 },
      ignored: ['at', 'tags'],
    });
    const profiles = await server.server.store.baselines.profiles('default', {
      ...{ model: 'ranker', name: 'parquet', version: 1 },
    });
    expect(profiles.map(({ variable }) => variable)).toContain('output:score');
    const spoilt = await put(Buffer.from('PAR1 and nothing else'));
    expect(spoilt.status).toBe(400);
    expect(await spoilt.json()).toMatchObject({ code: 'samples.malformed' });
  });

  test.each<[string, string, string, string, number, string]>([
    ['text that is no JSON', '/v1/predictions', 'hello', 'application/json', 400, 'samples.malformed'],
    [
      'a content type that is not spoken',
      '/v1/predictions',
      '<a/>',
      'text/xml',
      415,
      'request.unsupported-media-type',
    ],
    ['a path that does not exist', '/v1/predicitons', '[]', 'application/json', 404, 'http.404'],
  ])('%s is answered with problem details', async (_what, path, body, type, expectedStatus, code) => {
    const response = await post(path, body, { 'Content-Type': type }, server.api);
    expect(response.status).toBe(expectedStatus);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ status: expectedStatus, code });
  });
});

describe('the ports', () => {
  test('the OTLP port serves nothing but /v1', async () => {
    expect((await fetch(`${server.otlp}/api/v1/status`)).status).toBe(404);
    expect((await fetch(`${server.otlp}/`)).status).toBe(404);
  });

  test('health says which part is well', async () => {
    expect((await fetch(`${server.api}/health/live`)).status).toBe(200);
    const ready = await fetch(`${server.api}/health/ready`);
    expect(await ready.json()).toMatchObject({
      status: 'ok',
      details: {
        store: { status: 'up' },
        migrations: { status: 'up' },
        journal: { status: 'up' },
        disk: { status: 'up' },
        evaluation: { status: 'up' },
      },
    });
  });
});

import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const LIMIT = 1_000_000;
const PAGE = 'https://shop.example.com';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const PROTOBUF_TYPE = { 'Content-Type': 'application/x-protobuf' };

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    environment: { TIDEWATCH_MAX_BODY_BYTES: String(LIMIT), TIDEWATCH_CORS_ORIGINS: PAGE },
  });
});
afterAll(async () => {
  await server.stop();
  removeFolders();
});

const send = (path: string, init: RequestInit = {}) =>
  fetch(`${server.otlp}${path}`, { method: 'POST', body: new Uint8Array([0x0a, 0xff]), ...init });

describe('an error is a google.rpc.Status in the encoding of the request', () => {
  test.each<[string, () => Promise<Response>, number, string]>([
    ['a path nobody serves', () => send('/v1/metricz', { headers: JSON_TYPE }), 404, 'application/json'],
    [
      'profiles',
      () => send('/v1development/profiles', { headers: PROTOBUF_TYPE }),
      404,
      'application/x-protobuf',
    ],
    ['no path at all', () => send('/', { headers: PROTOBUF_TYPE }), 404, 'application/x-protobuf'],
    [
      'another method',
      () => send('/v1/logs', { method: 'PUT', headers: PROTOBUF_TYPE }),
      405,
      'application/x-protobuf',
    ],
    ['no content type', () => send('/v1/logs', { headers: {} }), 415, 'application/json'],
    [
      'an unknown content coding',
      () => send('/v1/logs', { headers: { ...PROTOBUF_TYPE, 'Content-Encoding': 'zstd' } }),
      415,
      'application/x-protobuf',
    ],
    [
      'bytes that are no protobuf',
      () => send('/v1/logs', { headers: PROTOBUF_TYPE }),
      400,
      'application/x-protobuf',
    ],
    [
      'a body over the limit whose length is known',
      () => send('/v1/logs', { headers: JSON_TYPE, body: ' '.repeat(LIMIT + 1) }),
      413,
      'application/json',
    ],
    [
      'a body over the limit whose length is not known',
      () => send('/v1/logs', { headers: PROTOBUF_TYPE, body: chunks(40, 65_536), duplex: 'half' }),
      413,
      'application/x-protobuf',
    ],
    [
      'a small body that inflates beyond the limit',
      () =>
        send('/v1/logs', {
          headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
          body: gzipSync(Buffer.alloc(LIMIT + 1, 32)),
        }),
      413,
      'application/json',
    ],
    [
      'the same in two members, neither of which is over the limit',
      () =>
        send('/v1/logs', {
          headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' },
          body: Buffer.concat([gzipSync(Buffer.alloc(LIMIT - 1, 32)), gzipSync(Buffer.alloc(LIMIT - 1, 32))]),
        }),
      413,
      'application/json',
    ],
  ])('%s', async (_what, request, status, type) => {
    const response = await request();
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
    const message = type.endsWith('json')
      ? ((await response.json()) as { message: string }).message
      : protobufMessage(new Uint8Array(await response.arrayBuffer()));
    expect(message.length).toBeGreaterThan(10);
  });

  test('what is wrong with a body is told as BadRequest details', async () => {
    const response = await send('/v1/traces', { headers: JSON_TYPE, body: '{"resourceSpans": 7}' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 3,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ description: expect.stringMatching(/resourceSpans/) }],
        },
      ],
    });
  });

  test('the same on the port of the API', async () => {
    const headers = PROTOBUF_TYPE;
    const response = await fetch(`${server.api}/v1/metricz`, { method: 'POST', body: 'x', headers });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/x-protobuf']);
  });
});

describe('gzip', () => {
  const record = (text: string) =>
    JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: text } }] }] }] });

  test.each([
    ['in one member', (text: string) => gzipSync(text)],
    [
      'in several members',
      (text: string) => Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))]),
    ],
    ['just below the limit', (text: string) => gzipSync(text + ' '.repeat(LIMIT - text.length))],
  ])('%s is taken', async (name, compress) => {
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'GZIP' };
    const response = await send('/v1/logs', { headers, body: compress(record(name)) });
    expect([response.status, await response.json()]).toEqual([200, {}]);
  });

  test('a trailer that lies about the size is found out', async () => {
    const body = gzipSync(record('liar'));
    body.writeUInt32LE(3, body.length - 4);
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };
    expect((await send('/v1/logs', { headers, body })).status).toBe(400);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    send('/v1/traces', {
      method: 'OPTIONS',
      body: null,
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    });

  test('a listed one may send, with credentials', async () => {
    const { status, headers } = await preflight(PAGE);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-allow-headers')).toMatch(
      /content-type.*content-encoding.*authorization/,
    );
    const sent = await send('/v1/traces', { headers: { ...JSON_TYPE, Origin: PAGE }, body: '{}' });
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, PAGE]);
  });

  test('another one is not let in', async () => {
    expect(
      (await preflight('https://evil.example.com')).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });
});

describe('clients that are cut off or slow', () => {
  test('a client that goes away amid its body gives its memory back', async () => {
    const { hostname, port } = new URL(server.otlp);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${LIMIT}\r\n\r\n{`,
    );
    const admission = server.server.ingest?.admission;
    await eventually('the reservation', async () => admission?.stats.bytes === LIMIT);
    socket.destroy();
    await eventually('its release', async () => admission?.stats.bytes === 0);
  });
});

function chunks(count: number, size: number): ReadableStream<Uint8Array> {
  let left = count;
  return new ReadableStream({
    pull: (controller) => {
      left -= 1;
      if (left < 0) {
        controller.close();
      } else {
        controller.enqueue(new Uint8Array(size));
      }
    },
  });
}

/** Status.message is field 2; the code before it takes two bytes. */
function protobufMessage(bytes: Uint8Array): string {
  expect([bytes[0], bytes[2]]).toEqual([0x08, 0x12]);
  return Buffer.from(bytes.subarray(4)).toString();
}

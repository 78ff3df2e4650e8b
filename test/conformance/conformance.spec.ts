import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeFolders, startTestServer, temporaryFolder, type TestServer } from '../harness/test-server.js';
import { CHECKS, runSuite } from './suite.js';

// 8 MiB keeps the requests above the limit small.
const LIMIT_BYTES = 8 * 1024 * 1024;
const ORIGIN = 'https://shop.example';
const KEY = 'conformance-key-0123456789abcdef';

afterAll(() => removeFolders());

test('the list has 28 lines, numbered 1 to 28', () => {
  expect(CHECKS.map(({ number }) => number)).toEqual(
    Array.from({ length: 28 }, (_unused, index) => index + 1),
  );
});

describe.each([
  { name: 'without keys', withKeys: false },
  { name: 'with keys and CORS', withKeys: true },
])('our receiver $name', ({ withKeys }) => {
  let server: TestServer;

  beforeAll(async () => {
    const keys = join(temporaryFolder('keys'), 'keys');
    writeFileSync(keys, `conformance default ${KEY}\n`);
    server = await startTestServer({
      environment: {
        TIDEWATCH_MAX_BODY_BYTES: String(LIMIT_BYTES),
        ...(withKeys ? { TIDEWATCH_API_KEYS_FILE: keys, TIDEWATCH_CORS_ORIGINS: ORIGIN } : {}),
      },
    });
  }, 60_000);
  afterAll(() => server.stop(), 60_000);

  test('passes all 28', async () => {
    const results = await runSuite({
      http: server.otlp,
      grpc: server.otlpGrpc,
      limitBytes: LIMIT_BYTES,
      ...(withKeys ? { key: KEY, origin: ORIGIN } : {}),
    });
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results).toHaveLength(28);
  }, 180_000);
});

describe('a receiver that says yes to everything', () => {
  let careless: Server;

  beforeAll(async () => {
    careless = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        response.setHeader('Content-Type', 'application/json');
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise<void>((resolve) => careless.close(() => resolve())));

  test('fails what asks for an error, a limit, protobuf or gRPC', async () => {
    const { port } = careless.address() as AddressInfo;
    const results = await runSuite({
      http: `http://127.0.0.1:${port}`,
      grpc: null,
      limitBytes: LIMIT_BYTES,
    });
    const failed = results.filter(({ passed }) => !passed).map(({ number }) => number);
    expect(failed).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 6, 8, 11, 12, 20, 25, 27, 28]));
    expect(results.filter(({ passed, reason }) => !passed && reason === '')).toEqual([]);
  }, 60_000);
});

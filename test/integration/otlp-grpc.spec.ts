import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  status,
  type ServiceError,
} from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bytesField, fixed64Field } from '../../libs/otlp/fixtures/wire-bytes.js';
import {
  eventually,
  removeFolders,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from '../harness/test-server.js';

const LIMIT = 1_000_000;
const KEY = 'k'.repeat(40);
const OTHER_KEY = 'o'.repeat(40);
const LOGS = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

let server: TestServer;
let plain: Client;
let gzip: Client;

beforeAll(async () => {
  const keys = join(temporaryFolder('keys'), 'keys');
  writeFileSync(keys, `ranker shop ${KEY}\nscorer bank ${OTHER_KEY}\n`);
  server = await startTestServer({
    environment: { TIDEWATCH_MAX_BODY_BYTES: String(LIMIT), TIDEWATCH_API_KEYS_FILE: keys },
  });
  const options = { 'grpc.max_send_message_length': -1 };
  plain = new Client(server.otlpGrpc, credentials.createInsecure(), options);
  gzip = new Client(server.otlpGrpc, credentials.createInsecure(), {
    ...options,
    'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
  });
});
afterAll(async () => {
  plain.close();
  gzip.close();
  await server.stop();
  removeFolders();
});

interface Outcome {
  readonly code: number;
  readonly message: string;
  readonly answer: Buffer | null;
  /** `grpc-status-details-bin`, as text: type names and sentences can be looked for. */
  readonly details: string;
}

function call(
  body: Buffer,
  { client = plain, key = KEY, path = LOGS }: { client?: Client; key?: string | null; path?: string } = {},
): Promise<Outcome> {
  const metadata = new Metadata();
  if (key !== null) {
    metadata.set('authorization', `Bearer ${key}`);
  }
  const asIs = (bytes: Buffer) => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, asIs, asIs, body, metadata, (error: ServiceError | null, answer?: Buffer) =>
      resolve({
        code: error?.code ?? status.OK,
        message: error?.details ?? '',
        answer: answer ?? null,
        details: (error?.metadata.get('grpc-status-details-bin') ?? []).join(''),
      }),
    );
  });
}

/** An ExportLogsServiceRequest with records of this text. */
function logsRequest(text: string, records = 1): Buffer {
  const record = bytesField(
    2,
    Buffer.concat([fixed64Field(1, BigInt(Date.now()) * 1_000_000n), bytesField(5, bytesField(1, text))]),
  );
  return bytesField(1, bytesField(2, Buffer.concat(Array.from({ length: records }, () => record))));
}

async function logsStored(key: string): Promise<number> {
  const headers = { Authorization: `Bearer ${key}` };
  const view = (await (await fetch(`${server.api}/api/v1/status`, { headers })).json()) as {
    ingest: { logsStored: number };
  };
  return view.ingest.logsStored;
}

describe('an export', () => {
  test('is answered with an empty response, and stored in the project of its key', async () => {
    expect(await call(logsRequest('hello'))).toMatchObject({ code: status.OK, answer: Buffer.alloc(0) });
    await server.stored();
    expect([await logsStored(KEY), await logsStored(OTHER_KEY)]).toEqual([1, 0]);
  });

  test('may be compressed', async () => {
    const before = await logsStored(KEY);
    // Large enough that it is inflated in pieces.
    expect(await call(logsRequest('compressed '.repeat(20_000), 3), { client: gzip })).toMatchObject({
      code: status.OK,
    });
    await server.stored();
    expect(await logsStored(KEY)).toBe(before + 3);
  });

  test('may be larger than what is reserved at first', async () => {
    expect(await call(logsRequest('x'.repeat(LIMIT - 200)))).toMatchObject({ code: status.OK });
  });

  test('without anything in it is fine', async () => {
    for (const signal of ['metrics.v1.Metrics', 'trace.v1.Trace', 'logs.v1.Logs']) {
      const path = `/opentelemetry.proto.collector.${signal}Service/Export`;
      expect(await call(Buffer.alloc(0), { path })).toMatchObject({ code: status.OK });
    }
  });

  test('and the same over HTTP are one request', async () => {
    const before = await logsStored(OTHER_KEY);
    const body = logsRequest('twice');
    expect(await call(body, { key: OTHER_KEY })).toMatchObject({ code: status.OK });
    const headers = { Authorization: `Bearer ${OTHER_KEY}`, 'Content-Type': 'application/x-protobuf' };
    const response = await fetch(`${server.otlp}/v1/logs`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    await server.stored();
    expect(await logsStored(OTHER_KEY)).toBe(before + 1);
  });
});

describe('what is refused', () => {
  test.each([
    ['without a key', null],
    ['with an unknown key', 'x'.repeat(40)],
  ])('%s: UNAUTHENTICATED', async (_what, key) => {
    expect(await call(logsRequest('x'), { key })).toMatchObject({
      code: status.UNAUTHENTICATED,
      message: expect.stringMatching(/key/),
    });
  });

  test('bytes that are no protobuf: INVALID_ARGUMENT with BadRequest', async () => {
    expect(await call(Buffer.from([0x0a, 0xff]))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: expect.stringMatching(/malformed/),
      details: expect.stringMatching(/google\.rpc\.BadRequest/),
    });
  });

  test.each<[string, () => Promise<Outcome>]>([
    ['a message over the limit', () => call(logsRequest('x'.repeat(LIMIT)))],
    ['one that is over it when it is inflated', () => call(logsRequest(' '.repeat(LIMIT)), { client: gzip })],
  ])('%s: RESOURCE_EXHAUSTED, not to be sent again', async (_what, send) => {
    expect(await send()).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.not.stringMatching(/RetryInfo/),
    });
  });

  test('a method that does not exist: UNIMPLEMENTED', async () => {
    const path = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
    expect(await call(Buffer.alloc(0), { path })).toMatchObject({ code: status.UNIMPLEMENTED });
  });
});

describe('without memory for one more', () => {
  test('a call waits a moment, and is told to come back: UNAVAILABLE with RetryInfo', async () => {
    const admission = server.server.ingest?.admission;
    const { capacityBytes = 0, bytes: held = 0 } = admission?.stats ?? {};
    const everything = await admission?.reserve(capacityBytes - held);
    expect(await call(logsRequest('x'))).toMatchObject({
      code: status.UNAVAILABLE,
      details: expect.stringMatching(/google\.rpc\.RetryInfo/),
    });
    const waiting = call(logsRequest('y'));
    await eventually('the call to wait', async () => admission?.stats.waiting === 1);
    everything?.release();
    expect(await waiting).toMatchObject({ code: status.OK });
    await eventually('nothing to be held', async () => admission?.stats.bytes === 0);
  });
});

describe('what a careful client would not send', () => {
  /** One message, framed by hand. */
  async function raw(message: Buffer, isCompressed: boolean): Promise<string | undefined> {
    const session = connect(`http://${server.otlpGrpc}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': LOGS,
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
      authorization: `Bearer ${KEY}`,
      te: 'trailers',
    });
    const prefix = Buffer.alloc(5);
    prefix[0] = isCompressed ? 1 : 0;
    prefix.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([prefix, message]));
    stream.resume();
    const code = await new Promise<string | undefined>((resolve) => {
      stream.on('response', (headers) => {
        if (headers['grpc-status'] !== undefined) {
          resolve(String(headers['grpc-status']));
        }
      });
      stream.on('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
      stream.on('close', () => resolve(undefined));
    });
    session.destroy();
    return code;
  }

  test('a gzip bomb is refused as too large, and costs little memory', async () => {
    const bomb = gzipSync(Buffer.alloc(400_000_000));
    expect(bomb.length).toBeLessThan(LIMIT);
    const before = process.memoryUsage().rss;
    const codes = await Promise.all(Array.from({ length: 50 }, () => raw(bomb, true)));
    expect(new Set(codes)).toEqual(new Set([String(status.RESOURCE_EXHAUSTED)]));
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  });

  test('a message that is said to be compressed and is not: INVALID_ARGUMENT', async () => {
    const broken = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(60, 7)]);
    expect(await raw(broken, true)).toBe(String(status.INVALID_ARGUMENT));
  });

  test('an uncompressed message on a stream that announces gzip is taken', async () => {
    expect(await raw(logsRequest('plain after all'), false)).toBe(String(status.OK));
  });
});

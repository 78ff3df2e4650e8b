import { status as GrpcStatus } from '@grpc/grpc-js';
import type { Check } from '../check.js';
import type { Endpoint } from '../endpoint.js';
import { require, requireCode, requireRefused, requireWhole } from '../expect.js';
import { envelope, gauge, nowNano, numberPoint, oneItem, stringAttribute } from '../payloads.js';
import { lengthDelimited } from '../wire.js';

/** A valid request of more than `bytes` bytes: one point whose attribute is long. Compresses to almost nothing. */
function oversized(bytes: number): Buffer {
  const point = numberPoint(nowNano(), 1, stringAttribute(7, 'padding', 'x'.repeat(bytes + 1_024)));
  return envelope([gauge([point])]);
}

const RETRY_INFO = 'google.rpc.RetryInfo';

const requestLimit: Check = {
  number: 6,
  title: 'The size limit holds, also after decompression: 413 / RESOURCE_EXHAUSTED',
  run: async (endpoint) => {
    const body = oversized(endpoint.options.limitBytes);
    const bomb = await endpoint.post('metrics', 'protobuf', body, { gzip: true, timeoutMs: 60_000 });
    requireRefused(bomb, [413], `gzip body of ${body.length} bytes after decompression`);
    await requirePlainRefused(endpoint, body);
    for (const [client, what] of [
      [endpoint.grpcGzip, 'gzip'],
      [endpoint.grpc, 'plain'],
    ] as const) {
      if (client !== null) {
        const answer = await client.export('metrics', body);
        requireCode(answer, [GrpcStatus.RESOURCE_EXHAUSTED], `${what} gRPC message over the limit`);
        require(!answer.details.some((type) =>
          type.endsWith(RETRY_INFO),
        ), `${what} gRPC message over the limit: RetryInfo makes clients send it again`);
      }
    }
    requireWhole(
      await endpoint.send('metrics', 'protobuf', oneItem('metrics')),
      'protobuf',
      'a request after the refused ones',
    );
  },
};

/** An endpoint may close the connection while a body that is too long is still being sent; a client sees either. */
async function requirePlainRefused(endpoint: Endpoint, body: Buffer): Promise<void> {
  try {
    const answer = await endpoint.post('metrics', 'protobuf', body, { timeoutMs: 60_000 });
    requireRefused(answer, [413], `plain body of ${body.length} bytes`);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code !== 'ECONNRESET' && code !== 'EPIPE') {
      throw error;
    }
  }
}

const RESPONSE_LIMIT = 4 * 1024 * 1024;

const responseLimit: Check = {
  number: 7,
  title: 'The answer stays below 4 MiB however much is refused',
  run: async (endpoint) => {
    const tag = 'n'.repeat(200);
    const metrics = Array.from({ length: 30_000 }, (_unused, index) =>
      gauge([numberPoint(0n, 1)], `${tag}.${index}`),
    );
    const answer = await endpoint.post('metrics', 'protobuf', envelope(metrics), { timeoutMs: 60_000 });
    require(answer.status === 200 ||
      answer.status === 400, `30,000 metrics without a time were answered with ${answer.status}`);
    require(answer.body.length <= RESPONSE_LIMIT, `the answer has ${answer.body.length} bytes`);
  },
};

/** A key that no encoder would write is still only a key. */
const longKey = (): Buffer =>
  lengthDelimited(7, lengthDelimited(1, 'k'.repeat(1_000_000)), lengthDelimited(2, lengthDelimited(1, 'v')));

const overload: Check = {
  number: 14,
  title: 'Under load: 429 or 503 with Retry-After, UNAVAILABLE with RetryInfo',
  run: async (endpoint) => {
    const size = Math.min(4_000_000, Math.floor(endpoint.options.limitBytes / 2));
    const keys = Math.max(1, Math.floor(size / 1_000_000));
    const body = envelope([
      gauge([numberPoint(nowNano(), 1, ...Array.from({ length: keys }, () => longKey()))]),
    ]);
    const answers = await Promise.all(
      Array.from({ length: 48 }, () =>
        endpoint.post('metrics', 'protobuf', body, { gzip: true, timeoutMs: 60_000 }),
      ),
    );
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      requireRefused(answer, [429, 503], 'one of 48 large requests at once');
      require(answer.headers['retry-after'] !==
        undefined, `a ${answer.status} came without Retry-After: clients then guess`);
    }
    const { grpcGzip } = endpoint;
    if (grpcGzip === null) {
      return;
    }
    const calls = await Promise.all(Array.from({ length: 48 }, () => grpcGzip.export('metrics', body)));
    for (const answer of calls.filter(({ code }) => code !== GrpcStatus.OK)) {
      requireCode(
        answer,
        [GrpcStatus.UNAVAILABLE, GrpcStatus.RESOURCE_EXHAUSTED],
        'one of 48 large calls at once',
      );
      require(answer.details.some((type) =>
        type.endsWith(RETRY_INFO),
      ), `${GrpcStatus[answer.code]} under load came without RetryInfo`);
    }
  },
};

/** How much an endpoint takes, and what it says when that is too much. */
export const LIMIT_CHECKS: readonly Check[] = [requestLimit, responseLimit, overload];

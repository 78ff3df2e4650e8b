import type { Check } from '../check.js';
import { bodyOf, ENCODINGS, type Encoding, type Endpoint } from '../endpoint.js';
import { require, requireAccepted, requireGrpcWhole, requireRefused, requireWhole } from '../expect.js';
import { call } from '../http-client.js';
import { oneItem, SIGNALS } from '../payloads.js';

/** Runs `each` for every signal and encoding. */
async function everyWay(
  each: (signal: (typeof SIGNALS)[number], encoding: Encoding) => Promise<void>,
): Promise<void> {
  for (const signal of SIGNALS) {
    for (const encoding of ENCODINGS) {
      await each(signal, encoding);
    }
  }
}

const httpPaths: Check = {
  number: 1,
  title: 'HTTP: the three paths take protobuf and JSON on one port',
  run: async (endpoint) => {
    require(endpoint.hasHttp, 'no --http endpoint was given');
    await everyWay(async (signal, encoding) =>
      requireWhole(
        await endpoint.send(signal, encoding, oneItem(signal)),
        encoding,
        `/v1/${signal} ${encoding}`,
      ),
    );
  },
};

const grpcServices: Check = {
  number: 2,
  title: 'gRPC: Export of the three services',
  run: async ({ grpc }) => {
    require(grpc !== null, 'no --grpc endpoint was given');
    for (const signal of SIGNALS) {
      requireGrpcWhole(await grpc!.export(signal, oneItem(signal).protobuf), `gRPC ${signal}`);
    }
  },
};

const compression: Check = {
  number: 3,
  title: 'gzip and no compression on both transports',
  run: async (endpoint) => {
    await everyWay(async (signal, encoding) => {
      const body = bodyOf(oneItem(signal), encoding);
      requireWhole(
        await endpoint.post(signal, encoding, body, { gzip: true }),
        encoding,
        `gzip /v1/${signal} ${encoding}`,
      );
    });
    const identity = await endpoint.post('metrics', 'protobuf', oneItem('metrics').protobuf, {
      headers: { 'Content-Encoding': 'identity' },
    });
    requireWhole(identity, 'protobuf', 'Content-Encoding: identity');
    if (endpoint.grpcGzip !== null) {
      for (const signal of SIGNALS) {
        requireGrpcWhole(
          await endpoint.grpcGzip.export(signal, oneItem(signal).protobuf),
          `gzip gRPC ${signal}`,
        );
      }
    }
  },
};

const contentTypes: Check = {
  number: 4,
  title: 'Content types in any case, with parameters; the answer has the same',
  run: async (endpoint) => {
    const variants: readonly (readonly [Encoding, string])[] = [
      ['json', 'application/json; charset=utf-8'],
      ['json', 'Application/JSON'],
      ['protobuf', 'APPLICATION/X-PROTOBUF'],
      ['protobuf', 'application/x-protobuf;charset=utf-8'],
    ];
    for (const [encoding, type] of variants) {
      const answer = await endpoint.post('logs', encoding, bodyOf(oneItem('logs'), encoding), {
        headers: { 'Content-Type': type },
      });
      requireAccepted(answer, encoding, `Content-Type: ${type}`);
    }
  },
};

const methodAndType: Check = {
  number: 5,
  title: '405 for other methods, 415 for other content types',
  run: async (endpoint) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await call(endpoint.url('/v1/metrics'), { method, headers: endpoint.headers('json') });
      requireRefused(answer, [405], `${method} /v1/metrics`);
    }
    for (const type of ['text/plain', 'application/xml']) {
      const answer = await endpoint.post('traces', 'protobuf', oneItem('traces').protobuf, {
        headers: { 'Content-Type': type },
      });
      requireRefused(answer, [415], `Content-Type: ${type}`);
    }
    const { Authorization } = endpoint.headers('json');
    const headers: Record<string, string> = Authorization === undefined ? {} : { Authorization };
    const answer = await call(endpoint.url('/v1/logs'), { headers, body: bodyOf(oneItem('logs'), 'json') });
    requireRefused(answer, [415], 'no Content-Type');
  },
};

const preflight: Check = {
  number: 19,
  title: 'CORS: a preflight is answered as configured, never with an error of the server',
  run: async (endpoint) => {
    const origin = endpoint.options.origin ?? 'https://not-configured.example';
    const answer = await call(endpoint.url('/v1/traces'), {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,content-encoding,authorization',
      },
    });
    const allowed = answer.headers['access-control-allow-origin'];
    require(answer.status < 500, `the preflight was answered with ${answer.status}`);
    if (endpoint.options.origin === undefined) {
      require(allowed !== origin, `an origin that nobody configured is allowed (${origin})`);
      return;
    }
    requirePreflight(answer.status, allowed, answer.headers['access-control-allow-headers'], origin);
    await requireCorsOnPost(endpoint, origin);
  },
};

function requirePreflight(
  status: number,
  allowed: string | undefined,
  headers: string | undefined,
  origin: string,
): void {
  require([200, 204].includes(status), `the preflight was answered with ${status} instead of 204`);
  require(allowed === origin ||
    allowed === '*', `Access-Control-Allow-Origin is "${allowed ?? ''}" for ${origin}`);
  const names = (headers ?? '').toLowerCase();
  for (const name of ['content-type', 'content-encoding', 'authorization']) {
    require(names.includes(name) ||
      names === '*', `Access-Control-Allow-Headers lacks ${name}: "${headers ?? ''}"`);
  }
}

async function requireCorsOnPost(endpoint: Endpoint, origin: string): Promise<void> {
  const answer = await endpoint.post('traces', 'json', bodyOf(oneItem('traces'), 'json'), {
    headers: { Origin: origin },
  });
  requireAccepted(answer, 'json', 'POST from the configured origin');
  const allowed = answer.headers['access-control-allow-origin'];
  require(allowed === origin || allowed === '*', `the answer to a POST does not allow ${origin}`);
}

/** How requests reach the endpoint. */
export const TRANSPORT_CHECKS: readonly Check[] = [
  httpPaths,
  grpcServices,
  compression,
  contentTypes,
  methodAndType,
  preflight,
];

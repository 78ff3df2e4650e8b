import { status as GrpcStatus } from '@grpc/grpc-js';
import type { Check } from '../check.js';
import { bodyOf, ENCODINGS, readOutcome, type Encoding, type Endpoint } from '../endpoint.js';
import {
  require,
  requireAccepted,
  requireCode,
  requireGrpcWhole,
  requireRefused,
  requireWhole,
  RETRYABLE_CODES,
  RETRYABLE_STATUSES,
} from '../expect.js';
import { call } from '../http-client.js';
import { envelope, gauge, jsonEnvelope, jsonGauge, JSON_NAMES, nowNano } from '../payloads.js';
import { numberPoint, oneItem, SIGNALS, type Payload } from '../payloads.js';
import { lengthDelimited } from '../wire.js';

const success: Check = {
  number: 8,
  title: 'Success: 200, the response message, partial_success unset',
  run: async (endpoint) => {
    for (const signal of SIGNALS) {
      for (const encoding of ENCODINGS) {
        const answer = await endpoint.send(signal, encoding, oneItem(signal));
        const outcome = requireAccepted(answer, encoding, `/v1/${signal} ${encoding}`);
        require(!outcome.isPartial, `/v1/${signal} ${encoding}: partial_success is set on full success`);
      }
      if (endpoint.grpc !== null) {
        const answer = await endpoint.grpc.export(signal, oneItem(signal).protobuf);
        requireGrpcWhole(answer, `gRPC ${signal}`);
        require(!readOutcome(answer.body, 'protobuf')
          .isPartial, `gRPC ${signal}: partial_success is set on full success`);
      }
    }
  },
};

/** Requests that hold nothing to store. */
function emptyPayloads(signal: (typeof SIGNALS)[number]): Payload[] {
  const [resources, scopes, leaves] = JSON_NAMES[signal];
  return [
    { protobuf: Buffer.alloc(0), json: {} },
    { protobuf: lengthDelimited(1), json: { [resources]: [{}] } },
    { protobuf: lengthDelimited(1, lengthDelimited(2)), json: { [resources]: [{ [scopes]: [{}] }] } },
    { protobuf: envelope([]), json: { [resources]: [{ [scopes]: [{ [leaves]: [] }] }] } },
  ];
}

const empty: Check = {
  number: 9,
  title: 'Empty requests and empty envelopes are a success',
  run: async (endpoint) => {
    for (const signal of SIGNALS) {
      for (const [index, payload] of emptyPayloads(signal).entries()) {
        for (const encoding of ENCODINGS) {
          const answer = await endpoint.send(signal, encoding, payload);
          requireWhole(answer, encoding, `empty request ${index + 1} to /v1/${signal} as ${encoding}`);
        }
        if (endpoint.grpc !== null) {
          requireGrpcWhole(
            await endpoint.grpc.export(signal, payload.protobuf),
            `empty request ${index + 1} to gRPC ${signal}`,
          );
        }
      }
    }
    const noPoints = envelope([gauge([])]);
    requireWhole(await endpoint.post('metrics', 'protobuf', noPoints), 'protobuf', 'a metric without points');
  },
};

/** One good point and one without a time: what cannot be stored must not take the rest with it. */
function mixed(): Payload {
  const time = nowNano();
  return {
    protobuf: envelope([gauge([numberPoint(time, 1), numberPoint(0n, 2)])]),
    json: jsonEnvelope('metrics', [
      jsonGauge([{ timeUnixNano: String(time), asDouble: 1 }, { asDouble: 2 }]),
    ]),
  };
}

const partial: Check = {
  number: 10,
  title: 'Partial success: what is refused is counted and explained',
  run: async (endpoint) => {
    const judge = (outcome: ReturnType<typeof readOutcome>, what: string): void => {
      require(outcome.rejected === 0 ||
        outcome.rejected === 1, `${what}: 1 of 2 points has no time, and ${outcome.rejected} were refused`);
      require(outcome.rejected === 0 ||
        /[a-z]{3}/i.test(outcome.message), `${what}: a point is refused without an error_message`);
    };
    for (const encoding of ENCODINGS) {
      const answer = await endpoint.send('metrics', encoding, mixed());
      judge(requireAccepted(answer, encoding, `mixed points as ${encoding}`), encoding);
    }
    if (endpoint.grpc !== null) {
      const answer = await endpoint.grpc.export('metrics', mixed().protobuf);
      requireCode(answer, [GrpcStatus.OK], 'mixed points over gRPC');
      judge(readOutcome(answer.body, 'protobuf'), 'gRPC');
    }
  },
};

/** Requests that are wrong for good: sending them again cannot help. */
const PERMANENT: readonly {
  readonly what: string;
  readonly statuses: readonly number[];
  readonly send: (endpoint: Endpoint, encoding: Encoding) => ReturnType<Endpoint['post']>;
}[] = [
  {
    what: 'garbage',
    statuses: [400],
    send: (endpoint, encoding) => endpoint.post('metrics', encoding, Buffer.from('\x07garbage {')),
  },
  {
    what: 'a body that is no gzip data',
    statuses: [400],
    send: (endpoint, encoding) =>
      endpoint.post('logs', encoding, Buffer.from('no gzip'), { headers: { 'Content-Encoding': 'gzip' } }),
  },
  {
    what: 'an unknown Content-Encoding',
    statuses: [400, 415],
    send: (endpoint, encoding) =>
      endpoint.post('traces', encoding, bodyOf(oneItem('traces'), encoding), {
        headers: { 'Content-Encoding': 'x-rot13' },
      }),
  },
  {
    what: 'GET',
    statuses: [405],
    send: (endpoint, encoding) =>
      call(endpoint.url('/v1/metrics'), { method: 'GET', headers: endpoint.headers(encoding) }),
  },
];

const statusBodies: Check = {
  number: 11,
  title: 'Every error body is a google.rpc.Status in the encoding of the request',
  run: async (endpoint) => {
    for (const { what, statuses, send } of PERMANENT) {
      for (const encoding of ENCODINGS) {
        const answer = await send(endpoint, encoding);
        requireRefused(answer, statuses, `${what} as ${encoding}`);
        const type = answer.headers['content-type'] ?? '';
        require(type.includes(
          encoding === 'json' ? 'json' : 'protobuf',
        ), `${what} as ${encoding}: the Status is of type "${type}"`);
      }
    }
  },
};

const undecodable: Check = {
  number: 12,
  title: 'Undecodable data: 400 with a Status, its details well-formed / INVALID_ARGUMENT',
  run: async (endpoint) => {
    const truncated = oneItem('traces').protobuf.subarray(0, -3);
    const answers = [
      await endpoint.post('traces', 'protobuf', truncated),
      await endpoint.post('metrics', 'json', Buffer.from('{"resourceMetrics": [')),
      await endpoint.post('logs', 'json', Buffer.from('{"resourceLogs": 7}')),
    ];
    for (const answer of answers) {
      const { details } = requireRefused(answer, [400], 'undecodable data');
      // BadRequest is recommended, not required; a detail without a type could not be read by anybody.
      require(!details.includes(''), 'a detail of the Status has no type URL');
    }
    if (endpoint.grpc !== null) {
      const answer = await endpoint.grpc.export('traces', truncated);
      requireCode(answer, [GrpcStatus.INVALID_ARGUMENT], 'undecodable data over gRPC');
    }
  },
};

const retryable: Check = {
  number: 13,
  title: 'What is wrong for good never looks retryable, and is never a 500',
  run: async (endpoint) => {
    for (const { what, send } of PERMANENT) {
      const { status } = await send(endpoint, 'protobuf');
      require(!RETRYABLE_STATUSES.includes(status), `${what}: ${status} makes clients send it again`);
      require(status < 500, `${what}: ${status} says that the server is at fault`);
    }
    if (endpoint.grpc !== null) {
      const answer = await endpoint.grpc.export('logs', Buffer.from([0xff, 0xff, 0xff]));
      require(!RETRYABLE_CODES.includes(answer.code) &&
        answer.code !== GrpcStatus.OK, `garbage over gRPC ends with ${GrpcStatus[answer.code]}`);
      require(answer.code !== GrpcStatus.INTERNAL &&
        answer.code !==
          GrpcStatus.UNKNOWN, `garbage over gRPC ends with ${GrpcStatus[answer.code]}: the server is at fault`);
    }
  },
};

/** What an endpoint says to what it is sent. */
export const ANSWER_CHECKS: readonly Check[] = [
  success,
  empty,
  partial,
  statusBodies,
  undecodable,
  retryable,
];

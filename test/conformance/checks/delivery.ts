import { Agent } from 'node:http';
import { status as GrpcStatus } from '@grpc/grpc-js';
import type { Check } from '../check.js';
import { bodyOf, ENCODINGS } from '../endpoint.js';
import { require, requireCode, requireGrpcWhole, requireRefused, requireWhole } from '../expect.js';
import { callAndHangUp } from '../http-client.js';
import { oneItem, SIGNALS } from '../payloads.js';

const authentication: Check = {
  number: 15,
  title: 'A wrong key: 401 or 403 with a Status / UNAUTHENTICATED; without keys it is ignored',
  run: async (endpoint) => {
    const wrong = 'Bearer not-a-key-of-this-endpoint';
    const needsKey = endpoint.options.key !== undefined;
    for (const encoding of ENCODINGS) {
      const answer = await endpoint.post('metrics', encoding, bodyOf(oneItem('metrics'), encoding), {
        headers: { Authorization: wrong },
      });
      if (needsKey) {
        requireRefused(answer, [401, 403], `a wrong key as ${encoding}`);
      } else {
        requireWhole(answer, encoding, `a key where none is needed, as ${encoding}`);
      }
    }
    if (endpoint.grpc !== null) {
      const answer = await endpoint.grpc.export('metrics', oneItem('metrics').protobuf, {
        authorization: wrong,
      });
      const codes = needsKey ? [GrpcStatus.UNAUTHENTICATED, GrpcStatus.PERMISSION_DENIED] : [GrpcStatus.OK];
      requireCode(answer, codes, 'a wrong key over gRPC');
    }
  },
};

const resend: Check = {
  number: 16,
  title: 'A client that missed the answer sends again and succeeds',
  run: async (endpoint) => {
    for (const signal of SIGNALS) {
      const body = oneItem(signal).protobuf;
      await callAndHangUp(endpoint.url(`/v1/${signal}`), { headers: endpoint.headers('protobuf'), body });
      requireWhole(await endpoint.post(signal, 'protobuf', body), 'protobuf', `/v1/${signal} sent again`);
    }
  },
};

const IN_FLIGHT = 30;

const concurrent: Check = {
  number: 17,
  title: `${IN_FLIGHT} requests in flight at once`,
  run: async (endpoint) => {
    const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
    try {
      const answers = await Promise.all(
        Array.from({ length: 4 * IN_FLIGHT }, (_unused, index) => {
          const signal = SIGNALS[index % SIGNALS.length]!;
          return endpoint.post(signal, 'protobuf', oneItem(signal).protobuf, { agent });
        }),
      );
      answers.forEach((answer) => requireWhole(answer, 'protobuf', 'one of many requests at once'));
    } finally {
      agent.destroy();
    }
    const { grpc } = endpoint;
    if (grpc !== null) {
      const calls = await Promise.all(
        Array.from({ length: IN_FLIGHT }, () => grpc.export('traces', oneItem('traces').protobuf)),
      );
      calls.forEach((answer) => requireGrpcWhole(answer, 'one of many calls at once'));
    }
  },
};

const IDLE_MS = 6_000;

const keepAlive: Check = {
  number: 18,
  title: 'Connections stay open between exports',
  run: async (endpoint) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reused: boolean[] = [];
    try {
      for (const pauseMs of [0, 50, IDLE_MS]) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        const answer = await endpoint.post('logs', 'json', bodyOf(oneItem('logs'), 'json'), { agent });
        requireWhole(answer, 'json', `a request after ${pauseMs} ms of silence`);
        reused.push(answer.reusedConnection);
      }
    } finally {
      agent.destroy();
    }
    require(reused
      .slice(1)
      .every((each) => each), `3 requests within ${IDLE_MS / 1000} s did not share one connection`);
  },
};

/** That what was sent arrives, whatever the connection does. */
export const DELIVERY_CHECKS: readonly Check[] = [authentication, resend, concurrent, keepAlive];

import type { Check } from '../check.js';
import type { Endpoint, Outcome } from '../endpoint.js';
import { require, requireAccepted, requireRefused, requireWhole } from '../expect.js';
import type { HttpAnswer } from '../http-client.js';
import {
  jsonEnvelope,
  jsonGauge,
  jsonLogRecord,
  jsonSpan,
  JSON_NAMES,
  nowNano,
  oneItem,
  SIGNALS,
  type Signal,
} from '../payloads.js';

function postJson(endpoint: Endpoint, signal: Signal, value: unknown): Promise<HttpAnswer> {
  return endpoint.post(signal, 'json', Buffer.from(JSON.stringify(value)));
}

async function accepts(endpoint: Endpoint, signal: Signal, value: unknown, what: string): Promise<void> {
  requireWhole(await postJson(endpoint, signal, value), 'json', what);
}

const ids: Check = {
  number: 20,
  title: 'JSON: ids are hex in any case, other bytes are base64',
  run: async (endpoint) => {
    const upper = {
      traceId: 'ABCDEF0123456789ABCDEF0123456789',
      spanId: 'ABCDEF0123456789',
      parentSpanId: 'FEDCBA9876543210',
    };
    await accepts(endpoint, 'traces', jsonEnvelope('traces', [jsonSpan(upper)]), 'upper-case hex ids');
    const bytes = { attributes: [{ key: 'blob', value: { bytesValue: '3q2+7w==' } }] };
    await accepts(endpoint, 'traces', jsonEnvelope('traces', [jsonSpan(bytes)]), 'a base64 bytesValue');
    const base64 = jsonSpan({ traceId: 'W47/95gDgQPSabYzgT/GDA==', spanId: '7uGbfsPBsXM=' });
    const answer = await postJson(endpoint, 'traces', jsonEnvelope('traces', [base64]));
    if (answer.status !== 200) {
      requireRefused(answer, [400], 'base64 ids');
      return;
    }
    require(requireAccepted(answer, 'json', 'base64 ids').rejected ===
      1, 'base64 ids were taken for hex ids');
  },
};

/** The same histogram with every 64-bit integer written by `write`. */
function histogramWith(write: (value: bigint) => unknown): unknown {
  const time = nowNano();
  return {
    name: `conformance.histogram.${String(time)}`,
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          startTimeUnixNano: write(time - 1_000_000_000n),
          timeUnixNano: write(time),
          count: write(3n),
          sum: 4.5,
          bucketCounts: [write(1n), write(2n)],
          explicitBounds: [1],
        },
      ],
    },
  };
}

const integers: Check = {
  number: 21,
  title: 'JSON: 64-bit integers as strings or numbers, doubles also as NaN and Infinity',
  run: async (endpoint) => {
    const writers: readonly (readonly [string, (value: bigint) => unknown])[] = [
      ['strings', String],
      ['numbers', Number],
    ];
    for (const [name, write] of writers) {
      await accepts(
        endpoint,
        'metrics',
        jsonEnvelope('metrics', [histogramWith(write)]),
        `64-bit integers as ${name}`,
      );
    }
    const points = ['NaN', 'Infinity', '-Infinity', '1.5', 2].map((asDouble, index) => ({
      timeUnixNano: String(nowNano() + BigInt(index)),
      asDouble,
    }));
    const answer = await postJson(endpoint, 'metrics', jsonEnvelope('metrics', [jsonGauge(points)]));
    requireAccepted(answer, 'json', 'doubles as strings');
    const big = [
      { timeUnixNano: String(nowNano()), asInt: '9223372036854775807' },
      { timeUnixNano: String(nowNano() + 9n), asInt: -5 },
    ];
    await accepts(
      endpoint,
      'metrics',
      jsonEnvelope('metrics', [jsonGauge(big)]),
      'asInt as string and number',
    );
  },
};

const enums: Check = {
  number: 22,
  title: 'JSON: enums as integers; names are accepted or refused, never a crash',
  run: async (endpoint) => {
    const span = jsonSpan({ kind: 3, status: { code: 2, message: 'no' } });
    await accepts(endpoint, 'traces', jsonEnvelope('traces', [span]), 'enums as integers');
    const named = jsonSpan({ kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } });
    const answer = await postJson(endpoint, 'traces', jsonEnvelope('traces', [named]));
    if (answer.status !== 200) {
      requireRefused(answer, [400], 'enums as names');
    }
  },
};

const unknownFields: Check = {
  number: 23,
  title: 'JSON: unknown and snake_case keys are ignored at every depth, null is unset',
  run: async (endpoint) => {
    for (const signal of SIGNALS) {
      const [resources, scopes, leaves] = JSON_NAMES[signal];
      const item = {
        metrics: {
          ...(jsonGauge([{ timeUnixNano: String(nowNano()), asInt: 1, future: { deep: [1] } }]) as object),
          unit: null,
        },
        traces: jsonSpan({ attributes: null, future: [{}], trace_state: 7 }),
        logs: jsonLogRecord({ attributes: null, severity_number: 'x', future: 1 }),
      }[signal];
      const request = {
        future: true,
        [resources]: [
          {
            resource: { attributes: null, future: {} },
            future: 'x',
            [scopes]: [{ scope: null, future: 1, [leaves]: [item] }],
          },
        ],
      };
      await accepts(endpoint, signal, request, `unknown keys in ${signal}`);
    }
    const snake = { resource_spans: [{ scope_spans: [{ spans: [{ name: 7 }] }] }] };
    await accepts(endpoint, 'traces', snake, 'a request in snake_case, which holds nothing');
  },
};

/** Bodies that exist to break a parser. */
const HOSTILE: readonly (readonly [string, Buffer])[] = [
  ['100,000 nested arrays', Buffer.from(`{"resourceMetrics":${'['.repeat(100_000)}`)],
  [
    'nested values',
    Buffer.from(
      `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(5_000)}`,
    ),
  ],
  ['an integer of 400 digits', Buffer.from(`{"resourceSpans":[{"x":${'9'.repeat(400)}}]}`)],
  ['invalid UTF-8', Buffer.concat([Buffer.from('{"resourceLogs":"'), Buffer.from([0xc3, 0x28, 0xff])])],
  ['a lone surrogate', Buffer.from('{"future":"\\ud800"}')],
];

const hostile: Check = {
  number: 26,
  title: 'JSON: byte order mark, huge numbers and deep nesting break nothing',
  run: async (endpoint) => {
    for (const [what, body] of HOSTILE) {
      for (const signal of SIGNALS) {
        const answer = await endpoint.post(signal, 'json', body);
        require(answer.status === 200 ||
          answer.status === 400, `${what} to /v1/${signal}: answered ${answer.status}`);
      }
    }
    const text = JSON.stringify(oneItem('metrics').json);
    const marked = await endpoint.post('metrics', 'json', Buffer.from(`\ufeff${text}`));
    require(marked.status === 200 || marked.status === 400, `a byte order mark: answered ${marked.status}`);
    const huge = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"huge","gauge":{"dataPoints":[{"timeUnixNano":${nowNano()},"asInt":9007199254740993}]}}]}]}]}`;
    requireAccepted(
      await endpoint.post('metrics', 'json', Buffer.from(huge)),
      'json',
      'a bare number beyond 2^53',
    );
    await accepts(endpoint, 'metrics', oneItem('metrics').json, 'a request after the hostile ones');
  },
};

/** Sent in both encodings, an oddity must be refused or taken alike. */
export function sameOutcome(protobuf: Outcome | null, json: Outcome | null, what: string): void {
  require(protobuf?.rejected ===
    json?.rejected, `${what}: protobuf ${describe(protobuf)}, JSON ${describe(json)}`);
}

function describe(outcome: Outcome | null): string {
  return outcome === null ? 'is answered with 400' : `has ${outcome.rejected} refused`;
}

/** The JSON mapping of OTLP. */
export const JSON_CHECKS: readonly Check[] = [ids, integers, enums, unknownFields, hostile];

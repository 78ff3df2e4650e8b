import { describe, expect, test } from '@jest/globals';

import { LIMITS, parsePredictions } from './index.js';
import type { ParsedRows, Prediction, PredictionOptions } from './index.js';

const NOW = Date.parse('2026-11-22T10:05:00Z');

function parse(body: unknown, options: Partial<PredictionOptions> = {}): ParsedRows<Prediction> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  let ids = 0;
  const newId = (): string => `new-${++ids}`;
  return parsePredictions(Buffer.from(text), {
    contentType: 'application/json',
    project: 'default',
    now: NOW,
    newId,
    ...options,
  });
}

const full = {
  prediction_id: 'c1f',
  request_id: 'r-9',
  session_id: 's-4',
  job_id: null,
  timestamp: '2026-11-22T10:00:00.123Z',
  project: 'default',
  service: 'ranker-api',
  region: 'eu-1',
  environment: 'prod',
  model: 'ranker',
  model_version: '1.4.2',
  variant: 'canary',
  deployment_id: 'd-81',
  features: { age: 31, country: 'DE', income: null, member: true, ratio: 'NaN' },
  input_hash: '9f2c',
  prediction: {
    label: 'approve',
    score: 0.93,
    value: null,
    scores: { approve: 0.93, deny: 0.07 },
    detections: [{ label: 'car', score: 0.8, box: [0.1, 0.2, 0.3, 0.4] }],
    rejected_count: 0,
  },
  embeddings: { image: [0.5, -0.25] },
  inputs: {
    image: {
      dtype: 'uint8',
      shape: [1, 2],
      data: 'AQI=',
      occlusion_rate: 0.25,
      private_boxes: [[0, 0.5, 0.25, 1]],
    },
    photo: { media_type: 'image/png', data: 'ABCD', private_boxes: null },
    prompt: { text: 'grüß 👋', media_type: null },
  },
  attributions: { age: 0.2 },
  tags: { camera_id: '7' },
  latency_ms: 12.1,
  status: 'error',
  error_type: 'timeout',
  sample_weight: 2.5,
  trace_id: '0AF7651916CD43DD8448EB211C80319C',
  span_id: 'b7ad6b7169203331',
};

describe('a full sample', () => {
  test('keeps every field', () => {
    expect(parse([full])).toEqual({
      rejected: [],
      rows: [
        {
          project: 'default',
          predictionId: 'c1f',
          requestId: 'r-9',
          sessionId: 's-4',
          jobId: '',
          timestamp: Date.parse('2026-11-22T10:00:00.123Z'),
          receivedAt: NOW,
          service: 'ranker-api',
          region: 'eu-1',
          environment: 'prod',
          model: 'ranker',
          modelVersion: '1.4.2',
          variant: 'canary',
          deploymentId: 'd-81',
          features: {
            numeric: { age: 31 },
            text: { country: 'DE', ratio: 'NaN' },
            boolean: { member: true },
            nulls: ['income'],
          },
          inputHash: '9f2c',
          prediction: {
            label: 'approve',
            score: 0.93,
            value: null,
            scores: { approve: 0.93, deny: 0.07 },
            detections: [{ label: 'car', score: 0.8, box: [0.1, 0.2, 0.3, 0.4] }],
            rejectedCount: 0,
          },
          embeddings: { image: Float32Array.of(0.5, -0.25) },
          inputs: {
            image: {
              dataType: 'uint8',
              shape: [1, 2],
              data: Uint8Array.of(1, 2),
              occlusionRate: 0.25,
              privateBoxes: [[0, 0.5, 0.25, 1]],
            },
            photo: {
              dataType: 'image/png',
              shape: [],
              data: Uint8Array.of(0, 16, 131),
              occlusionRate: null,
              privateBoxes: [],
            },
            prompt: {
              dataType: 'text/plain',
              shape: [],
              data: new Uint8Array(Buffer.from('grüß 👋')),
              occlusionRate: null,
              privateBoxes: [],
            },
          },
          attributions: { age: 0.2 },
          tags: { camera_id: '7' },
          latencyMs: 12.1,
          status: 'error',
          errorType: 'timeout',
          sampleWeight: 2.5,
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: 'b7ad6b7169203331',
        },
      ],
    });
  });
});

describe('a minimal sample', () => {
  test('takes defaults, an id and the time of arrival', () => {
    const { rows } = parse([
      { model: 'm', features: {} },
      { model: 'm', prediction: {} },
    ]);
    expect(rows).toMatchObject([
      {
        predictionId: 'new-1',
        timestamp: NOW,
        status: 'ok',
        sampleWeight: 1,
        latencyMs: null,
        service: '',
        features: { numeric: {}, text: {}, boolean: {}, nulls: [] },
        prediction: { label: '', score: null, detections: null, rejectedCount: null },
        embeddings: {},
      },
      { predictionId: 'new-2' },
    ]);
  });

  test.each([{ features: {} }, { prediction: {} }, { embeddings: {} }, { inputs: {} }])(
    '%j is enough',
    (payload) => {
      expect(parse([{ model: 'm', ...payload }]).rejected).toEqual([]);
    },
  );

  test('no detections and an empty list of them are different', () => {
    const rows = parse([
      { model: 'm', prediction: { detections: [] } },
      { model: 'm', prediction: { detections: null } },
    ]).rows;
    expect(rows.map((row) => row.prediction.detections)).toEqual([[], null]);
  });

  test.each([
    ['milliseconds', NOW - 5, NOW - 5],
    ['fractions of a millisecond, cut', NOW - 4.5, NOW - 5],
    ['an offset', '2026-11-22T12:00:00+02:00', Date.parse('2026-11-22T10:00:00Z')],
    ['nanoseconds, cut', '2026-11-22T10:00:00.123999999Z', Date.parse('2026-11-22T10:00:00.123Z')],
    ['10 minutes ahead', '2026-11-22T10:15:00Z', NOW + 600_000],
    ['30 days old', '2026-10-23T10:05:00Z', NOW - 30 * 86_400_000],
  ])('a timestamp with %s', (_name, timestamp, expected) => {
    expect(parse([{ model: 'm', features: {}, timestamp }]).rows[0]?.timestamp).toBe(expected);
  });
});

const long = 'x'.repeat(LIMITS.nameLength + 1);
const tooMany = Object.fromEntries(
  Array.from({ length: LIMITS.entries + 1 }, (_, index) => [`f${index}`, index]),
);

describe('a faulty row names the field', () => {
  test.each<[object, string, string]>([
    [{ model: '' }, 'model', 'required'],
    [{ model: 5 }, 'model', 'a string is expected'],
    [{ features: null }, 'features', 'one of features, prediction, embeddings and inputs is required'],
    [{ modelversion: '1' }, 'modelversion', 'there is no such field'],
    [{ project: 'other' }, 'project', 'belongs to the project default'],
    [{ prediction_id: 7 }, 'prediction_id', 'a string is expected'],
    [{ request_id: long }, 'request_id', 'longer than 256 characters'],
    [{ session_id: {} }, 'session_id', 'a string is expected'],
    [{ job_id: [] }, 'job_id', 'a string is expected'],
    [{ service: 1 }, 'service', 'a string is expected'],
    [{ region: 1 }, 'region', 'a string is expected'],
    [{ environment: 1 }, 'environment', 'a string is expected'],
    [{ model_version: 1.4 }, 'model_version', 'a string is expected'],
    [{ variant: true }, 'variant', 'a string is expected'],
    [{ deployment_id: 81 }, 'deployment_id', 'a string is expected'],
    [{ input_hash: 81 }, 'input_hash', 'a string is expected'],
    [{ timestamp: 'yesterday' }, 'timestamp', 'an RFC 3339 time'],
    [{ timestamp: '2026-11-22T10:00:00' }, 'timestamp', 'an RFC 3339 time with an offset'],
    [{ timestamp: '2026-11-31T10:00:00Z' }, 'timestamp', 'an RFC 3339 time'],
    [{ timestamp: '2026-11-22T24:00:00Z' }, 'timestamp', 'an RFC 3339 time'],
    [{ timestamp: true }, 'timestamp', 'an RFC 3339 time'],
    [{ timestamp: NOW + 600_001 }, 'timestamp', 'more than 10m in the future'],
    [{ timestamp: NOW * 1e6 }, 'timestamp', 'numbers are milliseconds'],
    [{ timestamp: NOW / 1e3 }, 'timestamp', 'older than 30 days'],
    [{ timestamp: NOW - 30 * 86_400_000 - 1 }, 'timestamp', 'older than 30 days'],
    [{ features: [1, 2] }, 'features', 'an object is expected'],
    [{ features: { v: [1] } }, 'features.v', 'vectors go into embeddings'],
    [{ features: { v: {} } }, 'features.v', 'a number, string, boolean or null'],
    [{ features: { '': 1 } }, 'features', 'a name may not be empty'],
    [{ features: { [long]: 1 } }, `features.${'x'.repeat(32)}…`, 'longer than 256 characters'],
    [{ features: { v: 'x'.repeat(4_097) } }, 'features.v', 'longer than 4096 characters'],
    [{ features: tooMany }, 'features', 'more than 2000 entries'],
    [{ prediction: 'approve' }, 'prediction', 'an object is expected'],
    [{ prediction: { lable: 'x' } }, 'prediction.lable', 'there is no such field'],
    [{ prediction: { label: 1 } }, 'prediction.label', 'a string is expected'],
    [{ prediction: { score: '0.9' } }, 'prediction.score', 'a number is expected'],
    [{ prediction: { value: false } }, 'prediction.value', 'a number is expected'],
    [{ prediction: { scores: { a: null } } }, 'prediction.scores.a', 'null is not allowed'],
    [{ prediction: { scores: { a: 'b' } } }, 'prediction.scores.a', 'a number is expected'],
    [{ prediction: { rejected_count: -1 } }, 'prediction.rejected_count', 'must be between 0'],
    [{ prediction: { rejected_count: 1.5 } }, 'prediction.rejected_count', 'a whole number'],
    [{ prediction: { detections: {} } }, 'prediction.detections', 'an array is expected'],
    [{ prediction: { detections: [null] } }, 'prediction.detections[0]', 'an object is expected'],
    [
      { prediction: { detections: [{ score: 1, box: [1, 2, 3] }] } },
      'prediction.detections[0].box',
      'four numbers',
    ],
    [
      { prediction: { detections: [{ score: 1, box: [1, 2, 3, 'x'] }] } },
      'prediction.detections[0].box[3]',
      'a number',
    ],
    [
      { prediction: { detections: [{ box: [1, 2, 3, 4] }] } },
      'prediction.detections[0].score',
      'null is not allowed',
    ],
    [
      { prediction: { detections: [{ score: 1, box: [1, 2, 3, 4], id: 1 }] } },
      'prediction.detections[0].id',
      'no such',
    ],
    [{ attributions: { age: 'high' } }, 'attributions.age', 'a number is expected'],
    [{ tags: { camera_id: 7 } }, 'tags.camera_id', 'a string is expected'],
    [{ tags: { camera_id: null } }, 'tags.camera_id', 'null is not allowed'],
    [{ latency_ms: -1 }, 'latency_ms', 'must be at least 0'],
    [{ status: 200 }, 'status', 'a string is expected'],
    [{ error_type: 500 }, 'error_type', 'a string is expected'],
    [{ sample_weight: 0 }, 'sample_weight', 'must be above 0'],
    [{ trace_id: 'abc' }, 'trace_id', '32 hexadecimal digits'],
    [{ span_id: 'g7ad6b7169203331' }, 'span_id', '16 hexadecimal digits'],
  ])('%j', (change, field, reason) => {
    const { rows, rejected } = parse([{ model: 'm', features: { a: 1 }, ...change }]);
    expect(rejected).toEqual([{ index: 0, field, reason: expect.stringContaining(reason) }]);
    expect(rows).toEqual([]);
  });

  test.each(['__proto__', 'constructor', 'toString'])('the feature name %s does no harm', (name) => {
    const { rows, rejected } = parse(`[{"model":"m","features":{"${name}":1}}]`);
    const outcome = rows[0] === undefined ? rejected[0]?.reason : Object.entries(rows[0].features.numeric);
    expect(outcome).toEqual(name === '__proto__' ? 'a name may not be __proto__' : [[name, 1]]);
  });

  test('a number beyond a double is refused', () => {
    const { rejected } = parse('[{"model":"m","features":{"a":1e999}}]');
    expect(rejected).toEqual([{ index: 0, field: 'features.a', reason: 'the number is too large' }]);
  });
});

describe('bodies', () => {
  test('good and bad rows of an array keep their places', () => {
    const { rows, rejected } = parse([full, 7, null, { ...full, latency_ms: 'x' }, full]);
    expect(rows).toHaveLength(2);
    expect(rejected).toEqual([
      { index: 1, field: '', reason: 'an object is expected' },
      { index: 2, field: '', reason: 'an object is expected' },
      { index: 3, field: 'latency_ms', reason: 'a number is expected' },
    ]);
  });

  test('a bad NDJSON line is one rejected row, and empty lines are none', () => {
    const text = `${JSON.stringify(full)}\r\n\r\n{"model":\n${JSON.stringify({ model: '' })}\n`;
    const { rows, rejected } = parse(text, { contentType: 'application/x-ndjson' });
    expect(rows).toHaveLength(1);
    expect(rejected).toEqual([
      { index: 1, field: '', reason: 'the line is not JSON' },
      { index: 2, field: 'model', reason: 'required' },
    ]);
  });

  test('what nests too deep for any sample is refused before it is parsed: the line, or the whole array', () => {
    const deep = `{"model":"m","features":${'['.repeat(1_001)}${']'.repeat(1_001)}}`;
    const lines = parse(`${deep}\n${JSON.stringify(full)}`, { contentType: 'application/x-ndjson' });
    expect(lines.rows).toHaveLength(1);
    expect(lines.rejected).toEqual([
      { index: 0, field: '', reason: 'arrays and objects nest deeper than 1000 levels' },
    ]);
    expect(() => parse(`[${deep}]`)).toThrow('nest deeper than 1000 levels');
  });

  test('a lone object is an array of one, and a byte order mark is nothing', () => {
    expect(parse(`\ufeff${JSON.stringify(full)}`).rows).toHaveLength(1);
  });

  test.each([
    ['application/json', '[]'],
    ['application/x-ndjson', ''],
    ['application/x-ndjson', '\n\n'],
  ] as const)('%s with %j holds no rows', (contentType, text) => {
    expect(parse(text, { contentType })).toEqual({ rows: [], rejected: [] });
  });

  test.each([
    ['application/json', ''],
    ['application/json', 'model=ranker'],
    ['application/json', '7'],
    ['application/x-ndjson', 'model,age\nranker,3'],
  ] as const)('%s with %j is malformed', (contentType, text) => {
    expect(() => parse(text, { contentType })).toThrow(
      expect.objectContaining({ code: 'samples.malformed' }),
    );
  });
});

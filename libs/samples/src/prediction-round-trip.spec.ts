import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { parsePredictions } from './index.js';
import type { ParsedRows, Prediction, PredictionOptions, SampleInput } from './index.js';

const NOW = Date.parse('2026-11-22T10:05:00Z');

function parse(body: string, contentType: PredictionOptions['contentType']): ParsedRows<Prediction> {
  return parsePredictions(Buffer.from(body), {
    contentType,
    project: 'default',
    now: NOW,
    newId: () => 'new',
  });
}

const text = fc.string({ unit: 'binary', maxLength: 12 });
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((key) => key !== '__proto__');
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const nullable = fc.option(number, { nil: null });
const numbers = fc.dictionary(name, number, { maxKeys: 4, noNullPrototype: true });

/** Feature names are dealt to the four types, since a name is in exactly one. */
const features = fc
  .dictionary(name, fc.oneof(number, text, fc.boolean(), fc.constant(null)), {
    maxKeys: 6,
    noNullPrototype: true,
  })
  .map((values) => {
    const of = (type: string): object =>
      Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === type));
    const nulls = Object.keys(values).filter((key) => values[key] === null);
    return {
      numeric: of('number'),
      text: of('string'),
      boolean: of('boolean'),
      nulls,
    } as Prediction['features'];
  });

const detection = fc.record({ label: text, score: number, box: fc.tuple(number, number, number, number) });
const embedding = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5 })
  .filter((values) => values.some((value) => value !== 0))
  .map((values) => Float32Array.from(values, (value) => value + 0));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 9 }).map((data) => Uint8Array.from(data));
const share = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true }).map((value) => value + 0);
const seen = {
  occlusionRate: fc.option(share(0, 1), { nil: null }),
  privateBoxes: fc.array(fc.tuple(share(0, 0.4), share(0, 0.4), share(0.5, 1), share(0.5, 1)), {
    maxLength: 3,
  }),
};
const input: fc.Arbitrary<SampleInput> = fc.oneof(
  fc
    .record({ data: bytes, ...seen })
    .map((parts) => ({ dataType: 'uint8', shape: [1, parts.data.length], ...parts })),
  fc.record({
    dataType: fc.constantFrom('image/png', 'image/jpeg'),
    shape: fc.constant([]),
    data: bytes,
    ...seen,
  }),
  text.map((value) => ({
    dataType: 'text/plain',
    shape: [],
    data: new Uint8Array(Buffer.from(value)),
    occlusionRate: null,
    privateBoxes: [],
  })),
);

const prediction: fc.Arbitrary<Prediction> = fc.record({
  project: fc.constant('default'),
  predictionId: name,
  requestId: text,
  sessionId: text,
  jobId: text,
  timestamp: fc.integer({ min: NOW - 86_400_000, max: NOW }),
  receivedAt: fc.constant(NOW),
  service: text,
  region: text,
  environment: text,
  model: name,
  modelVersion: text,
  variant: text,
  deploymentId: text,
  features,
  inputHash: text,
  prediction: fc.record({
    label: text,
    score: nullable,
    value: nullable,
    scores: numbers,
    detections: fc.option(fc.array(detection, { maxLength: 3 }), { nil: null }),
    rejectedCount: fc.option(fc.nat(), { nil: null }),
  }),
  embeddings: fc.dictionary(name, embedding, { maxKeys: 2, noNullPrototype: true }),
  inputs: fc.dictionary(name, input, { maxKeys: 2, noNullPrototype: true }),
  attributions: numbers,
  tags: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
  latencyMs: fc.option(
    fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0),
    { nil: null },
  ),
  status: text.filter((value) => value !== ''),
  errorType: text,
  sampleWeight: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  traceId: fc.constantFrom('', '0af7651916cd43dd8448eb211c80319c'),
  spanId: fc.constantFrom('', 'b7ad6b7169203331'),
});

/** The wire form of a sample, as a service would write it. */
function serialise(row: Prediction): object {
  const { numeric, text: texts, boolean, nulls } = row.features;
  const mapped = <T>(record: Readonly<Record<string, T>>, map: (value: T) => unknown): object =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
  return {
    prediction_id: row.predictionId,
    request_id: row.requestId,
    session_id: row.sessionId,
    job_id: row.jobId,
    timestamp: new Date(row.timestamp).toISOString(),
    service: row.service,
    region: row.region,
    environment: row.environment,
    model: row.model,
    model_version: row.modelVersion,
    variant: row.variant,
    deployment_id: row.deploymentId,
    features: { ...numeric, ...texts, ...boolean, ...Object.fromEntries(nulls.map((key) => [key, null])) },
    input_hash: row.inputHash,
    prediction: {
      label: row.prediction.label,
      score: row.prediction.score,
      value: row.prediction.value,
      scores: row.prediction.scores,
      detections: row.prediction.detections,
      rejected_count: row.prediction.rejectedCount,
    },
    embeddings: mapped(row.embeddings, (vector) => [...vector]),
    inputs: mapped(row.inputs, serialiseInput),
    attributions: row.attributions,
    tags: row.tags,
    latency_ms: row.latencyMs,
    status: row.status,
    error_type: row.errorType,
    sample_weight: row.sampleWeight,
    trace_id: row.traceId,
    span_id: row.spanId,
  };
}

function serialiseInput({ dataType, shape, data, occlusionRate, privateBoxes }: SampleInput): object {
  if (dataType === 'text/plain') {
    return { text: Buffer.from(data).toString('utf8') };
  }
  return {
    ...(shape.length > 0 ? { dtype: dataType, shape } : { media_type: dataType }),
    data: Buffer.from(data).toString('base64'),
    occlusion_rate: occlusionRate,
    private_boxes: privateBoxes,
  };
}

describe('round trip', () => {
  test.each(['application/json', 'application/x-ndjson'] as const)(
    'what is serialised as %s is parsed',
    (contentType) => {
      fc.assert(
        fc.property(fc.array(prediction, { maxLength: 3 }), (rows) => {
          const wire = rows.map(serialise);
          const lines = wire.map((row) => JSON.stringify(row));
          const body = contentType === 'application/json' ? JSON.stringify(wire) : lines.join('\n');
          expect(withSortedNulls(parse(body, contentType))).toEqual(withSortedNulls({ rows, rejected: [] }));
        }),
        { seed: 11, numRuns: 200 },
      );
    },
  );
});

/** The order of keys in a JSON object, and so of `nulls`, means nothing. */
function withSortedNulls({ rows, rejected }: ParsedRows<Prediction>): ParsedRows<Prediction> {
  const sorted = rows.map((row) => ({
    ...row,
    features: { ...row.features, nulls: [...row.features.nulls].sort() },
  }));
  return { rows: sorted, rejected };
}

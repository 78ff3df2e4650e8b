import { MAX_AGE_MS } from './limits.js';
import { checkProject, parseRows } from './parsed-rows.js';
import type { ParsedRows, RowOptions } from './parsed-rows.js';
import type { Prediction } from './prediction.js';
import { readEmbedding } from './prediction-embedding.js';
import { readFeatures } from './prediction-features.js';
import { readInput } from './prediction-inputs.js';
import { readOutput } from './prediction-output.js';
import type { JsonObject, RowReader } from './row-reader.js';

/** What `parsePredictions` needs to know about the request. */
export interface PredictionOptions extends RowOptions {
  /** Makes the id of a prediction that has none. */
  readonly newId: () => string;
}

const FIELDS = new Set([
  ...['prediction_id', 'request_id', 'session_id', 'job_id', 'timestamp', 'project', 'service', 'region'],
  ...[
    'environment',
    'model',
    'model_version',
    'variant',
    'deployment_id',
    'features',
    'input_hash',
    'prediction',
  ],
  ...['embeddings', 'inputs', 'attributions', 'tags', 'latency_ms', 'status', 'error_type', 'sample_weight'],
  ...['trace_id', 'span_id'],
]);

/**
 * Parses the body of `POST /v1/predictions`: one row per sample.
 *
 * Required are `model` and one of `features`, `prediction`, `embeddings`, `inputs`. Absent and null are the same and
 * take the default. Unknown fields, wrong types, exceeded limits and times out of range reject their row, each by name;
 * the first fault of a row is reported.
 *
 * @throws AppError `samples.malformed` when the body is not JSON at all
 */
export function parsePredictions(body: Uint8Array, options: PredictionOptions): ParsedRows<Prediction> {
  return parseRows(body, options.contentType, (row, reader) => parsePrediction(row, reader, options));
}

function parsePrediction(row: JsonObject, reader: RowReader, options: PredictionOptions): Prediction {
  const { project, now } = options;
  reader.onlyKnown(row, FIELDS);
  checkProject(row, reader, project);
  const prediction: Prediction = {
    project,
    predictionId: reader.text(row['prediction_id'], 'prediction_id'),
    requestId: reader.text(row['request_id'], 'request_id'),
    sessionId: reader.text(row['session_id'], 'session_id'),
    jobId: reader.text(row['job_id'], 'job_id'),
    timestamp: reader.timestamp(row['timestamp'], 'timestamp', now, MAX_AGE_MS),
    receivedAt: now,
    service: reader.text(row['service'], 'service'),
    region: reader.text(row['region'], 'region'),
    environment: reader.text(row['environment'], 'environment'),
    model: reader.requiredText(row['model'], 'model'),
    modelVersion: reader.text(row['model_version'], 'model_version'),
    variant: reader.text(row['variant'], 'variant'),
    deploymentId: reader.text(row['deployment_id'], 'deployment_id'),
    features: readFeatures(reader, row['features']),
    inputHash: reader.text(row['input_hash'], 'input_hash'),
    prediction: readOutput(reader, row['prediction']),
    embeddings: reader.record(row['embeddings'], 'embeddings', (value, field) =>
      readEmbedding(reader, value, field),
    ),
    inputs: reader.record(row['inputs'], 'inputs', (value, field) => readInput(reader, value, field)),
    attributions: reader.record(row['attributions'], 'attributions', (value, field) =>
      reader.entryNumber(value, field),
    ),
    tags: reader.record(row['tags'], 'tags', (value, field) => reader.entryText(value, field)),
    latencyMs: reader.number(row['latency_ms'], 'latency_ms', 0),
    status: reader.text(row['status'], 'status', undefined, 'ok'),
    errorType: reader.text(row['error_type'], 'error_type'),
    sampleWeight: reader.weight(row['sample_weight'], 'sample_weight'),
    traceId: hexId(reader, row['trace_id'], 'trace_id', 32),
    spanId: hexId(reader, row['span_id'], 'span_id', 16),
  };
  if (
    row['features'] == null &&
    row['prediction'] == null &&
    row['embeddings'] == null &&
    row['inputs'] == null
  ) {
    reader.refuse('features', 'one of features, prediction, embeddings and inputs is required');
  }
  // Only a row that is kept takes an id.
  return prediction.predictionId === '' && reader.fault === undefined
    ? { ...prediction, predictionId: options.newId() }
    : prediction;
}

/** A W3C trace or span id: hexadecimal, in either case, stored in lower case; empty when absent. */
function hexId(reader: RowReader, value: unknown, field: string, length: number): string {
  const id = reader.text(value, field).toLowerCase();
  if (id !== '' && (id.length !== length || !/^[0-9a-f]+$/.test(id))) {
    reader.refuse(field, `${length} hexadecimal digits are expected`);
  }
  return id;
}

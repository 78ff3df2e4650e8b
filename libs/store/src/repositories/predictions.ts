import type { RowBlock } from '@tidewatch/core';
import type { Prediction } from '@tidewatch/samples';
import {
  array,
  bool,
  dateTime64Milli,
  float64,
  lowCardinality,
  map,
  nullable,
  string,
  uint32,
} from '../column-types.js';
import { recordLayout, rowBlocks } from '../row-blocks.js';
import { column, defineTable } from '../table-definition.js';
import {
  EMBEDDINGS,
  PENDING_INPUTS,
  type EmbeddingRow,
  type EncoderIdentity,
  type InputKey,
  type PendingInput,
} from './embedding-tables.js';

/** Prediction samples, their vectors, and the raw inputs that wait to be encoded, on their way into ClickHouse. */
export interface PredictionsRepository {
  /**
   * The samples as blocks; each may carry embeddings and inputs, which go to tables of their own. A sample with the
   * model, prediction id and timestamp of a stored one replaces it.
   */
  encode(project: string, predictions: readonly Prediction[]): RowBlock[];
}

/** No encoder of ours made its vectors. */
const THE_SERVICE: EncoderIdentity = { name: '', sha256: '' };

const numbers = map(lowCardinality, float64);
const texts = map(lowCardinality, string);

/** `predictions`. */
export const PREDICTIONS = recordLayout(
  defineTable<Prediction>(
    'predictions',
    [
      column('Project', lowCardinality, (row) => row.project),
      column('PredictionId', string, (row) => row.predictionId),
      column('RequestId', string, (row) => row.requestId),
      column('SessionId', string, (row) => row.sessionId),
      column('JobId', string, (row) => row.jobId),
      column('Timestamp', dateTime64Milli, (row) => row.timestamp),
      column('ReceivedAt', dateTime64Milli, (row) => row.receivedAt),
      column('Service', lowCardinality, (row) => row.service),
      column('Region', lowCardinality, (row) => row.region),
      column('Environment', lowCardinality, (row) => row.environment),
      column('Model', lowCardinality, (row) => row.model),
      column('ModelVersion', lowCardinality, (row) => row.modelVersion),
      column('Variant', lowCardinality, (row) => row.variant),
      column('DeploymentId', lowCardinality, (row) => row.deploymentId),
      column('FeaturesNumeric', numbers, (row) => row.features.numeric),
      column('FeaturesText', texts, (row) => row.features.text),
      column('FeaturesBoolean', map(lowCardinality, bool), (row) => row.features.boolean),
      column('FeaturesNull', array(lowCardinality), (row) => row.features.nulls),
      column('InputHash', string, (row) => row.inputHash),
      column('PredictionLabel', lowCardinality, (row) => row.prediction.label),
      column('PredictionScore', nullable(float64), (row) => row.prediction.score),
      column('PredictionValue', nullable(float64), (row) => row.prediction.value),
      column('PredictionScores', numbers, (row) => row.prediction.scores),
      column('DetectionLabels', array(lowCardinality), (row) => detections(row).map(({ label }) => label)),
      column('DetectionScores', array(float64), (row) => detections(row).map(({ score }) => score)),
      column('DetectionBoxes', array(array(float64)), (row) => detections(row).map(({ box }) => box)),
      column('HasDetections', bool, (row) => row.prediction.detections !== null),
      column('RejectedCount', nullable(uint32), (row) => row.prediction.rejectedCount),
      column('Attributions', numbers, (row) => row.attributions),
      column('Tags', texts, (row) => row.tags),
      column('LatencyMs', nullable(float64), (row) => row.latencyMs),
      column('Status', lowCardinality, (row) => row.status),
      column('ErrorType', lowCardinality, (row) => row.errorType),
      column('SampleWeight', float64, (row) => row.sampleWeight),
      column('TraceId', string, (row) => row.traceId),
      column('SpanId', string, (row) => row.spanId),
    ],
    { announced: true },
  ),
  (row) => row.timestamp,
);

/** Opens the repository. */
export function predictionsRepository(): PredictionsRepository {
  return {
    encode: (project, predictions) => {
      const rows = predictions.map((prediction) => ({ ...prediction, project }));
      return [
        ...rowBlocks(PREDICTIONS, rows),
        ...rowBlocks(EMBEDDINGS, rows.flatMap(vectorsOf)),
        ...rowBlocks(PENDING_INPUTS, rows.flatMap(inputsOf)),
      ];
    },
  };
}

function detections(row: Prediction): NonNullable<Prediction['prediction']['detections']> {
  return row.prediction.detections ?? [];
}

function vectorsOf(prediction: Prediction): EmbeddingRow[] {
  return Object.entries(prediction.embeddings).map(([name, vector]) => ({
    ...partOf(prediction, name),
    vector,
    encoder: THE_SERVICE,
    features: {},
  }));
}

function inputsOf(prediction: Prediction): PendingInput[] {
  return Object.entries(prediction.inputs).map(([name, input]) => ({
    ...partOf(prediction, name),
    dataType: input.dataType,
    shape: input.shape,
    data: input.data,
    maskedBoxes: input.privateBoxes,
    occlusionRate: input.occlusionRate,
  }));
}

function partOf(
  prediction: Prediction,
  name: string,
): InputKey & Pick<PendingInput, 'modelVersion' | 'dimensions'> {
  const { project, model, modelVersion, predictionId, timestamp, receivedAt } = prediction;
  return { project, model, modelVersion, name, predictionId, timestamp, receivedAt, dimensions: prediction };
}

import type { RowBlock } from '@tidewatch/core';
import type { Prediction, TensorInput } from '@tidewatch/samples';
import {
  array,
  binary,
  bool,
  dateTime64Milli,
  float32,
  float64,
  lowCardinality,
  map,
  nullable,
  string,
  uint32,
} from '../column-types.js';
import { recordLayout, rowBlocks } from '../row-blocks.js';
import { column, defineTable } from '../table-definition.js';

/** Prediction samples with their vectors and raw inputs, on their way into ClickHouse. */
export interface PredictionsRepository {
  /**
   * The samples as blocks; each may carry embeddings and inputs, which go to tables of their own. A sample with the
   * model, prediction id and timestamp of a stored one replaces it.
   */
  encode(project: string, predictions: readonly Prediction[]): RowBlock[];
}

interface EmbeddingRow {
  readonly prediction: Prediction;
  readonly name: string;
  readonly vector: ArrayLike<number>;
}

interface InputRow {
  readonly prediction: Prediction;
  readonly name: string;
  readonly input: TensorInput;
}

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

/** `embeddings`. */
export const EMBEDDINGS = recordLayout(
  defineTable<EmbeddingRow>(
    'embeddings',
    [
      column('Project', lowCardinality, ({ prediction }) => prediction.project),
      column('Model', lowCardinality, ({ prediction }) => prediction.model),
      column('ModelVersion', lowCardinality, ({ prediction }) => prediction.modelVersion),
      column('Name', lowCardinality, (row) => row.name),
      column('PredictionId', string, ({ prediction }) => prediction.predictionId),
      column('Timestamp', dateTime64Milli, ({ prediction }) => prediction.timestamp),
      column('ReceivedAt', dateTime64Milli, ({ prediction }) => prediction.receivedAt),
      column('Vector', array(float32), (row) => row.vector),
      // Sent by the service itself: no encoder of ours made it.
      column('Encoder', lowCardinality, () => ''),
      column('EncoderSha256', lowCardinality, () => ''),
    ],
    { announced: true },
  ),
  ({ prediction }) => prediction.timestamp,
);

/** `prediction_inputs`. */
export const PREDICTION_INPUTS = recordLayout(
  defineTable<InputRow>(
    'prediction_inputs',
    [
      column('Project', lowCardinality, ({ prediction }) => prediction.project),
      column('Model', lowCardinality, ({ prediction }) => prediction.model),
      column('Name', lowCardinality, (row) => row.name),
      column('PredictionId', string, ({ prediction }) => prediction.predictionId),
      column('Timestamp', dateTime64Milli, ({ prediction }) => prediction.timestamp),
      column('ReceivedAt', dateTime64Milli, ({ prediction }) => prediction.receivedAt),
      column('DataType', lowCardinality, ({ input }) => input.dataType),
      column('Shape', array(uint32), ({ input }) => input.shape),
      column('Data', binary, ({ input }) => input.data),
    ],
    { announced: true },
  ),
  ({ prediction }) => prediction.timestamp,
);

/** Opens the repository. */
export function predictionsRepository(): PredictionsRepository {
  return {
    encode: (project, predictions) => {
      const rows = predictions.map((prediction) => ({ ...prediction, project }));
      const vectors = rows.flatMap((prediction) =>
        Object.entries(prediction.embeddings).map(([name, vector]) => ({ prediction, name, vector })),
      );
      const inputs = rows.flatMap((prediction) =>
        Object.entries(prediction.inputs).map(([name, input]) => ({ prediction, name, input })),
      );
      return [
        ...rowBlocks(PREDICTIONS, rows),
        ...rowBlocks(EMBEDDINGS, vectors),
        ...rowBlocks(PREDICTION_INPUTS, inputs),
      ];
    },
  };
}

function detections(row: Prediction): NonNullable<Prediction['prediction']['detections']> {
  return row.prediction.detections ?? [];
}

import {
  array,
  binary,
  dateTime64Milli,
  float32,
  float32s,
  float64,
  lowCardinality,
  map,
  nullable,
  string,
  uint32,
} from '../column-types.js';
import { recordLayout } from '../row-blocks.js';
import { column, defineTable, type Column } from '../table-definition.js';

/** Where a sample comes from: what it is chosen and grouped by. Absent text is empty. */
export interface SampleDimensions {
  readonly service: string;
  readonly region: string;
  readonly environment: string;
  readonly variant: string;
  readonly deploymentId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Names one raw input. Times in milliseconds since the epoch. */
export interface InputKey {
  readonly project: string;
  readonly model: string;
  /** Of the input, and of the vector that is made from it. */
  readonly name: string;
  readonly predictionId: string;
  readonly timestamp: number;
  readonly receivedAt: number;
}

/** What made a vector: an encoder and the SHA-256 of its model file, or both empty for the service itself. */
export interface EncoderIdentity {
  readonly name: string;
  readonly sha256: string;
}

/** A row of `embeddings`. */
export interface EmbeddingRow extends InputKey {
  readonly modelVersion: string;
  readonly dimensions: SampleDimensions;
  readonly vector: Float32Array;
  readonly encoder: EncoderIdentity;
  /** Measured on the input by the encoder. */
  readonly features: Readonly<Record<string, number>>;
}

/** A raw input that waits for an encoder. */
export interface PendingInput extends InputKey {
  readonly modelVersion: string;
  readonly dimensions: SampleDimensions;
  /** Of a tensor its element type, `float32`; else a media type such as `image/png` or `text/plain`. */
  readonly dataType: string;
  /** Of a tensor; empty for everything else. */
  readonly shape: readonly number[];
  /** A tensor row-major and little-endian, the bytes of a file, or a text in UTF-8. */
  readonly data: Uint8Array;
  /** Left, top, right, bottom as shares of width and height, in single precision. */
  readonly maskedBoxes: readonly (readonly [number, number, number, number])[];
  readonly occlusionRate: number | null;
}

/** A raw input as it is kept for people to look at: whatever had to be made unrecognisable is so already. */
export type KeptInput = InputKey & Pick<PendingInput, 'dataType' | 'shape' | 'data'>;

/** What became of a pending input. */
export interface InputOutcome {
  readonly key: InputKey;
  /** Empty when there is a vector now, else why there is none. */
  readonly outcome: string;
}

/** `embeddings`; version 2 has the sample's dimensions and the input's features. */
export const EMBEDDINGS = recordLayout(
  defineTable<EmbeddingRow>(
    'embeddings',
    [
      ...keyColumns<EmbeddingRow>((row) => row),
      column('ModelVersion', lowCardinality, (row) => row.modelVersion),
      ...dimensionColumns<EmbeddingRow>(),
      column('Vector', float32s, (row) => row.vector),
      column('Encoder', lowCardinality, (row) => row.encoder.name),
      column('EncoderSha256', lowCardinality, (row) => row.encoder.sha256),
      column('Features', map(lowCardinality, float64), (row) => row.features),
    ],
    { announced: true },
  ),
  (row) => row.timestamp,
  2,
);

/** `pending_inputs`. Nothing is evaluated from them, so that nobody needs to hear of them. */
export const PENDING_INPUTS = recordLayout(
  defineTable<PendingInput>(
    'pending_inputs',
    [
      ...keyColumns<PendingInput>((row) => row),
      column('ModelVersion', lowCardinality, (row) => row.modelVersion),
      ...dimensionColumns<PendingInput>(),
      ...dataColumns<PendingInput>(),
      column('MaskedBoxes', array(array(float32)), (row) => row.maskedBoxes),
      column('OcclusionRate', nullable(float64), (row) => row.occlusionRate),
    ],
    { announced: false },
  ),
  (row) => row.timestamp,
);

/** `encoded_inputs`. */
export const ENCODED_INPUTS = defineTable<InputOutcome>(
  'encoded_inputs',
  [...keyColumns<InputOutcome>((row) => row.key), column('Outcome', string, (row) => row.outcome)],
  { announced: false },
);

/** `prediction_inputs`: what rules keep. */
export const KEPT_INPUTS = defineTable<KeptInput>(
  'prediction_inputs',
  [...keyColumns<KeptInput>((row) => row), ...dataColumns<KeptInput>()],
  { announced: false },
);

function keyColumns<Row>(of: (row: Row) => InputKey): Column<Row>[] {
  return [
    column('Project', lowCardinality, (row) => of(row).project),
    column('Model', lowCardinality, (row) => of(row).model),
    column('Name', lowCardinality, (row) => of(row).name),
    column('PredictionId', string, (row) => of(row).predictionId),
    column('Timestamp', dateTime64Milli, (row) => of(row).timestamp),
    column('ReceivedAt', dateTime64Milli, (row) => of(row).receivedAt),
  ];
}

function dimensionColumns<Row extends { readonly dimensions: SampleDimensions }>(): Column<Row>[] {
  return [
    column('Service', lowCardinality, ({ dimensions }) => dimensions.service),
    column('Region', lowCardinality, ({ dimensions }) => dimensions.region),
    column('Environment', lowCardinality, ({ dimensions }) => dimensions.environment),
    column('Variant', lowCardinality, ({ dimensions }) => dimensions.variant),
    column('DeploymentId', lowCardinality, ({ dimensions }) => dimensions.deploymentId),
    column('Tags', map(lowCardinality, string), ({ dimensions }) => dimensions.tags),
  ];
}

function dataColumns<Row extends Pick<PendingInput, 'dataType' | 'shape' | 'data'>>(): Column<Row>[] {
  return [
    column('DataType', lowCardinality, (row) => row.dataType),
    column('Shape', array(uint32), (row) => row.shape),
    column('Data', binary, (row) => row.data),
  ];
}

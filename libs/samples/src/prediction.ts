/** The inputs of one prediction, split by type; a name is in exactly one of the four. */
export interface PredictionFeatures {
  readonly numeric: Readonly<Record<string, number>>;
  /** Also the strings `NaN`, `Infinity` and `-Infinity`: JSON has no such numbers, and none is guessed. */
  readonly text: Readonly<Record<string, string>>;
  readonly boolean: Readonly<Record<string, boolean>>;
  /** Names sent as null: present in the request, without a value. */
  readonly nulls: readonly string[];
}

/** One detected object. */
export interface Detection {
  readonly label: string;
  readonly score: number;
  /** Left, top, right, bottom in the units of the service. */
  readonly box: readonly [number, number, number, number];
}

/** What the model answered. Absent text is empty, absent numbers are null. */
export interface PredictionOutput {
  readonly label: string;
  readonly score: number | null;
  readonly value: number | null;
  readonly scores: Readonly<Record<string, number>>;
  /** Null when the service sent none; an empty array says that it looked and found nothing. */
  readonly detections: readonly Detection[] | null;
  readonly rejectedCount: number | null;
}

/** Left, top, right and bottom of a part of an image, as shares of its width and height. */
export type PrivateBox = readonly [number, number, number, number];

/** A raw model input, from which an encoder makes a vector. */
export interface SampleInput {
  /** Of a tensor its element type, `float32`; else `image/png`, `image/jpeg` or `text/plain`. */
  readonly dataType: string;
  /** Sizes of a tensor's dimensions; empty for everything else. */
  readonly shape: readonly number[];
  /** A tensor row-major and little-endian, the bytes of an image file, or a text in UTF-8. */
  readonly data: Uint8Array;
  /** How much of what the image shows is hidden, 0 to 1, as the service measured it; `null` when it did not. */
  readonly occlusionRate: number | null;
  /** What must not be seen in an input that is kept. */
  readonly privateBoxes: readonly PrivateBox[];
}

/** One prediction sample. Absent text is empty, absent numbers are null. Times are milliseconds since the epoch. */
export interface Prediction {
  readonly project: string;
  readonly predictionId: string;
  readonly requestId: string;
  readonly sessionId: string;
  readonly jobId: string;
  readonly timestamp: number;
  readonly receivedAt: number;
  readonly service: string;
  readonly region: string;
  readonly environment: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly variant: string;
  readonly deploymentId: string;
  readonly features: PredictionFeatures;
  readonly inputHash: string;
  readonly prediction: PredictionOutput;
  readonly embeddings: Readonly<Record<string, Float32Array>>;
  readonly inputs: Readonly<Record<string, SampleInput>>;
  readonly attributions: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly latencyMs: number | null;
  /** `ok` unless the service says otherwise. */
  readonly status: string;
  readonly errorType: string;
  /** Weight in aggregates; 1 unless the service samples. */
  readonly sampleWeight: number;
  readonly traceId: string;
  readonly spanId: string;
}

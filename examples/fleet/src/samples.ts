import type { Release, ServiceProfile } from './fleet.js';
import type { SampleProfile } from './sample-profile.js';
import type { TraceIds } from './telemetry.js';
import type { Random } from './traffic/random.js';
import { roundTo } from './traffic/tabular-model.js';
import type { FeatureRow, TabularModel, TrafficMood } from './traffic/tabular-model.js';
import type { SimulatedRequest } from './traffic/requests.js';
import type { ImageInput } from './vision/frame-input.js';
import { inspectScene } from './vision/inspect-scene.js';
import type { Classification } from './vision/inspect-scene.js';
import { drawScene } from './vision/scene.js';
import type { Scene } from './vision/scene.js';

/** One row for `POST /v1/predictions`. */
export interface PredictionSample {
  readonly prediction_id: string;
  readonly request_id: string;
  readonly timestamp: string;
  readonly service: string;
  readonly region: string;
  readonly environment: string;
  readonly model: string;
  readonly model_version: string;
  readonly deployment_id: string;
  /** Of a tabular model. */
  readonly features?: FeatureRow;
  /** Of a model that looks at images. */
  readonly inputs?: Readonly<Record<string, ImageInput>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly prediction?: Classification;
  readonly latency_ms: number;
  readonly status: 'ok' | 'error';
  readonly error_type: string;
  readonly trace_id?: string;
  readonly span_id?: string;
}

/** A sample as it is drawn. Of an image it has what is to be seen: the picture is made when the sample is sent. */
export type DrawnSample = Omit<PredictionSample, 'inputs'> & { readonly scene?: Scene };

/** One row for `POST /v1/labels`. */
export interface LabelRow {
  readonly prediction_id: string;
  readonly label: string;
  readonly timestamp: string;
  readonly source: string;
}

/** The request that a sample describes. */
export interface SampledRequest {
  readonly request: SimulatedRequest;
  readonly requestId: string;
  readonly release: Release;
  readonly mood: TrafficMood;
  readonly trace: TraceIds | null;
}

/** Draws the sample of one request. A failed request has an input and no prediction. */
export function drawSample(
  profile: ServiceProfile,
  samples: SampleProfile,
  random: Random,
  sampled: SampledRequest,
): DrawnSample {
  const { request, release, trace } = sampled;
  const { prediction, ...input } =
    samples.kind === 'tabular'
      ? drawRow(samples.model, random, sampled.mood)
      : drawSight(random, sampled.mood);
  return {
    prediction_id: `p-${sampled.requestId}`,
    request_id: sampled.requestId,
    timestamp: new Date(request.at).toISOString(),
    service: profile.service,
    region: profile.region,
    environment: profile.environment,
    model: profile.model,
    model_version: release.modelVersion,
    deployment_id: release.deploymentId,
    ...input,
    ...(request.errorType === null && { prediction }),
    latency_ms: roundTo(request.durationSeconds * 1_000, 2),
    status: request.errorType === null ? 'ok' : 'error',
    error_type: request.errorType ?? '',
    ...(trace !== null && { trace_id: trace.traceId, span_id: trace.spanId }),
  };
}

/** What a sample has of its input, and the model's answer to it. */
type DrawnCase = Pick<DrawnSample, 'features' | 'scene' | 'tags'> & { readonly prediction: Classification };

function drawRow(model: TabularModel, random: Random, mood: TrafficMood): DrawnCase {
  const features = model.drawFeatures(random, mood);
  const score = roundTo(model.score(features), 4);
  return {
    features,
    tags: model.tags(features),
    prediction: {
      label: score >= model.cutoff ? model.positive : model.negative,
      score,
      scores: { [model.positive]: score, [model.negative]: roundTo(1 - score, 4) },
    },
  };
}

function drawSight(random: Random, mood: TrafficMood): DrawnCase {
  const scene = drawScene(random, mood);
  const { id, hall } = scene.camera;
  return { scene, tags: { camera_id: id, hall }, prediction: inspectScene(scene, random) };
}

/** How long after a prediction its truth is known. */
export const LABEL_DELAY_MS = 60_000;

/** Draws the truth about a sample, known {@link LABEL_DELAY_MS} later: the model is right in as many cases as its score says. */
export function drawLabel(model: TabularModel, random: Random, sample: DrawnSample): LabelRow {
  const isPositive = random.chance(sample.prediction?.score ?? 0);
  return {
    prediction_id: sample.prediction_id,
    label: isPositive ? model.positive : model.negative,
    timestamp: new Date(Date.parse(sample.timestamp) + LABEL_DELAY_MS).toISOString(),
    source: 'review',
  };
}

/** Draws the reference dataset of a model: what it was trained on, so daytime traffic only. */
export function drawBaseline(model: TabularModel, random: Random, rows: number): { features: FeatureRow }[] {
  return Array.from({ length: rows }, () => ({ features: model.drawFeatures(random, 'day') }));
}

/** Writes rows as newline-delimited JSON. */
export function toNdjson(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

import type { Release, ServiceProfile } from './fleet.js';
import type { TraceIds } from './telemetry.js';
import type { Random } from './traffic/random.js';
import { roundTo } from './traffic/tabular-model.js';
import type { FeatureRow, TabularModel, TrafficMood } from './traffic/tabular-model.js';
import type { SimulatedRequest } from './traffic/requests.js';

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
  readonly features: FeatureRow;
  readonly tags: Readonly<Record<string, string>>;
  readonly prediction?: {
    readonly label: string;
    readonly score: number;
    readonly scores: Record<string, number>;
  };
  readonly latency_ms: number;
  readonly status: 'ok' | 'error';
  readonly error_type: string;
  readonly trace_id?: string;
  readonly span_id?: string;
}

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
  model: TabularModel,
  random: Random,
  sampled: SampledRequest,
): PredictionSample {
  const { request, release, trace } = sampled;
  const features = model.drawFeatures(random, sampled.mood);
  const score = roundTo(model.score(features), 4);
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
    features,
    tags: model.tags(features),
    ...(request.errorType === null && {
      prediction: {
        label: score >= model.cutoff ? model.positive : model.negative,
        score,
        scores: { [model.positive]: score, [model.negative]: roundTo(1 - score, 4) },
      },
    }),
    latency_ms: roundTo(request.durationSeconds * 1_000, 2),
    status: request.errorType === null ? 'ok' : 'error',
    error_type: request.errorType ?? '',
    ...(trace !== null && { trace_id: trace.traceId, span_id: trace.spanId }),
  };
}

/** How long after a prediction its truth is known. */
export const LABEL_DELAY_MS = 60_000;

/** Draws the truth about a sample, known {@link LABEL_DELAY_MS} later: the model is right in as many cases as its score says. */
export function drawLabel(model: TabularModel, random: Random, sample: PredictionSample): LabelRow {
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

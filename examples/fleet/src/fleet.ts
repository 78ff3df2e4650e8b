import type { Attributes } from '@opentelemetry/api';
import type { SampleProfile } from './sample-profile.js';
import { fraudModel } from './traffic/fraud-model.js';
import { rankerModel } from './traffic/ranker-model.js';
import type { TrafficProfile } from './traffic/requests.js';

/** One version of a model in production. */
export interface Release {
  readonly modelVersion: string;
  readonly deploymentId: string;
}

/** Everything there is to know about one service of the fleet. */
export interface ServiceProfile {
  readonly service: string;
  readonly serviceVersion: string;
  readonly region: string;
  readonly environment: string;
  readonly owner: string;
  readonly model: string;
  readonly release: Release;
  /** How long ago the good release went live. */
  readonly releasedHoursAgo: number;
  /** How the SDK reports sums: growing totals, or what was added since the last report. */
  readonly temporality: 'cumulative' | 'delta';
  /** Which OTLP/HTTP exporter is used. */
  readonly encoding: 'protobuf' | 'json';
  readonly traffic: TrafficProfile;
  readonly gpuCount: number;
  /** Which of its requests are sent as prediction samples. */
  readonly samples: SampleProfile | null;
}

/**
 * Share of requests that fail on a good day: 0.002 %.
 *
 * Against the strictest objective of the example rules (99.99 %, so 0.01 % may fail) that spends the budget at a fifth
 * of the allowed speed.
 */
const HEALTHY_ERROR_SHARE = 0.00002;

const HEALTHY = { errorShare: HEALTHY_ERROR_SHARE, failureSeconds: 0, frameDropShare: 0 } as const;

/** Tabular ranking; protobuf, growing totals. The bad deploy happens here. */
const ranker: ServiceProfile = {
  service: 'ranker-api',
  serviceVersion: '3.2.0',
  region: 'eu-1',
  environment: 'prod',
  owner: 'ml-ranking',
  model: 'ranker',
  release: { modelVersion: '1.4.2', deploymentId: 'd-ranker-142' },
  releasedHoursAgo: 5,
  temporality: 'cumulative',
  encoding: 'protobuf',
  traffic: {
    ...HEALTHY,
    requestsPerSecond: 30,
    stages: [
      { name: 'preprocess', medianSeconds: 0.006, sigma: 0.3 },
      { name: 'queue', medianSeconds: 0.004, sigma: 0.6 },
      { name: 'model', medianSeconds: 0.032, sigma: 0.35 },
      { name: 'postprocess', medianSeconds: 0.003, sigma: 0.3 },
    ],
    errorTypes: [
      ['timeout', 7],
      ['feature_store_unavailable', 3],
    ],
  },
  gpuCount: 0,
  samples: {
    kind: 'tabular',
    model: rankerModel,
    perSecond: 10,
    baseline: { name: 'training-2026-11', rows: 10_000 },
    labelShare: 0.1,
  },
};

/**
 * What the vision service sends, and why the demo's embedding monitor must see the evening within half a minute.
 *
 * The monitor compares a window of 2 min with the hour that ended half an hour before it: 0.2 images a second over 95 min are some
 * 720 for the baseline (and 1,140 to draw and send at the start, 2 ms and 1.4 KB of base64 each).
 *
 * After 30 s of live day and t seconds of evening, 5 t of the window's 150 + 5 t + 0.2 (90 - t) images come from the evening: 23 %
 * after 10 s, 43 % after 25 s. By day 8 % are as dark, so that a feature of which all else moves differs by D = 0.92 times that. The
 * monitor asks that D less its 95 % half width of 0.12 is above 0.1: after 11 s. The centre of the vectors moves as soon, and a
 * difference must hold for 20 s: when the first of them is an alarm, all three features have long been beyond it and can be named.
 * `vision/evening.spec.ts` checks this on drawn images.
 */
const VISION_SAMPLES: SampleProfile = {
  kind: 'image',
  perSecond: 5,
  history: { ms: 95 * 60_000, perSecond: 0.2 },
};

/** Inspection of images on two GPUs; protobuf, deltas. It stays quick and answers all, but in the evening its cameras see little. */
const vision: ServiceProfile = {
  service: 'vision-api',
  serviceVersion: '1.9.1',
  region: 'eu-2',
  environment: 'prod',
  owner: 'ml-vision',
  model: 'defect-detector',
  release: { modelVersion: '2.3.0', deploymentId: 'd-vision-230' },
  releasedHoursAgo: 26,
  temporality: 'delta',
  encoding: 'protobuf',
  traffic: {
    ...HEALTHY,
    requestsPerSecond: 20,
    frameDropShare: 0.002,
    stages: [
      { name: 'preprocess', medianSeconds: 0.018, sigma: 0.25 },
      { name: 'queue', medianSeconds: 0.009, sigma: 0.7 },
      { name: 'model', medianSeconds: 0.061, sigma: 0.2 },
      { name: 'postprocess', medianSeconds: 0.007, sigma: 0.3 },
    ],
    errorTypes: [
      ['corrupt_image', 3],
      ['out_of_memory', 1],
    ],
  },
  gpuCount: 2,
  samples: VISION_SAMPLES,
};

/** Tabular fraud scores; JSON, growing totals. The evening's traffic drifts here. */
const fraud: ServiceProfile = {
  service: 'fraud-api',
  serviceVersion: '5.0.3',
  region: 'us-1',
  environment: 'prod',
  owner: 'ml-risk',
  model: 'fraud-score',
  release: { modelVersion: '3.1.0', deploymentId: 'd-fraud-310' },
  releasedHoursAgo: 70,
  temporality: 'cumulative',
  encoding: 'json',
  traffic: {
    ...HEALTHY,
    requestsPerSecond: 40,
    stages: [
      { name: 'preprocess', medianSeconds: 0.002, sigma: 0.3 },
      { name: 'queue', medianSeconds: 0.002, sigma: 0.6 },
      { name: 'model', medianSeconds: 0.009, sigma: 0.3 },
      { name: 'postprocess', medianSeconds: 0.001, sigma: 0.3 },
    ],
    errorTypes: [['timeout', 1]],
  },
  gpuCount: 0,
  samples: {
    kind: 'tabular',
    model: fraudModel,
    perSecond: 20,
    baseline: { name: 'training-2026-11', rows: 10_000 },
    labelShare: 0.1,
  },
};

/** The three services of the demo. */
export const FLEET = { ranker, vision, fraud } as const;

/** The attributes that every metric and span of a release carries. A request id is never among them. */
export function releaseAttributes(profile: ServiceProfile, release: Release): Attributes {
  return {
    'model.name': profile.model,
    'model.version': release.modelVersion,
    'deployment.id': release.deploymentId,
  };
}

/** The attributes of the process that sends: OpenTelemetry calls them the resource. */
export function resourceAttributes(profile: ServiceProfile): Attributes {
  return {
    'service.name': profile.service,
    'service.version': profile.serviceVersion,
    'cloud.region': profile.region,
    'deployment.environment.name': profile.environment,
  };
}

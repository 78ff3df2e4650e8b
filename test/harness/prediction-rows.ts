import type { Deployment, Label, Prediction } from '@tidewatch/samples';

/** A prediction with nothing but an id, a model and a time, and whatever `partial` adds. */
export function prediction(
  partial: Partial<Prediction> & Pick<Prediction, 'predictionId' | 'timestamp'>,
): Prediction {
  return {
    project: 'default',
    requestId: '',
    sessionId: '',
    jobId: '',
    receivedAt: partial.timestamp,
    service: 'ranker-api',
    region: '',
    environment: '',
    model: 'ranker',
    modelVersion: '',
    variant: '',
    deploymentId: '',
    features: { numeric: {}, text: {}, boolean: {}, nulls: [] },
    inputHash: '',
    prediction: { label: '', score: null, value: null, scores: {}, detections: null, rejectedCount: null },
    embeddings: {},
    inputs: {},
    attributions: {},
    tags: {},
    latencyMs: null,
    status: 'ok',
    errorType: '',
    sampleWeight: 1,
    traceId: '',
    spanId: '',
    ...partial,
  };
}

/** A label `approve` from `annotator`. */
export function label(partial: Partial<Label> & Pick<Label, 'predictionId' | 'timestamp'>): Label {
  return {
    project: 'default',
    label: 'approve',
    value: null,
    outcomeValue: null,
    receivedAt: partial.timestamp,
    source: 'annotator',
    weight: 1,
    ...partial,
  };
}

/** The deployment of a version of `ranker`. */
export function deployment(
  partial: Partial<Deployment> & Pick<Deployment, 'deploymentId' | 'timestamp'>,
): Deployment {
  return {
    project: 'default',
    kind: 'deploy',
    service: 'ranker-api',
    model: 'ranker',
    modelVersion: '1.4.2',
    variant: '',
    environment: 'prod',
    region: 'eu-1',
    trafficShare: null,
    receivedAt: partial.timestamp,
    artifact: {
      sha256: '',
      signature: '',
      opset: null,
      runtime: '',
      runtimeVersion: '',
      executionProvider: '',
      precision: '',
    },
    lineage: { dataset: '', trainedBy: '', commit: '' },
    owner: '',
    ...partial,
  };
}

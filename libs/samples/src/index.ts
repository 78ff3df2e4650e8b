export type { BaselineTable, FeatureColumn } from './baseline.js';
export type { RowsContentType } from './body-rows.js';
export type { Deployment, DeploymentArtifact, DeploymentKind, DeploymentLineage } from './deployment.js';
export type { Label } from './label.js';
export { LIMITS, MAX_AGE_MS, MAX_AHEAD_MS, MAX_DEPLOYMENT_AGE_MS } from './limits.js';
export { parseBaseline } from './parse-baseline.js';
export type { BaselineOptions } from './parse-baseline.js';
export { parseDeployments } from './parse-deployments.js';
export { parseLabels } from './parse-labels.js';
export { parsePredictions } from './parse-predictions.js';
export type { PredictionOptions } from './parse-predictions.js';
export type { ParsedRows, RejectedRow, RowOptions } from './parsed-rows.js';
export type {
  Detection,
  Prediction,
  PredictionFeatures,
  PredictionOutput,
  PrivateBox,
  SampleInput,
} from './prediction.js';

/** What happened to a model or service version. */
export type DeploymentKind = 'deploy' | 'rollback' | 'traffic' | 'config' | 'load_failed';

/** The model file that went live. Absent text is empty. */
export interface DeploymentArtifact {
  readonly sha256: string;
  readonly signature: string;
  readonly opset: number | null;
  readonly runtime: string;
  readonly runtimeVersion: string;
  readonly executionProvider: string;
  readonly precision: string;
}

/** Where the model came from. Absent text is empty. */
export interface DeploymentLineage {
  readonly dataset: string;
  readonly trainedBy: string;
  readonly commit: string;
}

/** One deployment event. Absent text is empty, absent numbers are null. Times are milliseconds since the epoch. */
export interface Deployment {
  readonly project: string;
  readonly deploymentId: string;
  readonly kind: DeploymentKind;
  readonly service: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly variant: string;
  readonly environment: string;
  readonly region: string;
  /** Share of the traffic that this version takes from now on, 0 to 1. */
  readonly trafficShare: number | null;
  readonly timestamp: number;
  readonly receivedAt: number;
  readonly artifact: DeploymentArtifact;
  readonly lineage: DeploymentLineage;
  readonly owner: string;
}

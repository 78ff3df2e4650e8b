import type { Deployment, DeploymentArtifact, DeploymentKind, DeploymentLineage } from './deployment.js';
import { LIMITS, MAX_DEPLOYMENT_AGE_MS } from './limits.js';
import { checkProject, parseRows } from './parsed-rows.js';
import type { ParsedRows, RowOptions } from './parsed-rows.js';
import type { JsonObject, RowReader } from './row-reader.js';

const FIELDS = new Set([
  ...[
    'deployment_id',
    'kind',
    'service',
    'model',
    'model_version',
    'variant',
    'environment',
    'region',
    'project',
  ],
  ...['traffic_share', 'timestamp', 'artifact', 'lineage', 'owner'],
]);

const ARTIFACT_FIELDS = new Set([
  ...['sha256', 'signature', 'opset', 'runtime', 'runtime_version', 'execution_provider', 'precision'],
]);

const LINEAGE_FIELDS = new Set(['dataset', 'trained_by', 'commit']);

const KINDS: ReadonlySet<string> = new Set<DeploymentKind>([
  'deploy',
  'rollback',
  'traffic',
  'config',
  'load_failed',
]);

/**
 * Parses the body of `POST /v1/deployments`.
 *
 * Required are `deployment_id`, `kind` and one of `service` and `model`. Events may be 400 days old. Faults reject
 * their row, as in `parsePredictions`.
 *
 * @throws AppError `samples.malformed` when the body is not JSON at all
 */
export function parseDeployments(body: Uint8Array, options: RowOptions): ParsedRows<Deployment> {
  return parseRows(body, options.contentType, (row, reader) => parseDeployment(row, reader, options));
}

function parseDeployment(row: JsonObject, reader: RowReader, { project, now }: RowOptions): Deployment {
  reader.onlyKnown(row, FIELDS);
  checkProject(row, reader, project);
  const deployment: Deployment = {
    project,
    deploymentId: reader.requiredText(row['deployment_id'], 'deployment_id'),
    kind: readKind(reader, row['kind']),
    service: reader.text(row['service'], 'service'),
    model: reader.text(row['model'], 'model'),
    modelVersion: reader.text(row['model_version'], 'model_version'),
    variant: reader.text(row['variant'], 'variant'),
    environment: reader.text(row['environment'], 'environment'),
    region: reader.text(row['region'], 'region'),
    trafficShare: reader.number(row['traffic_share'], 'traffic_share', 0, 1),
    timestamp: reader.timestamp(row['timestamp'], 'timestamp', now, MAX_DEPLOYMENT_AGE_MS),
    receivedAt: now,
    artifact: readArtifact(reader, row['artifact']),
    lineage: readLineage(reader, row['lineage']),
    owner: reader.text(row['owner'], 'owner'),
  };
  if (deployment.service === '' && deployment.model === '') {
    reader.refuse('service', 'one of service and model is required');
  }
  return deployment;
}

function readKind(reader: RowReader, value: unknown): DeploymentKind {
  const kind = reader.requiredText(value, 'kind');
  if (!KINDS.has(kind)) {
    reader.refuse('kind', `must be one of ${[...KINDS].join(', ')}`);
  }
  return kind as DeploymentKind;
}

function readArtifact(reader: RowReader, value: unknown): DeploymentArtifact {
  const artifact = reader.object(value, 'artifact') ?? {};
  reader.onlyKnown(artifact, ARTIFACT_FIELDS, 'artifact.');
  return {
    sha256: readSha256(reader, artifact['sha256']),
    signature: reader.text(artifact['signature'], 'artifact.signature', LIMITS.textLength),
    opset: reader.count(artifact['opset'], 'artifact.opset'),
    runtime: reader.text(artifact['runtime'], 'artifact.runtime'),
    runtimeVersion: reader.text(artifact['runtime_version'], 'artifact.runtime_version'),
    executionProvider: reader.text(artifact['execution_provider'], 'artifact.execution_provider'),
    precision: reader.text(artifact['precision'], 'artifact.precision'),
  };
}

function readSha256(reader: RowReader, value: unknown): string {
  const digest = reader.text(value, 'artifact.sha256').toLowerCase();
  if (digest !== '' && !/^[0-9a-f]{64}$/.test(digest)) {
    reader.refuse('artifact.sha256', '64 hexadecimal digits are expected');
  }
  return digest;
}

function readLineage(reader: RowReader, value: unknown): DeploymentLineage {
  const lineage = reader.object(value, 'lineage') ?? {};
  reader.onlyKnown(lineage, LINEAGE_FIELDS, 'lineage.');
  return {
    dataset: reader.text(lineage['dataset'], 'lineage.dataset', LIMITS.textLength),
    trainedBy: reader.text(lineage['trained_by'], 'lineage.trained_by'),
    commit: reader.text(lineage['commit'], 'lineage.commit'),
  };
}

import type { Deployment, DeploymentKind } from '@tidewatch/samples';
import type { RowBlock, TimeRange } from '@tidewatch/core';
import {
  dateTime64Milli,
  enum8,
  float64,
  lowCardinality,
  nullable,
  string,
  uint32,
} from '../column-types.js';
import type { Database } from '../database.js';
import { toNumber, toNumberOrNull } from '../row-values.js';
import type { JsonNumber } from '../row-values.js';
import { recordLayout, rowBlocks } from '../row-blocks.js';
import { column, defineTable } from '../table-definition.js';

/** Which deployments to list. */
export interface DeploymentFilter {
  /** By event time; default: all that are kept. */
  readonly range?: TimeRange;
  readonly service?: string;
  readonly model?: string;
  /** Default: all. */
  readonly kinds?: readonly DeploymentKind[];
  /** Default 100, newest first. */
  readonly limit?: number;
}

/** Encodes and lists deployment events. */
export interface DeploymentsRepository {
  /** The events as blocks; one equal to a stored one in every key column replaces it. */
  encode(project: string, deployments: readonly Deployment[]): RowBlock[];
  /** Newest first. */
  list(project: string, filter?: DeploymentFilter): Promise<Deployment[]>;
  /** Events of all projects within a time (ms, at most a day), newest first, at most 10,000. */
  ofAllProjects(range: TimeRange): Promise<Deployment[]>;
}

/** `deployments`. */
export const DEPLOYMENTS = recordLayout(
  defineTable<Deployment>(
    'deployments',
    [
      column('Project', lowCardinality, (row) => row.project),
      column('DeploymentId', string, (row) => row.deploymentId),
      column(
        'Kind',
        enum8<DeploymentKind>({ deploy: 1, rollback: 2, traffic: 3, config: 4, load_failed: 5 }),
        (row) => row.kind,
      ),
      column('Service', lowCardinality, (row) => row.service),
      column('Model', lowCardinality, (row) => row.model),
      column('ModelVersion', lowCardinality, (row) => row.modelVersion),
      column('Variant', lowCardinality, (row) => row.variant),
      column('Environment', lowCardinality, (row) => row.environment),
      column('Region', lowCardinality, (row) => row.region),
      column('TrafficShare', nullable(float64), (row) => row.trafficShare),
      column('Timestamp', dateTime64Milli, (row) => row.timestamp),
      column('ReceivedAt', dateTime64Milli, (row) => row.receivedAt),
      column('ArtifactSha256', string, ({ artifact }) => artifact.sha256),
      column('ArtifactSignature', string, ({ artifact }) => artifact.signature),
      column('ArtifactOpset', nullable(uint32), ({ artifact }) => artifact.opset),
      column('ArtifactRuntime', lowCardinality, ({ artifact }) => artifact.runtime),
      column('ArtifactRuntimeVersion', lowCardinality, ({ artifact }) => artifact.runtimeVersion),
      column('ArtifactExecutionProvider', lowCardinality, ({ artifact }) => artifact.executionProvider),
      column('ArtifactPrecision', lowCardinality, ({ artifact }) => artifact.precision),
      column('LineageDataset', string, ({ lineage }) => lineage.dataset),
      column('LineageTrainedBy', string, ({ lineage }) => lineage.trainedBy),
      column('LineageCommit', string, ({ lineage }) => lineage.commit),
      column('Owner', lowCardinality, (row) => row.owner),
    ],
    { announced: true },
  ),
  (row) => row.timestamp,
);

const DAY_MS = 86_400_000;

interface DeploymentJson extends Record<string, unknown> {
  Kind: DeploymentKind;
  TrafficShare: JsonNumber | null;
  ArtifactOpset: JsonNumber | null;
  timestamp: string;
  receivedAt: string;
}

/** Opens the repository. */
export function deploymentsRepository(database: Database): DeploymentsRepository {
  return {
    encode: (project, deployments) =>
      rowBlocks(
        DEPLOYMENTS,
        deployments.map((deployment) => ({ ...deployment, project })),
      ),
    list: async (project, filter = {}) => {
      const rows = await database.query<DeploymentJson>(
        `SELECT *, toUnixTimestamp64Milli(Timestamp) AS timestamp, toUnixTimestamp64Milli(ReceivedAt) AS receivedAt
         FROM deployments FINAL
         WHERE Project = {project:String}
           AND Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
           AND ({service:String} = '' OR Service = {service:String}) AND ({model:String} = '' OR Model = {model:String})
           AND (empty({kinds:Array(String)}) OR has({kinds:Array(String)}, toString(Kind)))
         ORDER BY Timestamp DESC, DeploymentId LIMIT {limit:UInt32}`,
        {
          project,
          from: filter.range?.from ?? 0,
          to: filter.range?.to ?? 4_102_444_800_000,
          service: filter.service ?? '',
          model: filter.model ?? '',
          kinds: filter.kinds ?? [],
          limit: filter.limit ?? 100,
        },
        { tag: 'deployments.list' },
      );
      return rows.map(toDeployment);
    },
    ofAllProjects: async ({ from, to }) => {
      const rows = await database.query<DeploymentJson>(
        `SELECT *, toUnixTimestamp64Milli(Timestamp) AS timestamp, toUnixTimestamp64Milli(ReceivedAt) AS receivedAt
         FROM deployments FINAL
         WHERE Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
         ORDER BY Timestamp DESC, Project, DeploymentId LIMIT 10000`,
        { from: Math.max(Math.floor(from), Math.ceil(to) - DAY_MS), to: Math.ceil(to) },
        { tag: 'deployments.of-all-projects' },
      );
      return rows.map(toDeployment);
    },
  };
}

function toDeployment(row: DeploymentJson): Deployment {
  const text = (name: string): string => row[name] as string;
  return {
    project: text('Project'),
    deploymentId: text('DeploymentId'),
    kind: row.Kind,
    service: text('Service'),
    model: text('Model'),
    modelVersion: text('ModelVersion'),
    variant: text('Variant'),
    environment: text('Environment'),
    region: text('Region'),
    trafficShare: toNumberOrNull(row.TrafficShare),
    timestamp: toNumber(row.timestamp),
    receivedAt: toNumber(row.receivedAt),
    artifact: {
      sha256: text('ArtifactSha256'),
      signature: text('ArtifactSignature'),
      opset: toNumberOrNull(row.ArtifactOpset),
      runtime: text('ArtifactRuntime'),
      runtimeVersion: text('ArtifactRuntimeVersion'),
      executionProvider: text('ArtifactExecutionProvider'),
      precision: text('ArtifactPrecision'),
    },
    lineage: {
      dataset: text('LineageDataset'),
      trainedBy: text('LineageTrainedBy'),
      commit: text('LineageCommit'),
    },
    owner: text('Owner'),
  };
}

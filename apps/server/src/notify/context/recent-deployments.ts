import type { IncidentKey, IncidentState } from '@tidewatch/alerts';
import { wentLive, type DeploymentNote } from '@tidewatch/channels';
import type { Deployment } from '@tidewatch/samples';
import type { DeploymentFilter, Store } from '@tidewatch/store';

/** An older deployment is no suspect any more. */
const BEFORE_MS = 7 * 86_400_000;
const MOST = 3;
/** Read to find {@link MOST} of the right region. */
const READ = 20;

/**
 * The latest deployments of the incident's service or model, in its region or in all, before and during it; newest first, at
 * most 3. The one that was live when it opened is among them, however much has happened since.
 *
 * @throws AppError of the store
 */
export async function recentDeployments(
  store: Pick<Store, 'deployments'>,
  incident: IncidentState,
  now: number,
): Promise<DeploymentNote[]> {
  const range = { from: incident.openedAt - BEFORE_MS, to: (incident.resolvedAt ?? now) + 1 };
  const found = await deploymentsOf(store, incident.key, { range, limit: READ });
  const newest = found.slice(0, MOST);
  const live = found.find((deployment) => deployment.at <= incident.openedAt && wentLive(deployment));
  return live === undefined || newest.includes(live) ? newest : [...newest.slice(0, MOST - 1), live];
}

/**
 * Deployments of a service or a model, in the region or in all, newest first.
 *
 * @throws AppError of the store
 */
export async function deploymentsOf(
  store: Pick<Store, 'deployments'>,
  { project, service, model, region }: IncidentKey,
  filter: Pick<DeploymentFilter, 'range' | 'kinds' | 'limit'>,
): Promise<DeploymentNote[]> {
  const [ofService, ofModel] = await Promise.all([
    service === '' ? [] : store.deployments.list(project, { ...filter, service }),
    model === '' ? [] : store.deployments.list(project, { ...filter, model }),
  ]);
  const found = new Map<string, Deployment>();
  for (const deployment of [...ofService, ...ofModel]) {
    const { deploymentId, kind, timestamp, region: place } = deployment;
    if (region === '' || place === '' || place === region) {
      found.set(
        JSON.stringify([deploymentId, kind, timestamp, deployment.service, deployment.model]),
        deployment,
      );
    }
  }
  return [...found.values()].sort((a, b) => b.timestamp - a.timestamp).map(deploymentNote);
}

/** What a message says of a deployment. */
export function deploymentNote({
  deploymentId,
  kind,
  service,
  model,
  modelVersion,
  region,
  timestamp,
}: Deployment): DeploymentNote {
  return { deploymentId, kind, service, model, modelVersion, region, at: timestamp };
}

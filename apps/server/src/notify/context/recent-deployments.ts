import type { IncidentState } from '@tidewatch/alerts';
import type { DeploymentNote } from '@tidewatch/channels';
import type { Deployment } from '@tidewatch/samples';
import type { Store } from '@tidewatch/store';

/** An older deployment is no suspect any more. */
const BEFORE_MS = 7 * 86_400_000;
const MOST = 3;
/** Read to find {@link MOST} of the right region. */
const READ = 20;

/**
 * The latest deployments of the incident's service or model, in its region or in all, before and during it; newest first, at most 3.
 *
 * @throws AppError of the store
 */
export async function recentDeployments(
  store: Pick<Store, 'deployments'>,
  incident: IncidentState,
  now: number,
): Promise<DeploymentNote[]> {
  const { project, service, model, region } = incident.key;
  const range = { from: incident.openedAt - BEFORE_MS, to: (incident.resolvedAt ?? now) + 1 };
  const [ofService, ofModel] = await Promise.all([
    service === '' ? [] : store.deployments.list(project, { service, range, limit: READ }),
    model === '' ? [] : store.deployments.list(project, { model, range, limit: READ }),
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
  return [...found.values()]
    .sort((a, b) => b.timestamp - a.timestamp)
    .slice(0, MOST)
    .map(deploymentNote);
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

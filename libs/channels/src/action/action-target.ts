import type { IncidentState } from '@tidewatch/alerts';
import type { DeploymentNote, Notification } from '../channel.js';
import { wentLive } from '../went-live.js';

/** What an action is about; parts that are not known are empty. */
export interface ActionPlace {
  readonly project: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
}

/** What the incident is about. A drill has a key that no model has, and labels of what it plays. */
export function actionPlace({ key, marker, members }: IncidentState): ActionPlace {
  const { project, service, region } = key;
  const [played] = Object.values(members);
  return {
    project,
    service,
    region,
    model: marker === 'drill' ? (played?.labels['model'] ?? '') : key.model,
  };
}

/** What went live in a place: its own, and what is not known to be of another one. Newest first, like `deployments`. */
export function liveIn(place: ActionPlace, deployments: readonly DeploymentNote[]): DeploymentNote[] {
  return deployments.filter(
    (deployment) =>
      wentLive(deployment) &&
      (['service', 'model', 'region'] as const).every(
        (part) => place[part] === '' || deployment[part] === '' || deployment[part] === place[part],
      ),
  );
}

/**
 * The deployment that the incident names, or else the newest that was live when it began; `null` when that is not known.
 * Another one is no substitute for the one that is named.
 *
 * @param live newest first
 */
export function currentDeployment(
  notification: Notification,
  live: readonly DeploymentNote[],
): DeploymentNote | null {
  const { deploymentId } = notification.incident;
  const beganAt = beginningOf(notification);
  return (
    live.find((each) => (deploymentId === '' ? each.at <= beganAt : each.deploymentId === deploymentId)) ??
    null
  );
}

/**
 * What to roll back to: the newest that was live before the current one. Or one sentence that says why there is nothing
 * that a machine should go back to.
 */
export function rollbackTarget(
  notification: Notification,
  current: DeploymentNote | null,
  live: readonly DeploymentNote[],
): DeploymentNote | string {
  const { deploymentId } = notification.incident;
  if (current === null) {
    return deploymentId === ''
      ? 'no deployment before the incident is known. Report deployments to /v1/deployments.'
      : `the deployment ${deploymentId} that the incident names is not known. Report deployments to /v1/deployments.`;
  }
  if (current.kind === 'rollback') {
    // What is before a rollback is the version that was taken away, and before that one nobody knows what still runs.
    return `${current.deploymentId} is live because of a rollback already. Going back further is for a person to decide.`;
  }
  const later = live.find(
    ({ at, deploymentId: id }) => at > beginningOf(notification) && id !== current.deploymentId,
  );
  if (later !== undefined) {
    return `${later.deploymentId} has gone live since the incident began.`;
  }
  const before = live.find(({ at, deploymentId: id }) => id !== current.deploymentId && at < current.at);
  return before ?? 'no deployment before the current one is known. Report deployments to /v1/deployments.';
}

/** When what the message is about began: of a ticket that has become a page, when it became one. */
function beginningOf({ intent, incident }: Notification): number {
  return intent.reason === 'escalated' ? intent.notBefore : incident.openedAt;
}

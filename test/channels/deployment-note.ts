import type { DeploymentNote } from '../../libs/channels/src/channel.js';

/** A deployment of version 1.4.x of the model `ranker`; x is the number in its id, `d-x`. */
export function deploymentNote(
  deploymentId: string,
  at: number,
  changes: Partial<DeploymentNote> = {},
): DeploymentNote {
  return {
    deploymentId,
    kind: 'deploy',
    service: 'ranker-api',
    model: 'ranker',
    modelVersion: `1.4.${deploymentId.slice(2)}`,
    region: 'eu-1',
    at,
    ...changes,
  };
}

import type { DeploymentNote } from './channel.js';

/** Whether a version serves requests after this event. */
export function wentLive({ kind }: Pick<DeploymentNote, 'kind'>): boolean {
  return kind === 'deploy' || kind === 'rollback';
}

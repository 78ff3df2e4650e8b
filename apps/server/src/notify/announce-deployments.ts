import { matchRoutes } from '@tidewatch/alerts';
import type { DeploymentNote } from '@tidewatch/channels';
import type { Deployment } from '@tidewatch/samples';
import { startTicker, type Ticker } from '../evaluate/ticker.js';
import type { Runtime } from '../runtime.js';

const EVERY_MS = 5_000;
/** How far back a look goes: senders report late, and a ticker may miss some rounds. */
const LOOK_BACK_MS = 600_000;

/**
 * Notes new deployments at the receivers that pages of their service go to, where a receiver has a place for such notes
 * (PagerDuty's change events): whoever is paged sees what changed before. Nobody is woken. What was reported before this
 * process began is not announced again.
 */
export function announceDeployments(runtime: Runtime): Ticker {
  const seen = new Map<string, number>();
  let first = true;
  return startTicker('announce-deployments', EVERY_MS, runtime.logger, async (now) => {
    const range = { from: now - LOOK_BACK_MS, to: now + LOOK_BACK_MS };
    const deployments = await runtime.store.deployments.ofAllProjects(range);
    const fresh = deployments.filter((deployment) => !seen.has(identityOf(deployment)));
    fresh.forEach((deployment) => seen.set(identityOf(deployment), deployment.timestamp));
    if (!first) {
      await Promise.all(fresh.map((deployment) => announce(runtime, deployment)));
    }
    first = false;
    for (const [identity, at] of seen) {
      if (at < range.from) {
        seen.delete(identity);
      }
    }
  });
}

function identityOf({ project, deploymentId, kind, service, timestamp }: Deployment): string {
  return JSON.stringify([project, deploymentId, kind, service, timestamp]);
}

async function announce(runtime: Runtime, deployment: Deployment): Promise<void> {
  const { project, deploymentId, kind, service, model, modelVersion, region, timestamp, owner } = deployment;
  const labels = {
    project,
    service,
    model,
    region,
    owner,
    severity: 'page',
    kind: 'SLO',
    aspect: 'availability',
  };
  const note: DeploymentNote = { deploymentId, kind, service, model, modelVersion, region, at: timestamp };
  for (const { receiver } of matchRoutes(runtime.rules().routing, labels, runtime.receivers())) {
    const result = await runtime.channels().get(receiver)?.announce?.(note);
    if (result !== undefined && result.outcome !== 'delivered') {
      runtime.logger.warn(
        { receiver, deployment: deploymentId, reason: result.reason },
        'a deployment was not announced',
      );
    }
  }
}

import type { ApiClient } from './api-client.js';
import { BAD_RELEASE, BAD_TRAFFIC, deploymentsCall } from './deployments.js';
import { FLEET } from './fleet.js';
import type { Narrator } from './narrator.js';
import type { FleetOptions } from './options.js';
import type { LiveService } from './service.js';

const API_ATTEMPTS = 10;

/** Something that happens to the fleet. */
export interface Happening {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Makes it happen; services have ticked up to `now`. */
  happen(now: number): void;
}

/** Who takes part in the story and who is told of it. */
export interface Stage {
  readonly live: readonly LiveService[];
  readonly client: ApiClient;
  readonly narrator: Narrator;
}

/** What happens in live traffic that begins at `start`, in order of time: something breaks, and what can be mended is. */
export function storyOf(start: number, options: FleetOptions, stage: Stage): Happening[] {
  const { incidentAfterMs, rollbackAfterMs } = options;
  const incidentAt = start + incidentAfterMs;
  return [
    { at: incidentAt, happen: (now) => startIncident(stage, now) },
    ...(rollbackAfterMs === 0
      ? []
      : [{ at: incidentAt + rollbackAfterMs, happen: (now: number) => rollBack(stage, now) }]),
  ];
}

/** The bad deploy on one service, and a change of inputs on the two others: none explains another. */
function startIncident({ live, client, narrator }: Stage, now: number): void {
  const { ranker, fraud, vision } = FLEET;
  live.find((service) => service.profile === ranker)?.deploy(BAD_RELEASE, BAD_TRAFFIC);
  live
    .filter(({ profile }) => profile === fraud || profile === vision)
    .forEach((service) => service.setMood('evening'));

  narrator.say(
    `BAD DEPLOY ${ranker.model} ${BAD_RELEASE.modelVersion} (${BAD_RELEASE.deploymentId}) on ${ranker.service}: ` +
      `${BAD_TRAFFIC.errorShare * 100} % of requests now time out`,
  );
  narrator.emit({
    event: 'bad-deploy',
    at: now,
    service: ranker.service,
    model: ranker.model,
    deployment_id: BAD_RELEASE.deploymentId,
  });
  narrator.say(
    `EVENING TRAFFIC ${fraud.model} on ${fraud.service}: amounts are one standard deviation higher, ` +
      'payments follow each other 20 times faster',
  );
  narrator.emit({ event: 'evening-traffic', at: now, service: fraud.service, model: fraud.model });
  narrator.say(
    `EVENING LIGHT ${vision.model} on ${vision.service}: frames are dark and blurred, ` +
      'and nearly half of them come from the packing hall',
  );
  narrator.emit({ event: 'evening-light', at: now, service: vision.service, model: vision.model });
  reportDeployment({ client, narrator }, { profile: ranker, release: BAD_RELEASE, kind: 'deploy', at: now });
}

/** The release before comes back, and with it traffic that is well. The evening remains: nobody can roll it back. */
function rollBack({ live, client, narrator }: Stage, now: number): void {
  const { ranker } = FLEET;
  const { release, traffic } = ranker;
  live.find((service) => service.profile === ranker)?.deploy(release, traffic);
  narrator.say(
    `ROLLBACK ${ranker.model} to ${release.modelVersion} (${release.deploymentId}) on ${ranker.service}: requests are answered again`,
  );
  narrator.emit({
    event: 'rollback',
    at: now,
    service: ranker.service,
    model: ranker.model,
    deployment_id: release.deploymentId,
  });
  reportDeployment({ client, narrator }, { profile: ranker, release, kind: 'rollback', at: now });
}

function reportDeployment(
  { client, narrator }: Omit<Stage, 'live'>,
  deployment: Parameters<typeof deploymentsCall>[0][number],
): void {
  client
    .send(deploymentsCall([deployment]), { attempts: API_ATTEMPTS })
    .catch((error: Error) => narrator.say(`WARNING the deployment could not be reported: ${error.message}`));
}

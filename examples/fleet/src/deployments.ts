import type { ApiCall } from './api-client.js';
import { FLEET } from './fleet.js';
import type { Release, ServiceProfile } from './fleet.js';
import type { TrafficProfile } from './traffic/requests.js';

/** The release that breaks the ranker. */
export const BAD_RELEASE: Release = { modelVersion: '1.5.0', deploymentId: 'd-ranker-150' };

/**
 * What the bad release does: 15 % of its requests run into a timeout of about two seconds.
 *
 * Against a target of 99.99 % and with even traffic in the hour before, t seconds of it burn the one-hour budget at
 * 0.15 · t / 3600 / 0.0001 = 0.417 t, on top of the 0.2 of a good day: a burn of 4 is crossed after 9 s, 14.4 after
 * 34 s. The five-minute window is always ahead.
 */
export const BAD_TRAFFIC: TrafficProfile = { ...FLEET.ranker.traffic, errorShare: 0.15, failureSeconds: 2 };

/** The call that tells of deployments. `at` is milliseconds since the epoch. */
export function deploymentsCall(
  events: readonly {
    readonly profile: ServiceProfile;
    readonly release: Release;
    readonly kind: 'deploy' | 'rollback';
    readonly at: number;
  }[],
): ApiCall {
  const rows = events.map(({ profile, release, kind, at }) => ({
    deployment_id: release.deploymentId,
    kind,
    service: profile.service,
    model: profile.model,
    model_version: release.modelVersion,
    environment: profile.environment,
    region: profile.region,
    traffic_share: 1,
    timestamp: new Date(at).toISOString(),
    lineage: { dataset: 'training-2026-11', trained_by: 'nightly-training' },
    owner: profile.owner,
  }));
  return {
    method: 'POST',
    path: '/v1/deployments',
    contentType: 'application/json',
    body: JSON.stringify(rows),
  };
}

import type { TimeRange } from '@tidewatch/core';
import type { Population } from '@tidewatch/drift';
import type { Deployment } from '@tidewatch/samples';
import type { CountedArm, Store } from '@tidewatch/store';

/** The version of a model that answers, and one that is there to be tried; empty where there is none. */
export interface VersionsInUse {
  readonly stable: string;
  readonly candidate: string;
}

/** Deployments older than this are no candidates any more. */
const DEPLOYMENTS_MS = 30 * 86_400_000;
const MOST_DEPLOYMENTS = 50;

/** Reads which versions answered in a window and which were deployed lately. */
export async function readVersions(
  store: Pick<Store, 'performance' | 'deployments'>,
  project: string,
  population: Population,
  window: TimeRange,
): Promise<VersionsInUse> {
  const { model, service } = population;
  const [arms, deployments] = await Promise.all([
    store.performance.arms(project, population, window),
    store.deployments.list(project, {
      model,
      service,
      range: { from: window.to - DEPLOYMENTS_MS, to: window.to + 1 },
      limit: MOST_DEPLOYMENTS,
    }),
  ]);
  return versionsInUse(arms, deployments);
}

/**
 * Stable is the version with the most answers. The candidate is the newest one that was deployed after it and has loaded;
 * without deployment events, another version that answers under a variant of its own. A rollback names the version that
 * serves from then on, so what was deployed before it is no candidate.
 *
 * @param arms versions and variants of a window
 * @param deployments of the model, newest first
 */
export function versionsInUse(
  arms: readonly CountedArm[],
  deployments: readonly Deployment[],
): VersionsInUse {
  const rows = new Map<string, number>();
  for (const { version, rows: count } of arms) {
    rows.set(version, (rows.get(version) ?? 0) + count);
  }
  const [busiest] = [...rows].filter(([version]) => version !== '').sort((a, b) => b[1] - a[1]);
  const live = deployments.filter(({ kind, modelVersion }) => modelVersion !== '' && kind !== 'config');
  const stable = busiest?.[0] ?? live.find(takesAll)?.modelVersion ?? '';
  const since = live.findIndex(({ kind, modelVersion }) => modelVersion === stable && kind !== 'traffic');
  const later = since === -1 ? live : live.slice(0, since);
  const failed = new Set<string>();
  for (const { kind, modelVersion } of later) {
    if (kind === 'load_failed') {
      failed.add(modelVersion);
    } else if (modelVersion !== stable && !failed.has(modelVersion)) {
      return { stable, candidate: modelVersion };
    }
  }
  const variant = arms.find((arm) => arm.version !== '' && arm.version !== stable && arm.variant !== '');
  return { stable, candidate: failed.has(variant?.version ?? '') ? '' : (variant?.version ?? '') };
}

function takesAll({ kind, trafficShare, variant }: Deployment): boolean {
  return kind !== 'load_failed' && (trafficShare === null ? variant === '' : trafficShare > 0.5);
}

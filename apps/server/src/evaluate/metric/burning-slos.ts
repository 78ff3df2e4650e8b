import type { Store } from '@tidewatch/store';

/** Verdicts of SLOs are written at least every five minutes. */
const LATEST_MS = 900_000;

/** Whether an SLO of the same service, region and model burns its budget: a tier of it fires. */
export type IsSloBurning = (rule: {
  readonly service: string;
  readonly region: string;
  readonly model: string;
}) => boolean;

/** Looks up which SLOs of a project burn now. */
export async function burningSlos(
  store: Pick<Store, 'verdicts'>,
  project: string,
  now: number,
): Promise<IsSloBurning> {
  const rows = await store.verdicts.latest(project, 'SLO', { since: now - LATEST_MS });
  const burning = new Set(
    rows
      .filter(({ state }) => state === 'breach')
      .map(({ service, region, model }) => JSON.stringify([service, region, model])),
  );
  return ({ service, region, model }) => burning.has(JSON.stringify([service, region, model]));
}

import { seededRandom } from '@tidewatch/core';

/** What happens to one service, in ms from the beginning of the outage; `null` for never. */
export interface PlannedIncident {
  readonly service: string;
  readonly severity: 'page' | 'ticket';
  readonly opensAt: number;
  /** Another tier of the rule fires. */
  readonly changesAt: number;
  readonly resolvesAt: number | null;
  readonly reopensAt: number | null;
}

/** One thing that happens. */
export interface PlannedStep {
  readonly at: number;
  readonly incident: PlannedIncident;
  readonly what: 'opens' | 'changes' | 'resolves' | 'reopens';
}

const MINUTE = 60_000;
/** How long before the outage the first incidents open. */
export const LEAD_MS = 5 * MINUTE;

/**
 * Incidents of which two in five are open when the outage begins, and half end in it; some of those begin anew before it
 * is over.
 *
 * @param outageMs at least 8 minutes
 */
export function planIncidents(count: number, outageMs: number, seed: number): PlannedIncident[] {
  const random = seededRandom(seed);
  const between = (from: number, to: number): number => Math.round(from + random() * (to - from));
  return Array.from({ length: count }, (_, index) => {
    const opensAt = random() < 0.4 ? between(-LEAD_MS, -MINUTE) : between(0, outageMs - 6 * MINUTE);
    const changesAt = Math.max(0, opensAt) + between(MINUTE, 2 * MINUTE);
    const resolvesAt = random() < 0.5 ? between(changesAt + 1_000, outageMs - 3 * MINUTE) : null;
    const reopens = resolvesAt !== null && random() < 0.3;
    return {
      service: `service-${String(index).padStart(3, '0')}`,
      severity: random() < 0.7 ? 'page' : 'ticket',
      opensAt,
      changesAt,
      resolvesAt,
      reopensAt: reopens ? resolvesAt + between(MINUTE, 2 * MINUTE) : null,
    };
  });
}

/** Everything that happens, in order. */
export function stepsOf(incidents: readonly PlannedIncident[]): PlannedStep[] {
  return incidents
    .flatMap((incident): { at: number | null; incident: PlannedIncident; what: PlannedStep['what'] }[] => [
      { at: incident.opensAt, incident, what: 'opens' },
      { at: incident.changesAt, incident, what: 'changes' },
      { at: incident.resolvesAt, incident, what: 'resolves' },
      { at: incident.reopensAt, incident, what: 'reopens' },
    ])
    .filter((step): step is PlannedStep => step.at !== null)
    .sort((a, b) => a.at - b.at);
}

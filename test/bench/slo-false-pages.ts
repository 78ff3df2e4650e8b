import { seededRandom } from '@tidewatch/core';
import { DEFAULT_TIERS, firingEdges, healthySlices, type BurnTier } from '@tidewatch/slo';
import { sloDefinition } from '../harness/slo-definition.js';
import { figure, type Figure } from './figure.js';

const HOUR = 3_600_000;
const MONTH = 30 * 24 * HOUR;
/** Before the month begins, so that every window of a page tier is full. */
const WARM_UP = 6 * HOUR;
const MONTHS = 20;
const RATES = [10, 20, 30, 60, 100, 150, 200, 300, 450, 600, 800, 1_000, 1_200, 1_500, 3_600];
/** Half of what an objective of 99.9 % allows. */
const ERROR_RATIO = 0.0005;
const GATED = DEFAULT_TIERS.filter(({ severity }) => severity === 'page');
const UNGATED = GATED.map((tier) => ({ ...tier, minimumBadEvents: 1 }));

/**
 * `false-pages`: how often a page tier begins to fire for healthy services, judged every ten seconds over simulated months.
 *
 * Requests are Poisson arrivals at fifteen rates, each fails with half the chance that the budget allows. Every rate has its
 * own seed, and both sets of tiers see the same requests.
 */
export async function benchFalsePages(): Promise<Figure[]> {
  const results = RATES.map((requestsPerHour) => ({ requestsPerHour, ...simulate(requestsPerHour) }));
  const shown = results.map(({ requestsPerHour, gated, ungated }) => ({ requestsPerHour, gated, ungated }));
  process.stderr.write(
    `Pages in ${MONTHS} months by tier (${GATED.map(({ name }) => name).join(', ')}), with the default gates and with one bad event:\n` +
      shown
        .map((each) => `  ${each.requestsPerHour}/h  ${each.gated.join(' ')}  ${each.ungated.join(' ')}\n`)
        .join(''),
  );
  const sum = (counts: (result: (typeof results)[number]) => readonly number[]): number =>
    results.flatMap(counts).reduce((total, count) => total + count, 0);
  return [
    figure({
      name: 'false-pages',
      value: sum(({ gated }) => gated),
      unit: `pages in ${MONTHS} months at ${RATES.length} rates`,
      baseline: sum(({ ungated }) => ungated),
      baselineName: 'the same tiers with a minimum of one bad event',
      floor: { atMost: 0 },
    }),
  ];
}

/** Pages by tier at one rate. */
function simulate(requestsPerHour: number): { gated: number[]; ungated: number[] } {
  const random = seededRandom(requestsPerHour);
  const [gated, ungated] = [GATED.map(() => 0), UNGATED.map(() => 0)];
  const lengthMs = WARM_UP + MONTH;
  for (let month = 0; month < MONTHS; month += 1) {
    const slices = healthySlices({ requestsPerHour, errorRatio: ERROR_RATIO, lengthMs }, random);
    const range = { from: WARM_UP, to: lengthMs };
    const add = (counts: number[], tiers: readonly BurnTier[]): void =>
      firingEdges(sloOf(tiers), slices, range).forEach((edges, tier) => {
        counts[tier] = (counts[tier] ?? 0) + edges;
      });
    add(gated, GATED);
    add(ungated, UNGATED);
  }
  return { gated, ungated };
}

/** The events are simulated: nothing is counted. */
function sloOf(tiers: readonly BurnTier[]): ReturnType<typeof sloDefinition> {
  return sloDefinition(
    { kind: 'ratio', good: null, bad: null, total: { metric: '', match: [] } },
    { target: 0.999, tiers },
  );
}

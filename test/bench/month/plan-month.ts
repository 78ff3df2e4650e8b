import { seededRandom } from '@tidewatch/core';
import { outageCourse, type OutageCourse, type PlannedOutage } from './planned-outage.js';
import type { DailyTraffic, Month, Noise, Outage, ServiceMonth, Trouble } from './service-month.js';
import { requestsPerHourAt } from './simulate-traffic.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** 2026-10-01T00:00:00Z */
const MONTH_FROM = 1_790_812_800_000;
const QUIETEST_PER_HOUR = 30;
const BUSIEST_PER_HOUR = 360_000;
const BETWEEN_DEPLOYMENTS_MS = (7 * DAY) / 3;
/** Of the busiest services, one in so many burns slowly for some days. */
const SLOW_BURN_EVERY = 9;

/** How large a month is. */
export interface MonthPlan {
  readonly services: number;
  readonly days: number;
  readonly seed: number;
  readonly outages: readonly PlannedOutage[];
}

/**
 * What happens in a month, from a seed. Traffic of the services lies between 30 and 360,000 requests an hour, evenly by its
 * logarithm, and follows the day; at most a third of the budget of 0.1 % is always spent.
 *
 * - Deployments, about three a week: for some seconds up to 30 % of the requests fail, and a monitor of the inputs or the
 *   canary may be alarmed for some minutes within the quarter of an hour after.
 * - Flaps: 10 to 60 s in which requests fail, alone or every few minutes for an hour or two. Those of an hour, with what else
 *   may fail in it, stay four standard deviations below what the most sensitive page tier lets go ({@link flapBudgetS}).
 * - Slow burns: days at 1.3 to 1.8 times the budget, worth a ticket and no page.
 * - The outages that are planned. In the six hours after one its service is not deployed by chance and does not flap: the long
 *   windows of the page tiers still hold the outage then, so that whatever fails again pages again, as it should.
 */
export function planMonth(plan: MonthPlan): Month {
  const to = MONTH_FROM + plan.days * DAY;
  const indexOf = ({ rank }: PlannedOutage): number => Math.round(rank * (plan.services - 1));
  const courses = Array.from({ length: plan.services }, (_, index) =>
    plan.outages
      .filter((planned) => indexOf(planned) === index)
      .map((planned) => outageCourse(planned, nameOf(index), MONTH_FROM)),
  );
  return {
    from: MONTH_FROM,
    to,
    services: courses.map((own, index) => planService(plan, index, to, own)),
    silences: courses.flat().flatMap(({ silences }) => silences),
  };
}

function nameOf(index: number): string {
  return `service-${String(index).padStart(3, '0')}`;
}

function planService(
  { services, seed }: MonthPlan,
  index: number,
  monthTo: number,
  courses: readonly OutageCourse[],
): ServiceMonth {
  const random = seededRandom(seed + 2 * index);
  const between = (least: number, most: number): number => least + (most - least) * random();
  const rank = services === 1 ? 0 : index / (services - 1);
  const isCalm = (at: number): boolean => !courses.some(({ outage }) => isAftermath(outage, at));
  const deployments = [
    ...deploymentTimes(random, monthTo).filter(isCalm),
    ...courses.flatMap(({ deployments: own }) => own),
  ].sort((a, b) => a - b);
  const burnsSlowly = rank > 0.7 && index % SLOW_BURN_EVERY === 0 && courses.length === 0;
  const traffic = {
    requestsPerHour: QUIETEST_PER_HOUR * (BUSIEST_PER_HOUR / QUIETEST_PER_HOUR) ** rank,
    swing: between(0.2, 0.6),
    peakMs: between(0, DAY),
  };
  return {
    ...traffic,
    service: nameOf(index),
    seed: seed + 2 * index + 1,
    errorRatio: between(0.00002, 0.0003),
    deployments,
    noise: deployments.flatMap((at) => deploymentNoise(at, between)),
    troubles: [
      ...deployments.map((at) => warmUpErrors(at, between)),
      ...flaps(traffic, between, monthTo).filter(({ from }) => isCalm(from)),
      ...(burnsSlowly ? [slowBurn(between, monthTo)] : []),
      ...courses.flatMap(({ troubles }) => troubles),
    ],
    outages: courses.map(({ outage }) => outage),
  };
}

/** Whether an outage goes on, or a page tier still has it in its long window. */
function isAftermath(outage: Outage, at: number): boolean {
  return outage.from <= at && at <= outage.to + 6 * HOUR;
}

type Between = (least: number, most: number) => number;

/** At random times, so long after one another on average. */
function deploymentTimes(random: () => number, monthTo: number): number[] {
  const times: number[] = [];
  const gap = (): number => -Math.log1p(-random()) * BETWEEN_DEPLOYMENTS_MS;
  for (let at = MONTH_FROM + gap(); at < monthTo - HOUR; at += gap()) {
    times.push(Math.floor(at));
  }
  return times;
}

function warmUpErrors(deployedAt: number, between: Between): Trouble {
  const from = Math.floor(deployedAt + between(0, MINUTE));
  return { from, to: from + Math.floor(between(2, 8) * SECOND), errorRatio: between(0.05, 0.3) };
}

/** Whether and when the monitors of a deployment are alarmed; over within a quarter of an hour. */
function deploymentNoise(deployedAt: number, between: Between): Noise[] {
  const aspects = (['inputs', 'canary'] as const).filter((aspect) =>
    aspect === 'inputs' ? between(0, 1) < 0.4 : between(0, 1) < 0.2,
  );
  return aspects.map((aspect) => {
    const from = Math.floor(deployedAt + between(2, 6) * MINUTE);
    return { from, to: from + Math.floor(between(2, 8) * MINUTE), aspect };
  });
}

/** One flap every two days and a row of flaps every ten days on average, at least two hours apart. */
function flaps(traffic: DailyTraffic, between: Between, monthTo: number): Trouble[] {
  const troubles: Trouble[] = [];
  let at = MONTH_FROM + between(0, 2 * DAY);
  while (at < monthTo - 4 * HOUR) {
    const budgetS = flapBudgetS(requestsPerHourAt(traffic, at) / 3_600);
    if (between(0, 6) < 1) {
      const end = at + between(1, 2) * HOUR;
      for (; at < end; at += between(4, 6) * MINUTE) {
        troubles.push(flap(at, (between(0.5, 1) * budgetS) / 15, between));
      }
    } else {
      troubles.push(flap(at, between(0.3, 1) * budgetS, between));
    }
    at += 2 * HOUR - Math.log1p(-between(0, 1)) * 1.5 * DAY;
  }
  return troubles;
}

/** What the guard tier lets go in an hour, as seconds of total failure: 4 times a budget of 0.1 %. */
const GUARD_S = 14.4;
/** Bad requests that it needs at least. */
const GUARD_BAD = 10;
/** What fails at any time and after a deployment spends at most so much of it in an hour. */
const OTHERWISE_S = 3.5;

/**
 * How many seconds of total failure the flaps of an hour may make up: with four standard deviations more bad requests than
 * expected, the guard tier does not fire.
 */
function flapBudgetS(requestsPerSecond: number): number {
  const needed = Math.max(GUARD_BAD, GUARD_S * requestsPerSecond);
  // The mean of a Poisson law that reaches `needed` at four standard deviations.
  const expected = (Math.sqrt(needed + 4) - 2) ** 2;
  return Math.min(10, expected / requestsPerSecond - OTHERWISE_S);
}

/** @param spentS what it spends, as seconds of total failure */
function flap(at: number, spentS: number, between: Between): Trouble {
  const lengthS = between(10, 60);
  const from = Math.floor(at);
  return { from, to: from + Math.floor(lengthS * SECOND), errorRatio: spentS / lengthS };
}

function slowBurn(between: Between, monthTo: number): Trouble {
  const lengthMs = between(2.5, 5) * DAY;
  const from = Math.floor(between(MONTH_FROM, monthTo - lengthMs));
  // What always fails comes on top.
  return { from, to: Math.floor(from + lengthMs), errorRatio: between(0.0011, 0.0015) };
}

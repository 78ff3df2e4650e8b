import { describe, expect, test } from '@jest/globals';
import type { IntentAction, NotificationIntent } from '@tidewatch/alerts';
import { seededRandom } from '@tidewatch/core';
import { DEFAULT_TIERS, detectionTime } from '@tidewatch/slo';
import { mean, variance } from 'simple-statistics';
import { detectionDeadline } from '../bench/month/detection-deadline.js';
import { pagerAlerts, tickets } from '../bench/month/held-objects.js';
import { judgeIncidents, judgePlain } from '../bench/month/judge-month.js';
import { planMonth } from '../bench/month/plan-month.js';
import { outageCourse, type PlannedOutage } from '../bench/month/planned-outage.js';
import { playService } from '../bench/month/play-service.js';
import { poissonSampler } from '../bench/month/poisson.js';
import { simulateTraffic } from '../bench/month/simulate-traffic.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

const OUTAGES: readonly PlannedOutage[] = [
  { name: 'half fails', rank: 1, at: 9 * HOUR, stretches: [[30 * MINUTE, 0.5]], errorRatio: 0.5 },
  {
    name: 'comes and goes after a deployment',
    rank: 0.5,
    at: 20 * HOUR,
    stretches: [
      [8 * MINUTE, 0.6],
      [11 * MINUTE, 0],
      [8 * MINUTE, 0.6],
    ],
    deployedBeforeMs: 30_000,
    ticketsSilenced: true,
    errorRatio: 0.6,
  },
];

const MONTH = planMonth({ services: 5, days: 2, seed: 7, outages: OUTAGES });

describe('two simulated days of five services with two outages', () => {
  const outcomes = MONTH.services.map((service) => playService(service, MONTH));
  const [incidents, plain] = [judgeIncidents(outcomes), judgePlain(outcomes)];

  test('make one page and at most one ticket of each outage, in time, and no page besides', () => {
    expect(incidents).toMatchObject({ pages: 2, missed: 0, falsePages: 0 });
    expect(incidents.outages.map(({ pages }) => pages.length)).toEqual([1, 1]);
    expect(incidents.ticketsOfAnOutage).toBe(1);
  });

  test('make more pages where each tier is an alert of its own', () => {
    expect(plain.pages).toBeGreaterThan(3);
    expect(plain.missed).toBe(0);
  });

  test.each([0, 2])('are the same when played again, no step passed over: service %d', (index) => {
    const again = playService(MONTH.services[index]!, MONTH, true);
    expect(again).toEqual(outcomes[index]);
  });
});

describe('what is simulated', () => {
  // Four standard errors of the mean of 20,000; the variance of a Poisson law is its mean.
  test.each([0.05, 3, 9.9, 10, 400])('numbers of mean %d are those of a Poisson law', (law) => {
    const draw = poissonSampler(law, seededRandom(11));
    const values = Array.from({ length: 20_000 }, draw);
    expect(Math.abs(mean(values) - law)).toBeLessThan(4 * Math.sqrt(law / 20_000));
    expect(Math.abs(variance(values) / law - 1)).toBeLessThan(4 * Math.sqrt((2 + 1 / law) / 20_000));
  });

  test('requests come at the rate of the service and fail with the share of an outage', () => {
    const busiest = MONTH.services.at(-1)!;
    const [outage] = busiest.outages;
    const slices = simulateTraffic(busiest, MONTH.from, MONTH.to);
    const sum = (from: number, to: number): { good: number; total: number } =>
      slices
        .filter(({ start }) => start >= from && start < to)
        .reduce((all, { good, total }) => ({ good: all.good + good, total: all.total + total }), {
          good: 0,
          total: 0,
        });
    expect(sum(MONTH.from, MONTH.to).total / 48 / busiest.requestsPerHour).toBeCloseTo(1, 2);
    const during = sum(outage!.from, outage!.to);
    expect(1 - during.good / during.total).toBeCloseTo(0.5 + busiest.errorRatio, 2);
  });

  test('the deadline of a busy service is the time of the closed form, and little more', () => {
    const busiest = MONTH.services.at(-1)!;
    const [outage] = busiest.outages;
    const fastest = Math.min(
      ...DEFAULT_TIERS.filter(({ severity }) => severity === 'page').map(
        (tier) => detectionTime({ target: 0.999, errorRatio: 0.5, tier }) ?? Infinity,
      ),
    );
    const delay = detectionDeadline(outage!, busiest) - outage!.from;
    expect(delay).toBeGreaterThan(fastest);
    expect(delay).toBeLessThan(1.2 * fastest + 10_000);
  });

  test('an outage has what precedes it, its deployment and its silence', () => {
    const planned = { ...OUTAGES[1]!, before: [[HOUR, 0.002] as const] };
    const { outage, troubles, deployments, silences } = outageCourse(planned, 'service-000', 0);
    expect(outage).toMatchObject({ from: 20 * HOUR, to: 20 * HOUR + 27 * MINUTE });
    expect(troubles[0]).toEqual({ from: 19 * HOUR, to: 20 * HOUR, errorRatio: 0.002 });
    expect(deployments).toEqual([20 * HOUR - 30_000]);
    expect(silences).toEqual([{ service: 'service-000', from: 19 * HOUR, to: 25 * HOUR }]);
  });
});

describe('what pager and tracker hold', () => {
  const said = (action: IntentAction, notBefore: number): NotificationIntent => ({
    ...{ id: '', incidentId: '', sequence: 1, receiver: 'r', reason: 'opened', severity: 'page' },
    ...{ dedupKey: 'k', explanation: [], destination: '', by: '', text: '', action, notBefore },
  });

  test('one alert as long as it is open, another one when it comes back; the ticket stays one', () => {
    const intents = [said('trigger', 1), said('update', 2), said('resolve', 3), said('trigger', 4)];
    expect(pagerAlerts(intents)).toEqual([
      { dedupKey: 'k', openedAt: 1, closedAt: 3 },
      { dedupKey: 'k', openedAt: 4, closedAt: null },
    ]);
    expect(tickets(intents)).toEqual([{ dedupKey: 'k', openedAt: 1, closedAt: null }]);
  });
});

import { figure, type Figure } from './figure.js';
import { judgeIncidents, judgePlain, type MonthResult } from './month/judge-month.js';
import { planMonth } from './month/plan-month.js';
import { TWELVE_OUTAGES } from './month/planned-outage.js';
import { playService } from './month/play-service.js';

const SERVICES = 200;
const DAYS = 30;
const SEED = 1;
const BASELINE = 'an alert for each tier, none tied to another';

/**
 * `month`: what people are sent in a simulated month of 200 services with deployments, flaps, slow burns and twelve outages.
 *
 * Requests are counted in slices, judged every ten seconds, and alerted on by the code that the server runs; only requests, clock,
 * pager and tracker are simulated. Baseline: what the same verdicts send when each tier is an alert of its own.
 *
 * An outage has one ticket. For 72 h its errors stay in the long window of the slowest tier, and a single failed request of a
 * quiet service may make that tier fire again: `month-tickets-72h` counts those tickets, too.
 */
export async function benchMonth(): Promise<Figure[]> {
  const month = planMonth({ services: SERVICES, days: DAYS, seed: SEED, outages: TWELVE_OUTAGES });
  const outcomes = month.services.map((service) => playService(service, month));
  const result = judgeIncidents(outcomes);
  const plain = judgePlain(outcomes);
  process.stderr.write(describe(result, plain));
  const unit = `in ${DAYS} days of ${SERVICES} services with ${TWELVE_OUTAGES.length} outages`;
  return [
    {
      ...{ name: 'month-pages', unit: `pages ${unit}`, value: result.pages, baseline: plain.pages },
      floor: { atMost: TWELVE_OUTAGES.length },
    },
    {
      ...{ name: 'month-missed', unit: `outages ${unit}`, value: result.missed, baseline: plain.missed },
      floor: { atMost: 0 },
    },
    {
      ...{ name: 'month-false', unit: `pages ${unit}`, value: result.falsePages, baseline: plain.falsePages },
      floor: { atMost: 0 },
    },
    {
      ...{ name: 'month-tickets', value: result.ticketsOfAnOutage, baseline: plain.ticketsOfAnOutage },
      unit: 'tickets of one outage at most',
      floor: { atMost: 1 },
    },
    {
      ...{ name: 'month-tickets-72h', value: result.rememberedOfAnOutage },
      ...{ baseline: plain.rememberedOfAnOutage, unit: 'tickets while one outage is in any window, at most' },
      floor: { atMost: 1 },
    },
  ].map((measured) => figure({ ...measured, baselineName: BASELINE }));
}

function describe(result: MonthResult, plain: MonthResult): string {
  const lines = result.outages.map(({ outage, pages, deadline, tickets, remembered }, index) => {
    const delay = (at: number | undefined): string =>
      at === undefined ? 'never' : `${Math.round((at - outage.from) / 1_000)} s`;
    const others = plain.outages[index];
    return `  ${outage.name}: paged after ${delay(pages[0])} (at most ${delay(deadline)}), pages ${pages.length}, tickets ${tickets} (${remembered} in 72 h); each tier by itself: pages ${others?.pages.length}, tickets ${others?.tickets}\n`;
  });
  return `Tickets in all: ${result.tickets}; each tier by itself: ${plain.tickets}\n${lines.join('')}`;
}

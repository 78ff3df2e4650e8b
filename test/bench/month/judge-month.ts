import { detectionDeadline } from './detection-deadline.js';
import { pagerAlerts, tickets } from './held-objects.js';
import type { ServiceOutcome } from './play-service.js';
import { PAGER, TICKETS } from './service-alerts.js';
import type { Outage } from './service-month.js';

/** How long the errors of an outage burn in the short window of the slowest ticket tier. */
const SHORT_MS = 6 * 3_600_000;
/** And in its long one: for so long a single error of a quiet service may make it fire. */
const LONG_MS = 72 * 3_600_000;

/** What came of an outage. */
export interface JudgedOutage {
  readonly outage: Outage;
  /** When its pages were sent, ms. */
  readonly pages: readonly number[];
  /** Until when one had to be. */
  readonly deadline: number;
  /** Tickets that were opened, or open, from its beginning until its errors had left the short windows of all tiers. */
  readonly tickets: number;
  /** The same until its errors had left all windows. */
  readonly remembered: number;
}

/** What a way of alerting did in a month, against what happened. */
export interface MonthResult {
  readonly pages: number;
  /** Outages without a page within the time in which there had to be one. */
  readonly missed: number;
  /** Pages while nothing was wrong. */
  readonly falsePages: number;
  /** The largest number of tickets that came of one outage. */
  readonly ticketsOfAnOutage: number;
  /** The same with those that came while a long window still held the outage. */
  readonly rememberedOfAnOutage: number;
  readonly tickets: number;
  readonly outages: readonly JudgedOutage[];
}

/** Something that somebody was sent. Times are ms, `null` is not yet. */
interface Sent {
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** What the pager and the tracker would hold. */
export function judgeIncidents(outcomes: readonly ServiceOutcome[]): MonthResult {
  return judge(outcomes, ({ intents }) => ({
    pages: pagerAlerts(intents.filter(({ receiver }) => receiver === PAGER)),
    tickets: tickets(intents.filter(({ receiver }) => receiver === TICKETS)),
  }));
}

/** What alerts that know nothing of one another would have sent. */
export function judgePlain(outcomes: readonly ServiceOutcome[]): MonthResult {
  return judge(outcomes, ({ plain }) => {
    const sent = (severity: 'page' | 'ticket'): Sent[] =>
      plain.filter((each) => each.severity === severity).map(({ at }) => ({ openedAt: at, closedAt: at }));
    return { pages: sent('page'), tickets: sent('ticket') };
  });
}

function judge(
  outcomes: readonly ServiceOutcome[],
  sentOf: (outcome: ServiceOutcome) => { readonly pages: readonly Sent[]; readonly tickets: readonly Sent[] },
): MonthResult {
  const services = outcomes.map((outcome) => {
    const sent = sentOf(outcome);
    const { service } = outcome;
    return {
      ...{ sent, service },
      outages: service.outages.map((outage): JudgedOutage => ({
        outage,
        pages: sent.pages.map(({ openedAt }) => openedAt).filter((at) => isDuring(outage, at)),
        deadline: detectionDeadline(outage, service),
        tickets: sent.tickets.filter((ticket) => isOf(outage, ticket, SHORT_MS)).length,
        remembered: sent.tickets.filter((ticket) => isOf(outage, ticket, LONG_MS)).length,
      })),
    };
  });
  const pages = services.flatMap(({ sent, service }) =>
    sent.pages.map(({ openedAt }) => service.outages.some((outage) => isDuring(outage, openedAt))),
  );
  const outages = services.flatMap((each) => each.outages);
  return {
    pages: pages.length,
    missed: outages.filter((each) => !each.pages.some((at) => at <= each.deadline)).length,
    falsePages: pages.filter((isRight) => !isRight).length,
    ticketsOfAnOutage: Math.max(0, ...outages.map((each) => each.tickets)),
    rememberedOfAnOutage: Math.max(0, ...outages.map((each) => each.remembered)),
    tickets: services.reduce((sum, { sent }) => sum + sent.tickets.length, 0),
    outages,
  };
}

function isDuring({ from, to }: Outage, at: number): boolean {
  return from <= at && at <= to;
}

function isOf({ from, to }: Outage, { openedAt, closedAt }: Sent, burnsMs: number): boolean {
  return openedAt < to + burnsMs && (closedAt ?? Infinity) >= from;
}

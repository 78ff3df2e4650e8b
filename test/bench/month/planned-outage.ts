import type { Outage, TicketSilence, Trouble } from './service-month.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** A stretch of an outage: how long it lasts (ms) and which share of the requests fails in it. */
type Stretch = readonly [lengthMs: number, errorRatio: number];

/** An outage as it is planned. */
export interface PlannedOutage {
  readonly name: string;
  /** Rank of the service by its traffic, from 0 for the quietest to 1 for the busiest. */
  readonly rank: number;
  /** After the beginning of the month, ms. */
  readonly at: number;
  /** What precedes it and is not worth a page. */
  readonly before?: readonly Stretch[];
  readonly stretches: readonly Stretch[];
  /** How far into the stretches it has its full share of errors, ms; default 0. */
  readonly fullAfterMs?: number;
  /** That share; of an outage that comes and goes its mean. */
  readonly errorRatio: number;
  /** A deployment so long before, ms. */
  readonly deployedBeforeMs?: number;
  /** Whether nobody wants to hear of tickets of the service, from an hour before it begins until five hours after. */
  readonly ticketsSilenced?: boolean;
}

/** The same share of errors throughout. */
function steady(minutes: number, errorRatio: number): Pick<PlannedOutage, 'stretches' | 'errorRatio'> {
  return { stretches: [[minutes * MINUTE, errorRatio]], errorRatio };
}

/** Comes and goes, again and again. */
function alternating(...stretches: readonly Stretch[]): Pick<PlannedOutage, 'stretches' | 'errorRatio'> {
  const sum = (value: (stretch: Stretch) => number): number =>
    stretches.reduce((total, stretch) => total + value(stretch), 0);
  return { stretches, errorRatio: sum(([ms, ratio]) => ms * ratio) / sum(([ms]) => ms) };
}

/** Grows by the same factor every ten seconds. */
function rising(from: number, to: number, lengthMs: number): Stretch[] {
  const steps = lengthMs / (10 * SECOND);
  return Array.from({ length: steps }, (_, step) => [10 * SECOND, from * (to / from) ** (step / steps)]);
}

/** Burns around the threshold of the fast page tier (14.4 times a budget of 0.1 %), now above and now below. */
const AROUND_THE_THRESHOLD = alternating(
  ...Array.from({ length: 7 }, (): Stretch[] => [
    [6 * MINUTE, 0.025],
    [7 * MINUTE, 0.005],
  ]).flat(),
);

/** Half of the requests fail for some minutes, then none for longer than the short window of the fast page tiers. */
const COMES_AND_GOES = alternating(
  ...[9, 12, 10, 11, 9].flatMap((pause): Stretch[] => [
    [4 * MINUTE, 0.5],
    [pause * MINUTE, 0],
  ]),
  [4 * MINUTE, 0.5],
);

/** The twelve outages of the month. */
export const TWELVE_OUTAGES: readonly PlannedOutage[] = [
  { name: 'everything fails', rank: 0.75, at: 2 * DAY + 10 * HOUR, ...steady(45, 1) },
  { name: 'a third fails for long', rank: 0.6, at: 4 * DAY + 15.5 * HOUR, ...steady(90, 0.3) },
  {
    name: 'begins right after a deployment',
    rank: 0.85,
    at: 6 * DAY + 9 * HOUR,
    deployedBeforeMs: 40 * SECOND,
    ...steady(35, 0.6),
  },
  { name: 'the first of two', rank: 0.8, at: 8 * DAY + 7 * HOUR, ...steady(25, 1) },
  { name: 'the second of two, five hours later', rank: 0.8, at: 8 * DAY + 12 * HOUR, ...steady(40, 0.5) },
  {
    name: 'while tickets are silenced',
    rank: 0.7,
    at: 11 * DAY + 2 * HOUR,
    ticketsSilenced: true,
    ...steady(30, 0.8),
  },
  {
    name: 'rises slowly from a ticket to a page',
    rank: 0.9,
    at: 14 * DAY + 11 * HOUR,
    before: [[40 * HOUR, 0.002], ...rising(0.002, 0.004, 30 * MINUTE)],
    stretches: [...rising(0.004, 0.4, 60 * MINUTE), [30 * MINUTE, 0.4]],
    fullAfterMs: HOUR,
    errorRatio: 0.4,
  },
  { name: 'flaps around the threshold', rank: 0.65, at: 17 * DAY + 18 * HOUR, ...AROUND_THE_THRESHOLD },
  { name: 'a quiet service', rank: 0.2, at: 19 * DAY + 12 * HOUR, ...steady(60, 1) },
  { name: 'a very quiet service', rank: 0.075, at: 21 * DAY + 13 * HOUR, ...steady(90, 1) },
  { name: 'the busiest service', rank: 1, at: 24 * DAY + 3 * HOUR, ...steady(20, 0.35) },
  { name: 'comes and goes', rank: 0.5, at: 26 * DAY + 16 * HOUR, ...COMES_AND_GOES },
];

/** What a planned outage does to its service. */
export interface OutageCourse {
  readonly outage: Outage;
  readonly troubles: readonly Trouble[];
  readonly deployments: readonly number[];
  readonly silences: readonly TicketSilence[];
}

/** A planned outage of one service in a month that begins at `monthFrom`, ms since the epoch. */
export function outageCourse(planned: PlannedOutage, service: string, monthFrom: number): OutageCourse {
  const { name, stretches, before = [], fullAfterMs = 0, errorRatio, deployedBeforeMs } = planned;
  const from = monthFrom + planned.at;
  const lengthOf = (list: readonly Stretch[]): number => list.reduce((sum, [ms]) => sum + ms, 0);
  const to = from + lengthOf(stretches);
  return {
    outage: { service, name, from, to, fullFrom: from + fullAfterMs, errorRatio },
    troubles: troublesOf([...before, ...stretches], from - lengthOf(before)),
    deployments: deployedBeforeMs === undefined ? [] : [from - deployedBeforeMs],
    silences: planned.ticketsSilenced === true ? [{ service, from: from - HOUR, to: from + 5 * HOUR }] : [],
  };
}

function troublesOf(stretches: readonly Stretch[], begin: number): Trouble[] {
  let from = begin;
  return stretches.map(([lengthMs, errorRatio]) => {
    const trouble = { from, to: from + lengthMs, errorRatio };
    from = trouble.to;
    return trouble;
  });
}

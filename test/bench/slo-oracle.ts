import { ceilTime, seededRandom } from '@tidewatch/core';
import {
  DEFAULT_TIERS,
  detectionTime,
  oracleCase,
  oracleOutcome,
  PLAN_ERROR_RATIOS,
  type OracleOutcome,
} from '@tidewatch/slo';
import { figure, type Figure } from './figure.js';

const DAY = 86_400_000;
const TRACES = 10_000;
/** Every so many traces is judged again by its long window alone. */
const BASELINE_EVERY = 20;
/** The workbook's four pairs. */
const TIERS = DEFAULT_TIERS.slice(0, 4);

/**
 * `oracle`: the share of random traces that fire and clear at the first evaluation after the time that the closed form gives (or never,
 * where it says so). `oracle-table`: the same for ten error ratios and four tiers. `oracle-clearing`: how late after the closed form
 * alerts clear at most, in evaluations.
 *
 * The baseline judges the same traces by their long window alone, which is what an alert with one window does.
 */
export async function benchOracle(): Promise<Figure[]> {
  const random = seededRandom(20_261_128);
  const outcomes: Summary[] = [];
  const alone: Summary[] = [];
  for (let count = 0; count < TRACES; count += 1) {
    const outcome = oracleCase(random);
    outcomes.push(summaryOf(outcome));
    if (count % BASELINE_EVERY === 0) {
      alone.push(summaryOf(longWindowOnly(outcome)));
    }
  }
  const table = TIERS.flatMap((tier) => PLAN_ERROR_RATIOS.map((ratio) => constantRatio(tier, ratio)));
  const shared = { unit: 'of traces', baselineName: 'the long window alone', floor: { atLeast: 1 } };
  return [
    figure({ ...shared, name: 'oracle', value: share(outcomes), baseline: share(alone) }),
    figure({
      ...shared,
      name: 'oracle-table',
      value: share(table.map(summaryOf)),
      baseline: share(table.map(longWindowOnly).map(summaryOf)),
    }),
    figure({
      name: 'oracle-clearing',
      value: latest(outcomes),
      unit: 'evaluations',
      baseline: latest(alone),
      baselineName: 'the long window alone, at most',
      floor: { atMost: 1 },
    }),
  ];
}

/** What is kept of an outcome. */
interface Summary {
  readonly within: boolean;
  /** How long after the closed form it cleared, in evaluations; `null` where it never fired. */
  readonly clearsAfter: number | null;
}

function summaryOf({ trace, withinOneEvaluation, clearing, expectedClearing }: OracleOutcome): Summary {
  // Whole milliseconds: the closed form is a double.
  const late = expectedClearing === null ? null : Math.round((clearing ?? Infinity) - expectedClearing);
  return { within: withinOneEvaluation, clearsAfter: late === null ? null : late / trace.tier.everyMs };
}

function share(summaries: readonly Summary[]): number {
  return summaries.filter(({ within }) => within).length / summaries.length;
}

function latest(summaries: readonly Summary[]): number {
  return Math.max(...summaries.flatMap(({ clearsAfter }) => (clearsAfter === null ? [] : [clearsAfter])));
}

/** The table of the workbook, as a trace on whole minutes. */
function constantRatio(tier: (typeof TIERS)[number], errorRatio: number): OracleOutcome {
  const errorsFrom = 10 * DAY;
  const lasts = detectionTime({ target: 0.999, errorRatio, tier }) ?? tier.longMs;
  const errorsTo = errorsFrom + ceilTime(lasts, 60_000) + tier.shortMs;
  return oracleOutcome({ tier, errorRatio, eventsPerSlice: 10_000, errorsFrom, errorsTo });
}

/** The same trace where the short window is as long as the long one, held to what the pair promises. */
function longWindowOnly({ trace, expectedFiring, expectedClearing }: OracleOutcome): OracleOutcome {
  const { tier } = trace;
  const alone = oracleOutcome({ ...trace, tier: { ...tier, shortMs: tier.longMs } });
  const isNext = (evaluation: number | null, exact: number | null): boolean =>
    evaluation === null || exact === null
      ? evaluation === exact
      : evaluation >= exact - 1e-3 && evaluation <= exact + tier.everyMs + 1e-3;
  return {
    ...alone,
    expectedClearing,
    withinOneEvaluation: isNext(alone.firing, expectedFiring) && isNext(alone.clearing, expectedClearing),
  };
}

import { ceilTime } from '@tidewatch/core';
import { detectionTime, resetTime } from '../burn.js';
import type { SliceCount } from '../counting/slice-count.js';
import type { JudgedSlo } from '../slo-evidence.js';
import { DEFAULT_TIERS, type BurnTier } from '../tiers.js';
import { PLAN_ERROR_RATIOS } from '../plan/plan-table.js';
import type { RatioSli } from '../sli/sli-types.js';
import { replaySlo } from './replay-slo.js';

const SLICE_MS = 10_000;
const DAY_MS = 86_400_000;
/** Every error ratio of the plan leaves a whole number of bad events in a slice of so many. */
const EVENTS = 10_000;
const TARGET = 0.999;
/** The guard is an addition of Tidewatch. */
const WORKBOOK_TIERS = DEFAULT_TIERS.filter(({ name }) => name !== 'page-guard');
/** Nothing is counted: the traces are counts. */
const SLI: RatioSli = { kind: 'ratio', good: null, bad: null, total: { metric: '', match: [] } };

/** Errors at a constant ratio in otherwise clean traffic, and the tier that should notice. */
export interface OracleTrace {
  readonly tier: BurnTier;
  readonly errorRatio: number;
  /** Events in each slice of ten seconds, a multiple of 10,000. */
  readonly eventsPerSlice: number;
  /** When the errors begin and end, milliseconds since the epoch; the bad events of a slice are spread evenly over it. */
  readonly errorsFrom: number;
  readonly errorsTo: number;
}

/** What the replay of a trace did against what the closed form says. Times are milliseconds since the epoch, `null` is never. */
export interface OracleOutcome {
  readonly trace: OracleTrace;
  readonly expectedFiring: number | null;
  readonly firing: number | null;
  readonly expectedClearing: number | null;
  readonly clearing: number | null;
  /** Both are at the first evaluation after the exact time: not before it, and not more than one evaluation later. */
  readonly withinOneEvaluation: boolean;
}

/**
 * Replays one trace and compares it with the closed forms of detection and reset ({@link detectionTime}, {@link resetTime}).
 *
 * The closed form of the reset holds for errors that lasted until the tier fired; `errorsTo` must not be earlier.
 */
export function oracleOutcome(trace: OracleTrace): OracleOutcome {
  const { tier, errorRatio, errorsFrom, errorsTo } = trace;
  const question = { target: TARGET, errorRatio, tier };
  const detection = detectionTime(question);
  const reset = resetTime(question);
  const from = ceilTime(errorsFrom - tier.longMs, SLICE_MS) - SLICE_MS;
  const to = ceilTime(errorsTo + tier.shortMs, SLICE_MS) + 2 * tier.everyMs;
  const traffic = [
    { range: { from, to }, sliceMs: SLICE_MS, groups: [{ group: '', members: [slicesOf(trace, from, to)] }] },
  ];
  const range = { from: ceilTime(errorsFrom, SLICE_MS) - SLICE_MS, to };
  const { alerts } = replaySlo(oracleSlo(tier), traffic, range, { keepFiringMs: { page: 0, ticket: 0 } });
  const expectedFiring = detection === null ? null : errorsFrom + detection;
  const expectedClearing = reset === null ? null : errorsTo + reset;
  const [alert] = alerts;
  const firing = alert?.from ?? null;
  const clearing = alert?.to ?? null;
  return {
    trace,
    expectedFiring,
    firing,
    expectedClearing,
    clearing,
    withinOneEvaluation:
      alerts.length === (detection === null ? 0 : 1) &&
      isNext(firing, expectedFiring, tier.everyMs) &&
      isNext(clearing, expectedClearing, tier.everyMs),
  };
}

/**
 * A random trace and its outcome: one of `tiers` and of the ten error ratios, at any traffic, beginning and ending anywhere within
 * a slice and within the steps of evaluation.
 *
 * @param random uniform in [0, 1)
 * @param tiers to choose from; default the workbook's four pairs
 */
export function oracleCase(random: () => number, tiers: readonly BurnTier[] = WORKBOOK_TIERS): OracleOutcome {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const tier = { ...pick(tiers), holdMs: 0, and: null };
  const errorRatio = pick(PLAN_ERROR_RATIOS);
  const eventsPerSlice = EVENTS * (1 + Math.floor(random() * 50));
  const detection = detectionTime({ target: TARGET, errorRatio, tier }) ?? tier.longMs;
  // Where the first and the last bad event of a slice lie: between two events, so that counts stay whole.
  const within = (): number => (Math.floor(random() * 10) * SLICE_MS) / 10;
  const errorsFrom = 10 * DAY_MS + Math.floor(random() * 8_640) * SLICE_MS + within();
  const lasts = ceilTime(detection, tier.everyMs) + tier.everyMs + Math.floor(random() * tier.shortMs);
  const errorsTo = ceilTime(errorsFrom + lasts, SLICE_MS) + within();
  return oracleOutcome({ tier, errorRatio, eventsPerSlice, errorsFrom, errorsTo });
}

function oracleSlo(tier: BurnTier): JudgedSlo {
  const periodMs = 30 * DAY_MS;
  return {
    name: 'oracle',
    displayName: 'oracle',
    target: TARGET,
    window: { kind: 'rolling', periodMs },
    periodMs,
    budgeting: { method: 'Occurrences' },
    members: [{ name: '', target: TARGET, weight: 1, sli: SLI }],
    tiers: [tier],
  };
}

function slicesOf(
  { errorRatio, eventsPerSlice, errorsFrom, errorsTo }: OracleTrace,
  from: number,
  to: number,
): SliceCount[] {
  const slices: SliceCount[] = [];
  const badPerMs = (errorRatio * eventsPerSlice) / SLICE_MS;
  for (let start = from; start < to; start += SLICE_MS) {
    const overlap = Math.max(0, Math.min(start + SLICE_MS, errorsTo) - Math.max(start, errorsFrom));
    slices.push({ start, good: eventsPerSlice - Math.round(badPerMs * overlap), total: eventsPerSlice });
  }
  return slices;
}

/** At equality a burn counts as reached, so that firing may come at the exact time and clearing comes after it. */
function isNext(evaluation: number | null, exact: number | null, everyMs: number): boolean {
  if (evaluation === null || exact === null) {
    return evaluation === exact;
  }
  // 1e-3 ms: the closed forms are doubles, evaluations are whole steps.
  return evaluation >= exact - 1e-3 && evaluation <= exact + everyMs + 1e-3;
}

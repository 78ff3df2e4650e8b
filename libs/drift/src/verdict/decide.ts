import { benjaminiHochberg } from '@tidewatch/stats';
import type { Conditions, MonitorState } from './verdict.js';
import type { FalseAlarmBudget } from '../rule/rule-fields.js';

/**
 * The chance of a false alarm that one run of a rule may take: the false-alarm budget divided by the runs in its period,
 * `alpha = count / (period / every)`. Within the run Benjamini-Hochberg spreads it over all tests. With the defaults
 * (1 per 30d, every 5m) it is 1 in 8,640. Windows that overlap repeat each other's evidence, so the true rate is lower
 * than the budget, never higher.
 */
export function runAlpha(rule: {
  readonly falseAlarmBudget: FalseAlarmBudget;
  readonly everyMs: number;
}): number {
  const { count, periodMs } = rule.falseAlarmBudget;
  return (count * rule.everyMs) / periodMs;
}

/** What is decided about: one test of a run. */
export interface TestOutcome {
  readonly subject: string;
  readonly pValue: number;
  /** Lower end of the 95 % interval of the effect. */
  readonly effectLow: number;
  readonly minimumEffect: number;
}

/** What a run is decided by. */
export interface DecisionRule {
  readonly alpha: number;
  readonly holdMs: number;
  readonly everyMs: number;
  readonly windowEnd: number;
  /** What the run before said of each subject. */
  readonly previous: ReadonlyMap<string, PreviousDecision>;
}

/** What is remembered of a subject between runs: two fields of its last verdict. */
export interface PreviousDecision {
  readonly windowEnd: number;
  readonly since: number | null;
}

/** The decision about one test. */
export interface Decision {
  readonly state: MonitorState;
  readonly pAdjusted: number;
  readonly conditions: Conditions;
  readonly since: number | null;
}

/** A run that was missed breaks no hold; two in a row do. */
const LONGEST_GAP_RUNS = 2.5;

/**
 * Decides the tests of one run together: alarm when the corrected p-value is below alpha, the lower bound of the effect
 * above its minimum, and both have been so for the hold time. Either alone raises no alarm: with enough samples every
 * harmless difference is real, with few samples large differences are noise, and a passing one is gone before anyone
 * looks.
 */
export function decideRun(outcomes: readonly TestOutcome[], rule: DecisionRule): Decision[] {
  const adjusted = benjaminiHochberg(outcomes.map(({ pValue }) => pValue));
  return outcomes.map((outcome, index) => {
    const pAdjusted = adjusted[index]!;
    const significant = pAdjusted < rule.alpha;
    const large = outcome.effectLow > outcome.minimumEffect;
    const since = significant && large ? heldSince(rule, outcome.subject) : null;
    const held = since !== null && rule.windowEnd - since >= rule.holdMs;
    return {
      state: held ? 'alarm' : significant ? 'watch' : 'ok',
      pAdjusted,
      conditions: { significant, large, held },
      since,
    };
  });
}

function heldSince({ previous, windowEnd, everyMs }: DecisionRule, subject: string): number {
  const before = previous.get(subject);
  const unbroken =
    before !== undefined &&
    before.since !== null &&
    before.windowEnd < windowEnd &&
    windowEnd - before.windowEnd <= LONGEST_GAP_RUNS * everyMs;
  return unbroken ? before.since : windowEnd;
}

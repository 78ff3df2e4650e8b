import {
  countField,
  countsField,
  nameField,
  namesField,
  optionalField,
  optionalsField,
  recordTable,
  textField,
  timeField,
} from '../record-table.js';

/**
 * One row of `verdicts`: what one rule concluded about one subject for the window that ended at `windowEnd`. Times are
 * milliseconds since the epoch. Arrays hold one element per window, tier or test.
 */
export interface VerdictRow {
  readonly kind: string;
  readonly rule: string;
  /** Feature, segment and test of a monitor; the group of an SLO. */
  readonly subject: string;
  readonly windowEnd: number;
  /** The later evaluation of the same window replaces the earlier. */
  readonly evaluatedAt: number;
  readonly state: string;
  readonly reason: string;
  readonly severity: string;
  readonly service: string;
  readonly region: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly owner: string;
  readonly method: string;
  /** n of the window and m of the baseline; for an SLO good and total of its period. */
  readonly sampleSize: number;
  readonly baselineSize: number;
  readonly statistic: number | null;
  readonly statisticLow: number | null;
  readonly statisticHigh: number | null;
  readonly pValue: number | null;
  readonly threshold: number | null;
  readonly minimumEffect: number | null;
  readonly baseline: string;
  readonly baselineVersion: number;
  readonly windowStart: number;
  readonly target: number | null;
  readonly budgetRemaining: number | null;
  readonly tiers: readonly string[];
  readonly tierStates: readonly string[];
  readonly tierThresholds: readonly (number | null)[];
  readonly tierLongBurns: readonly (number | null)[];
  readonly tierShortBurns: readonly (number | null)[];
  readonly tierBadEvents: readonly number[];
  /** The whole verdict as the evaluator made it, JSON. */
  readonly document: string;
}

/** `verdicts`, without the project, which the repository adds. */
export const VERDICTS = recordTable<VerdictRow & { readonly project: string }>(
  'verdicts',
  {
    project: nameField('Project'),
    kind: nameField('Kind'),
    rule: nameField('Rule'),
    subject: textField('Subject'),
    windowEnd: timeField('WindowEnd'),
    evaluatedAt: timeField('EvaluatedAt'),
    state: nameField('State'),
    reason: textField('Reason'),
    severity: nameField('Severity'),
    service: nameField('Service'),
    region: nameField('Region'),
    model: nameField('Model'),
    modelVersion: nameField('ModelVersion'),
    owner: nameField('Owner'),
    method: nameField('Method'),
    sampleSize: countField('SampleSize'),
    baselineSize: countField('BaselineSize'),
    statistic: optionalField('Statistic'),
    statisticLow: optionalField('StatisticLow'),
    statisticHigh: optionalField('StatisticHigh'),
    pValue: optionalField('PValue'),
    threshold: optionalField('Threshold'),
    minimumEffect: optionalField('MinimumEffect'),
    baseline: nameField('Baseline'),
    baselineVersion: countField('BaselineVersion'),
    windowStart: timeField('WindowStart'),
    target: optionalField('Target'),
    budgetRemaining: optionalField('BudgetRemaining'),
    tiers: namesField('Tiers'),
    tierStates: namesField('TierStates'),
    tierThresholds: optionalsField('TierThresholds'),
    tierLongBurns: optionalsField('TierLongBurns'),
    tierShortBurns: optionalsField('TierShortBurns'),
    tierBadEvents: countsField('TierBadEvents'),
    document: textField('Document'),
  },
  { announced: false },
);

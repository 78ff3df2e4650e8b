import {
  alarmMeaning,
  type MeaningfulRule,
  type MeaningfulVerdict,
  type Population,
  type RuleAbout,
  type Verdict,
} from '@tidewatch/drift';
import type { SloDefinition, SloVerdict } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';

/** Fields that one kind of verdict has no use for. */
export const EMPTY_VERDICT_FIELDS = {
  severity: '',
  modelVersion: '',
  method: '',
  statistic: null,
  statisticLow: null,
  statisticHigh: null,
  pValue: null,
  threshold: null,
  minimumEffect: null,
  baseline: '',
  baselineVersion: 0,
  target: null,
  budgetRemaining: null,
  tiers: [],
  tierStates: [],
  tierThresholds: [],
  tierLongBurns: [],
  tierShortBurns: [],
  tierBadEvents: [],
} as const;

/** The stored form of an SLO verdict. A burn rate that is unknown is NaN in the arrays: they hold plain doubles. */
export function sloVerdictRow(slo: SloDefinition, verdict: SloVerdict, evaluatedAt: number): VerdictRow {
  const { tiers } = verdict;
  const firing = tiers.filter((tier) => tier.state === 'firing');
  return {
    ...EMPTY_VERDICT_FIELDS,
    kind: 'SLO',
    rule: slo.name,
    subject: verdict.group,
    windowEnd: verdict.windowEnd,
    windowStart: verdict.period.from,
    evaluatedAt,
    state: verdict.state,
    reason: verdict.reason,
    severity: firing.some((tier) => tier.severity === 'page') ? 'page' : firing.length > 0 ? 'ticket' : '',
    service: slo.service,
    region: slo.region,
    model: slo.model,
    owner: slo.owner,
    method: slo.members.map(({ sli }) => sli.kind).join('+'),
    sampleSize: Math.round(verdict.period.total),
    baselineSize: Math.round(Math.max(0, verdict.period.good)),
    statistic: verdict.sliValue,
    target: slo.target,
    budgetRemaining: verdict.budgetRemaining,
    tiers: tiers.map((tier) => tier.name),
    tierStates: tiers.map((tier) => tier.state),
    tierThresholds: tiers.map((tier) => tier.threshold),
    tierLongBurns: tiers.map((tier) => tier.longBurn ?? Number.NaN),
    tierShortBurns: tiers.map((tier) => tier.shortBurn ?? Number.NaN),
    tierBadEvents: tiers.map((tier) => Math.round(tier.badEvents)),
    document: JSON.stringify(verdict),
  };
}

/** What the verdicts of a monitor have in common. */
type MonitorRule = RuleAbout & MeaningfulRule & { readonly population: Population };

/** The stored form of one verdict of a monitor of any kind. */
export function verdictRow(
  monitor: MonitorRule,
  verdict: Verdict & MeaningfulVerdict,
  evaluatedAt: number,
): VerdictRow {
  const { service, region, model } = monitor.population;
  return {
    ...EMPTY_VERDICT_FIELDS,
    kind: monitor.kind,
    rule: monitor.name,
    subject: verdict.subject,
    windowEnd: verdict.window.to,
    windowStart: verdict.window.from,
    evaluatedAt,
    state: verdict.state,
    reason: verdict.reason,
    severity: verdict.state === 'alarm' ? alarmMeaning(monitor, verdict).severity : '',
    service,
    region,
    model,
    owner: monitor.owner,
    method: verdict.method,
    sampleSize: Math.round(verdict.n),
    baselineSize: Math.round(verdict.m),
    statistic: verdict.statistic,
    statisticLow: verdict.statisticLow,
    statisticHigh: verdict.statisticHigh,
    // Corrected for all tests of the run: what the threshold is for.
    pValue: verdict.pAdjusted,
    threshold: verdict.alpha,
    minimumEffect: verdict.minimumEffect,
    baseline: verdict.baseline,
    baselineVersion: verdict.baselineVersion,
    document: JSON.stringify(verdict),
  };
}

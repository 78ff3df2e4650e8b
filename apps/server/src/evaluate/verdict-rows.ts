import type { DriftMonitor, DriftVerdict } from '@tidewatch/drift';
import type { SloDefinition, SloVerdict } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';

/** Fields that one kind of verdict has no use for. */
const EMPTY = {
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
    ...EMPTY,
    kind: 'SLO',
    rule: slo.name,
    subject: verdict.group,
    windowEnd: verdict.windowEnd,
    windowStart: verdict.windowEnd - slo.periodMs,
    evaluatedAt,
    state: verdict.state,
    reason: verdict.reason,
    severity: firing.some((tier) => tier.severity === 'page') ? 'page' : firing.length > 0 ? 'ticket' : '',
    service: slo.service,
    region: slo.region,
    model: slo.model,
    owner: slo.owner,
    method: slo.sli.kind,
    sampleSize: verdict.period.total,
    baselineSize: verdict.period.good,
    statistic: verdict.sliValue,
    target: slo.target,
    budgetRemaining: verdict.budgetRemaining,
    tiers: tiers.map((tier) => tier.name),
    tierStates: tiers.map((tier) => tier.state),
    tierThresholds: tiers.map((tier) => tier.threshold),
    tierLongBurns: tiers.map((tier) => tier.longBurn ?? Number.NaN),
    tierShortBurns: tiers.map((tier) => tier.shortBurn ?? Number.NaN),
    tierBadEvents: tiers.map((tier) => tier.badEvents),
    document: JSON.stringify(verdict),
  };
}

/** The stored form of one feature's drift verdict. */
export function driftVerdictRow(
  monitor: DriftMonitor,
  verdict: DriftVerdict,
  evaluatedAt: number,
): VerdictRow {
  return {
    ...EMPTY,
    kind: monitor.kind,
    rule: monitor.name,
    subject: verdict.feature,
    windowEnd: verdict.window.to,
    windowStart: verdict.window.from,
    evaluatedAt,
    state: verdict.state,
    reason: verdict.reason,
    severity: verdict.state === 'alarm' ? monitor.severity : '',
    service: monitor.service,
    region: monitor.region,
    model: monitor.model,
    owner: monitor.owner,
    method: verdict.method,
    sampleSize: verdict.n,
    baselineSize: verdict.m,
    statistic: verdict.statistic,
    statisticLow: verdict.statisticLow,
    statisticHigh: verdict.statisticHigh,
    pValue: verdict.pValue,
    threshold: verdict.alpha,
    minimumEffect: verdict.minimumEffect,
    baseline: verdict.baseline,
    baselineVersion: verdict.baselineVersion,
    document: JSON.stringify(verdict),
  };
}

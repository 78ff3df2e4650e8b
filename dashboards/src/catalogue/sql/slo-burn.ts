import { chosen, IN_PROJECT, latestVerdicts, SLO_KIND } from './filters.js';

/** One row per verdict and tier, in the time range. A tier without events in its window has no burn rate: NaN. */
function burnPoints(value: string): string {
  return `SELECT
  $__timeInterval(WindowEnd) AS time,
  if(Subject = '', toString(Rule), concat(Rule, ' / ', Subject)) AS slo,
  Tier AS tier,
  max(${value}) AS burn
FROM verdicts FINAL
ARRAY JOIN Tiers AS Tier, TierThresholds AS Threshold, TierLongBurns AS LongBurn, TierShortBurns AS ShortBurn
WHERE ${IN_PROJECT} AND Kind = '${SLO_KIND}' AND $__timeFilter_ms(WindowEnd)
  AND ${chosen('Service', 'service')}
  AND ${chosen('Model', 'model')}
  AND isFinite(LongBurn) AND isFinite(ShortBurn)
GROUP BY time, slo, tier
ORDER BY time, slo, tier`;
}

/** Burn rate over each tier's long window; the highest per bucket of time. */
export function longWindowBurn(): string {
  return burnPoints('LongBurn');
}

/** Burn rate over each tier's short window; the highest per bucket of time. */
export function shortWindowBurn(): string {
  return burnPoints('ShortBurn');
}

/** How near each tier is to firing: the smaller of its two burn rates as a share of its threshold; 1 fires. */
export function shareOfThreshold(): string {
  return burnPoints('least(LongBurn, ShortBurn) / Threshold');
}

/** Share of the error budget left per SLO, in the latest verdict; negative when overspent. */
export function budgetRemaining(): string {
  return `SELECT if(Subject = '', toString(Rule), concat(Rule, ' / ', Subject)) AS slo, BudgetRemaining AS remaining
FROM (
  ${latestVerdicts(SLO_KIND, ['Rule', 'Subject', 'WindowEnd', 'BudgetRemaining'])}
)
WHERE isNotNull(BudgetRemaining)
ORDER BY remaining, slo`;
}

/** The smallest share of the error budget left of any SLO. */
export function worstBudget(): string {
  return `SELECT min(BudgetRemaining) AS remaining
FROM (
  ${latestVerdicts(SLO_KIND, ['Rule', 'Subject', 'WindowEnd', 'BudgetRemaining'])}
)`;
}

/** Every tier of every SLO as of its latest verdict, firing tiers first. */
export function tierStates(): string {
  return `SELECT
  TierState AS "State",
  if(Subject = '', toString(Rule), concat(Rule, ' / ', Subject)) AS "SLO",
  Tier AS "Tier",
  if(isFinite(LongBurn), LongBurn, NULL) AS "Long burn",
  if(isFinite(ShortBurn), ShortBurn, NULL) AS "Short burn",
  Threshold AS "Threshold",
  BadEvents AS "Bad events",
  Service AS "Service",
  Model AS "Model",
  WindowEnd AS "As of",
  Reason AS "Reason"
FROM (
  ${latestVerdicts(SLO_KIND, [
    'Rule',
    'Subject',
    'WindowEnd',
    'Service',
    'Model',
    'Reason',
    'Tiers',
    'TierStates',
    'TierThresholds',
    'TierLongBurns',
    'TierShortBurns',
    'TierBadEvents',
  ])}
)
ARRAY JOIN Tiers AS Tier, TierStates AS TierState, TierThresholds AS Threshold, TierLongBurns AS LongBurn,
  TierShortBurns AS ShortBurn, TierBadEvents AS BadEvents
ORDER BY indexOf(['firing', 'frozen', 'ok'], "State"), "SLO", Threshold DESC`;
}

/** How many tiers fire, over all SLOs' latest verdicts. */
export function firingTiers(): string {
  return `SELECT sum(arrayCount(state -> state = 'firing', TierStates)) AS firing
FROM (
  ${latestVerdicts(SLO_KIND, ['Rule', 'Subject', 'WindowEnd', 'TierStates'])}
)`;
}

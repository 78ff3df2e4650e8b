import { chosen, DRIFT_KIND, IN_PROJECT, latestVerdicts } from './filters.js';

/** Verdict states of monitors, from harmless to urgent; the number shown for a state is its place in this list. */
export const DRIFT_STATES = ['ok', 'not-enough-data', 'watch', 'alarm', 'error'] as const;

/** The most lines the timeline shows; the table beside it shows all. */
export const TIMELINE_LINES = 25;

const STATE_LIST = `[${DRIFT_STATES.map((state) => `'${state}'`).join(', ')}]`;
const IN_RANGE = `${IN_PROJECT} AND Kind = '${DRIFT_KIND}' AND $__timeFilter_ms(WindowEnd)
  AND ${chosen('Service', 'service')}
  AND ${chosen('Model', 'model')}`;

/** The latest verdict of every monitor and feature with the numbers behind it, most urgent first. */
export function latestDriftVerdicts(): string {
  return `SELECT
  State AS "State",
  Rule AS "Monitor",
  Subject AS "Feature",
  Model AS "Model",
  Statistic AS "Effect",
  StatisticLow AS "Effect, low",
  StatisticHigh AS "Effect, high",
  MinimumEffect AS "Smallest effect",
  PValue AS "p-value",
  Threshold AS "Alpha",
  SampleSize AS "Window samples",
  BaselineSize AS "Baseline samples",
  Method AS "Method",
  Baseline AS "Baseline",
  WindowEnd AS "As of",
  Reason AS "Reason"
FROM (
  ${latestVerdicts(DRIFT_KIND, ['*'])}
)
ORDER BY indexOf(${STATE_LIST}, "State") DESC, "p-value" ASC NULLS LAST, "Monitor", "Feature"`;
}

/** The worst state per bucket of time of the monitors and features that were worst in the time range. */
export function driftTimeline(): string {
  return `SELECT
  $__timeInterval(WindowEnd) AS time,
  Rule AS monitor,
  Subject AS feature,
  toFloat64(max(indexOf(${STATE_LIST}, State) - 1)) AS state
FROM verdicts FINAL
WHERE ${IN_RANGE}
  AND (Rule, Subject) IN (
    SELECT Rule, Subject
    FROM verdicts FINAL
    WHERE ${IN_RANGE}
    GROUP BY Rule, Subject
    ORDER BY max(indexOf(${STATE_LIST}, State)) DESC, Rule, Subject
    LIMIT ${TIMELINE_LINES}
  )
GROUP BY time, monitor, feature
ORDER BY time, monitor, feature`;
}

/** How many monitor and feature pairs are in alarm, by their latest verdicts. */
export function driftAlarms(): string {
  return `SELECT countIf(State = 'alarm') AS alarms
FROM (
  ${latestVerdicts(DRIFT_KIND, ['Rule', 'Subject', 'WindowEnd', 'State'])}
)`;
}

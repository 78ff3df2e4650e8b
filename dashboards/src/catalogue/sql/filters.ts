import { attributeKeysOf } from '@tidewatch/core';

/** `verdicts.Kind` of an SLO's verdict. */
export const SLO_KIND = 'SLO';
/** `verdicts.Kind` of a drift monitor's verdict. */
export const DRIFT_KIND = 'DriftMonitor';

/** Keeps the chosen project. Every table's key starts with it, so every query starts here. */
export const IN_PROJECT = 'Project = ${project:singlequote}';

/**
 * Keeps rows whose `column` is one of the chosen values of a dashboard variable; all rows when "All" is chosen.
 * The plugin asks for the variable's bare name as second argument.
 */
export function chosen(column: string, variable: 'service' | 'model'): string {
  return `$__conditionalAll(${column} IN (\${${variable}:singlequote}), $${variable})`;
}

/** The model a metric series belongs to, or `''`: the first attribute that carries it, of the point, then the resource. */
export const SERIES_MODEL = `coalesce(${attributeKeysOf('model')
  .flatMap((key) => [`Attributes['${key}']`, `ResourceAttributes['${key}']`])
  .map((value) => `nullIf(${value}, '')`)
  .join(', ')}, '')`;

/** The days of `metric_series` that can describe points in the dashboard's time range, one earlier for what was read back. */
export const SERIES_DAYS = `Day >= toDate($__fromTime, 'UTC') - 1 AND Day <= toDate($__toTime, 'UTC')`;

/**
 * The latest verdict of every rule and subject of one kind in the dashboard's time range, with the given columns.
 * FINAL, because a rerun of a window writes its row again.
 */
export function latestVerdicts(kind: string, columns: readonly string[]): string {
  return `SELECT ${columns.join(', ')}
  FROM verdicts FINAL
  WHERE ${IN_PROJECT} AND Kind = '${kind}' AND $__timeFilter_ms(WindowEnd)
    AND ${chosen('Service', 'service')}
    AND ${chosen('Model', 'model')}
  ORDER BY WindowEnd DESC
  LIMIT 1 BY Rule, Subject`;
}

/** The last event of every incident up to the end of the dashboard's time range: its state at that moment. */
export const LATEST_INCIDENT_EVENTS = `SELECT
    IncidentId,
    argMax(Status, Sequence) AS LastStatus,
    argMax(Severity, Sequence) AS LastSeverity,
    any(Service) AS IncidentService,
    any(Region) AS IncidentRegion,
    any(Model) AS IncidentModel,
    argMax(Summary, Sequence) AS LastSummary,
    minIf(At, Status = 'open') AS OpenedAt,
    max(At) AS ChangedAt
  FROM incident_events FINAL
  WHERE ${IN_PROJECT} AND At <= $__toTime
    AND ${chosen('Service', 'service')}
    AND ${chosen('Model', 'model')}
  GROUP BY IncidentId
  HAVING LastStatus = 'open'`;

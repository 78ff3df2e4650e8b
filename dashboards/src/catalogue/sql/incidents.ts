import { chosen, IN_PROJECT, LATEST_INCIDENT_EVENTS } from './filters.js';

/** Incidents open at the end of the time range, however old; pages first. */
export function openIncidents(): string {
  return `SELECT
  LastSeverity AS "Severity",
  IncidentService AS "Service",
  IncidentRegion AS "Region",
  IncidentModel AS "Model",
  LastSummary AS "Summary",
  OpenedAt AS "Opened",
  dateDiff('second', OpenedAt, $__toTime) AS "Open for",
  ChangedAt AS "Last change",
  IncidentId AS "Incident"
FROM (
  ${LATEST_INCIDENT_EVENTS}
)
ORDER BY "Severity" = 'page' DESC, "Opened" DESC`;
}

/** How many incidents of a severity are open at the end of the time range. */
export function openIncidentCount(severity: 'page' | 'ticket'): string {
  return `SELECT countIf(LastSeverity = '${severity}') AS open
FROM (
  ${LATEST_INCIDENT_EVENTS}
)`;
}

/** Seconds between the newest stored block and the end of the time range. */
export function secondsSinceStored(): string {
  return `SELECT greatest(0, dateDiff('second', max(StoredAt), $__toTime)) AS seconds
FROM ingest_batches
WHERE ${IN_PROJECT} AND $__timeFilter_ms(StoredAt)
HAVING count() > 0`;
}

/** Markers for what went live, was rolled back, or moved traffic. */
export function deploymentMarkers(): string {
  return `SELECT
  Timestamp AS time,
  concat(
    Kind, ' ', if(Service = '', 'unnamed service', Service), if(Model = '', '', concat(' / ', Model)),
    if(ModelVersion = '', '', concat(' ', ModelVersion)),
    if(Variant = '', '', concat(' (', Variant, ')')),
    if(isNull(TrafficShare), '', concat(', ', toString(round(assumeNotNull(TrafficShare) * 100, 1)), ' % of traffic'))
  ) AS text,
  'Deployment' AS title,
  arrayStringConcat(arrayFilter(tag -> tag != '', [toString(Kind), toString(Service), toString(Model)]), ',') AS tags
FROM deployments FINAL
WHERE ${IN_PROJECT} AND $__timeFilter_ms(Timestamp)
  AND ${chosen('Service', 'service')}
  AND ${chosen('Model', 'model')}
ORDER BY time
LIMIT 500`;
}

/** Markers for incidents that opened, escalated or resolved. */
export function incidentMarkers(): string {
  return `SELECT
  At AS time,
  concat(Severity, ' ', Kind, ': ', Summary) AS text,
  'Incident' AS title,
  arrayStringConcat(arrayFilter(tag -> tag != '', [toString(Kind), toString(Severity), toString(Service)]), ',') AS tags
FROM incident_events FINAL
WHERE ${IN_PROJECT} AND $__timeFilter_ms(At) AND Kind IN ('opened', 'escalated', 'resolved', 'reopened')
  AND ${chosen('Service', 'service')}
  AND ${chosen('Model', 'model')}
ORDER BY time
LIMIT 500`;
}

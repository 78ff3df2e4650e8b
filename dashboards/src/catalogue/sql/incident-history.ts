import { chosen, IN_PROJECT } from './filters.js';

/** Incidents open at some time of each interval, by the severity they had then. */
export function openIncidentsOverTime(): string {
  return `SELECT
  toDateTime(Bucket) AS time,
  LastSeverity AS severity,
  uniqExact(IncidentId) AS open
FROM (
  SELECT
    IncidentId,
    toString(Severity) AS LastSeverity,
    Status AS LastStatus,
    At AS ChangedAt,
    leadInFrame(At, 1, toDateTime64($__toTime, 3, 'UTC')) OVER (
      PARTITION BY IncidentId ORDER BY Sequence ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS Until
  FROM incident_events FINAL
  WHERE ${IN_PROJECT} AND At <= $__toTime
    AND ${chosen('Service', 'service')}
    AND ${chosen('Model', 'model')}
)
ARRAY JOIN range(
  intDiv(toUnixTimestamp(greatest(toDateTime(ChangedAt), $__fromTime)), $__interval_s) * $__interval_s,
  toUnixTimestamp(toDateTime(Until)) + 1,
  $__interval_s
) AS Bucket
WHERE LastStatus = 'open' AND Until >= $__fromTime
GROUP BY time, severity
ORDER BY time, severity`;
}

/** When each incident that opened in the time range was first taken on and when it ended last; 1970 for never. */
const LIVES = `SELECT
    IncidentId,
    argMax(Severity, Sequence) AS LastSeverity,
    minIf(At, Kind = 'opened') AS OpenedAt,
    minIf(At, Kind = 'acknowledged') AS AcknowledgedAt,
    maxIf(At, Kind = 'resolved') AS ResolvedAt,
    argMax(Status, Sequence) AS LastStatus,
    countIf(Kind = 'reopened') AS Reopened
  FROM incident_events FINAL
  WHERE ${IN_PROJECT} AND $__timeFilter_ms(At)
    AND ${chosen('Service', 'service')}
    AND ${chosen('Model', 'model')}
  GROUP BY IncidentId
  HAVING countIf(Kind = 'opened') > 0`;

const IS_TAKEN = 'AcknowledgedAt >= OpenedAt';
const IS_OVER = `LastStatus = 'resolved' AND ResolvedAt >= OpenedAt`;
const TO_ACKNOWLEDGE = `dateDiff('millisecond', OpenedAt, AcknowledgedAt) / 1000`;
const TO_RESOLVE = `dateDiff('millisecond', OpenedAt, ResolvedAt) / 1000`;

/** How fast people and systems answered the incidents that opened in the time range. */
export function responseTimes(): string {
  return `SELECT
  LastSeverity AS "Severity",
  count() AS "Opened",
  countIf(${IS_TAKEN}) AS "Acknowledged",
  if("Acknowledged" = 0, NULL, quantileExactIf(0.5)(${TO_ACKNOWLEDGE}, ${IS_TAKEN})) AS "To acknowledge, median",
  if("Acknowledged" = 0, NULL, quantileExactIf(0.9)(${TO_ACKNOWLEDGE}, ${IS_TAKEN})) AS "To acknowledge, p90",
  countIf(${IS_OVER}) AS "Resolved",
  if("Resolved" = 0, NULL, quantileExactIf(0.5)(${TO_RESOLVE}, ${IS_OVER})) AS "To resolve, median",
  if("Resolved" = 0, NULL, quantileExactIf(0.9)(${TO_RESOLVE}, ${IS_OVER})) AS "To resolve, p90",
  sum(Reopened) AS "Opened again"
FROM (
  ${LIVES}
)
GROUP BY "Severity"
ORDER BY "Severity" = 'page' DESC`;
}

/** Rules by how often their incidents opened in the time range, with the messages and acknowledgements of those incidents. */
export function noisiestRules(): string {
  return `SELECT
  splitByChar('/', Member)[1] AS "Kind",
  splitByChar('/', Member)[2] AS "Rule",
  any(IncidentService) AS "Service",
  sum(Openings) AS "Openings",
  uniqExact(IncidentId) AS "Incidents",
  sum(Messages) AS "Messages",
  countIf(Acknowledgements > 0) / count() AS "Acknowledged"
FROM (
  SELECT DISTINCT
    IncidentId, IncidentService, Openings, Messages, Acknowledgements,
    arrayStringConcat(arraySlice(splitByChar('/', MemberName), 1, 2), '/') AS Member
  FROM (
    SELECT
      IncidentId,
      any(Service) AS IncidentService,
      argMax(State, Sequence) AS LastState,
      countIf(Kind IN ('opened', 'reopened')) AS Openings,
      countIf(Kind = 'acknowledged') AS Acknowledgements,
      sum(JSONLength(Intents)) AS Messages
    FROM incident_events FINAL
    WHERE ${IN_PROJECT} AND $__timeFilter_ms(At)
      AND ${chosen('Service', 'service')}
      AND ${chosen('Model', 'model')}
    GROUP BY IncidentId
  )
  ARRAY JOIN JSONExtractKeys(LastState, 'members') AS MemberName
)
GROUP BY "Kind", "Rule"
HAVING "Openings" > 0
ORDER BY "Openings" DESC, "Messages" DESC
LIMIT 25`;
}

/** Rules that are kept quiet in open incidents at the end of the time range, and why. */
const QUIET_MEMBERS = `SELECT
    IncidentService,
    Member.1 AS MemberName,
    JSONExtractString(Member.2, 'severity') AS MemberSeverity,
    JSONExtractString(Member.2, 'suppressed', 'kind') AS QuietKind,
    JSONExtractString(Member.2, 'suppressed', 'reason') AS QuietReason,
    fromUnixTimestamp64Milli(JSONExtractInt(Member.2, 'suppressed', 'until'), 'UTC') AS QuietUntil
  FROM (
    SELECT
      any(Service) AS IncidentService,
      argMax(Status, Sequence) AS LastStatus,
      argMax(State, Sequence) AS LastState
    FROM incident_events FINAL
    WHERE ${IN_PROJECT} AND At <= $__toTime
      AND ${chosen('Service', 'service')}
      AND ${chosen('Model', 'model')}
    GROUP BY IncidentId
    HAVING LastStatus = 'open'
  )
  ARRAY JOIN JSONExtractKeysAndValuesRaw(LastState, 'members') AS Member
  WHERE JSONExtractString(Member.2, 'phase') = 'firing' AND QuietKind != ''`;

/** Each rule that is kept quiet, what keeps it quiet, and until when. */
export function quietMembers(): string {
  return `SELECT
  MemberSeverity AS "Severity",
  IncidentService AS "Service",
  MemberName AS "Rule",
  QuietKind AS "Kept quiet by",
  QuietReason AS "Reason",
  QuietUntil AS "Until"
FROM (
  ${QUIET_MEMBERS}
)
ORDER BY "Severity" = 'page' DESC, "Until"`;
}

/** How many rules are kept quiet in open incidents. */
export function quietMemberCount(): string {
  return `SELECT count() AS quiet
FROM (
  ${QUIET_MEMBERS}
)`;
}

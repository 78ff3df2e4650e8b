import { chosen, IN_PROJECT } from './filters.js';

/** A page is on time when its first attempt began this soon after it was due, s. */
const ON_TIME_S = 30;

/**
 * Every message that was decided in the time range with what became of it. `FirstAt` and `DeliveredAt` are 1970 before
 * the first attempt and before it arrived; `LastOutcome` is `pending` before the first attempt.
 */
const MESSAGES = `intents AS (
    SELECT
      JSONExtractString(Intent, 'id') AS Id,
      JSONExtractString(Intent, 'receiver') AS IntentReceiver,
      JSONExtractString(Intent, 'severity') AS IntentSeverity,
      JSONExtractString(Intent, 'action') AS IntentAction,
      greatest(At, fromUnixTimestamp64Milli(JSONExtractInt(Intent, 'notBefore'), 'UTC')) AS DueAt
    FROM incident_events FINAL
    ARRAY JOIN JSONExtractArrayRaw(Intents) AS Intent
    WHERE ${IN_PROJECT} AND $__timeFilter_ms(At)
      AND ${chosen('Service', 'service')}
      AND ${chosen('Model', 'model')}
  ),
  attempts AS (
    SELECT
      IntentId,
      argMax(toString(Outcome), Attempt) AS FinalOutcome,
      argMax(Reason, Attempt) AS FinalReason,
      max(Attempt) AS Attempts,
      min(At) AS FirstAt,
      minIf(At + toIntervalMillisecond(toUInt32(LatencyMs)), Outcome = 'delivered') AS DeliveredAt
    FROM notification_events FINAL
    WHERE ${IN_PROJECT} AND At >= $__fromTime AND IntentId IN (SELECT Id FROM intents)
    GROUP BY IntentId
  ),
  messages AS (
    SELECT
      *,
      if(FinalOutcome = '', 'pending', FinalOutcome) AS LastOutcome,
      FirstAt > toDateTime64(0, 3) AS IsAttempted,
      LastOutcome = 'delivered' AND DeliveredAt > toDateTime64(0, 3) AS IsDelivered,
      greatest(0, dateDiff('millisecond', DueAt, FirstAt)) / 1000 AS SecondsToAttempt,
      greatest(0, dateDiff('millisecond', DueAt, DeliveredAt)) / 1000 AS SecondsToArrive
    FROM intents
    LEFT JOIN attempts ON intents.Id = attempts.IntentId
  )`;

/** Share of the pages due in the time range whose first attempt began within 30 s. Those that may still make it are left out. */
export function pagesOnTime(): string {
  return `WITH ${MESSAGES}
SELECT avg(IsAttempted AND SecondsToAttempt <= ${ON_TIME_S}) AS share
FROM messages
WHERE IntentSeverity = 'page' AND (IsAttempted OR DueAt < toDateTime64($__toTime, 3, 'UTC') - ${ON_TIME_S})
HAVING count() > 0`;
}

/** How many messages of the time range were given up. */
export function givenUpCount(): string {
  return `WITH ${MESSAGES}
SELECT countIf(LastOutcome = 'rejected') AS rejected
FROM messages`;
}

/** How attempts ended, by interval. */
export function attemptsByOutcome(): string {
  return `SELECT
  $__timeInterval(At) AS time,
  toString(Outcome) AS outcome,
  count() AS attempts
FROM notification_events FINAL
WHERE ${IN_PROJECT} AND $__timeFilter_ms(At)
  AND IncidentId IN (
    SELECT IncidentId FROM incident_events
    WHERE ${IN_PROJECT} AND At <= $__toTime
      AND ${chosen('Service', 'service')}
      AND ${chosen('Model', 'model')}
  )
GROUP BY time, outcome
ORDER BY time, outcome`;
}

/** Seconds from the moment a message was due until it had arrived: the middle and the 99th percentile by severity. */
export function deliveryLatency(): string {
  return `WITH ${MESSAGES}
SELECT
  $__timeInterval(DueAt) AS time,
  IntentSeverity AS severity,
  Level.1 AS percentile,
  Level.2 AS seconds
FROM (
  SELECT DueAt, IntentSeverity, quantilesExact(0.5, 0.99)(SecondsToArrive) AS Levels
  FROM (SELECT $__timeInterval(DueAt) AS DueAt, IntentSeverity, SecondsToArrive FROM messages WHERE IsDelivered)
  GROUP BY DueAt, IntentSeverity
)
ARRAY JOIN [('p50', Levels[1]), ('p99', Levels[2])] AS Level
ORDER BY time, severity, percentile`;
}

/** What became of the messages of the time range at each receiver; those with trouble first. */
export function receiverOutcomes(): string {
  return `WITH ${MESSAGES}
SELECT
  IntentReceiver AS "Receiver",
  count() AS "Messages",
  countIf(LastOutcome = 'delivered') AS "Delivered",
  countIf(LastOutcome = 'superseded') AS "Merged into a newer one",
  countIf(LastOutcome NOT IN ('delivered', 'superseded', 'rejected')) AS "On the way",
  countIf(LastOutcome = 'rejected') AS "Given up",
  max(Attempts) AS "Most attempts",
  if("Delivered" = 0, NULL, quantileExactIf(0.5)(SecondsToArrive, IsDelivered)) AS "To arrive, median",
  if("Delivered" = 0, NULL, maxIf(SecondsToArrive, IsDelivered)) AS "To arrive, longest",
  argMaxIf(FinalReason, FirstAt, LastOutcome IN ('retry', 'rejected')) AS "Latest trouble"
FROM messages
GROUP BY "Receiver"
ORDER BY "Given up" DESC, "On the way" DESC, "Messages" DESC`;
}

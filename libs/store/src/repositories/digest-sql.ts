/** Half-open bounds of the period; every query of a digest has them. */
export const IN_PERIOD = (column: string): string =>
  `${column} >= fromUnixTimestamp64Milli({from:Int64}) AND ${column} < fromUnixTimestamp64Milli({to:Int64})`;

/**
 * Changes of the period, drills left out, with what a person did (`Touched`) and the members of the state as
 * (name, JSON) pairs.
 */
export const CHANGES = `SELECT IncidentId, Sequence, At, Kind, Status, Severity, Service, Region, Model, Member,
    JSONExtractKeysAndValuesRaw(State, 'members') AS Members,
    Kind IN ('acknowledged', 'assigned', 'commented')
      OR (Kind = 'resolved' AND JSONExtractString(State, 'resolvedBy') != '') AS Touched
  FROM incident_events FINAL
  WHERE Project = {project:String} AND ${IN_PERIOD('At')} AND JSONExtractString(State, 'marker') != 'drill'`;

/** What became of each incident that changed in the period. */
export const INCIDENTS = `SELECT IncidentId,
    countIf(Kind = 'opened') > 0 AS opened,
    toUnixTimestamp64Milli(minIf(At, Kind = 'opened')) AS openedAt,
    max(Severity = 'page') AS page,
    countIf(Kind = 'acknowledged') > 0 AS acknowledged,
    toUnixTimestamp64Milli(minIf(At, Kind = 'acknowledged')) AS acknowledgedAt,
    argMax(Status, Sequence) = 'resolved' AS resolved,
    toUnixTimestamp64Milli(maxIf(At, Kind = 'resolved')) AS resolvedAt,
    countIf(Kind = 'reopened') AS flaps,
    max(Kind = 'suppressed' OR arrayExists(member -> JSONExtractString(member.2, 'suppressed', 'kind') != '', Members))
      AS suppressed,
    max(Touched) AS touched
  FROM (${CHANGES}) GROUP BY IncidentId`;

/** One row: the incidents that opened in the period, and how often any came back in it. */
export const ALERTS = `SELECT
    countIf(opened) AS incidents,
    countIf(opened AND page) AS pages,
    countIf(opened AND acknowledged) AS acknowledgedCount,
    quantileExactInclusiveIf(0.5)(acknowledgedAt - openedAt, opened AND acknowledged) AS medianAcknowledgeMs,
    countIf(opened AND resolved) AS resolvedCount,
    quantileExactInclusiveIf(0.5)(resolvedAt - openedAt, opened AND resolved) AS medianResolveMs,
    sum(flaps) AS allFlaps,
    countIf(opened AND suppressed) AS suppressedCount,
    countIf(opened AND NOT touched) AS untouched
  FROM (${INCIDENTS})`;

/** Rules by the number of incidents in which they fired in the period. */
export const NOISIEST = `SELECT rule, count() AS incidents, countIf(page) AS pages, sum(flaps) AS allFlaps,
    countIf(NOT incident.touched) AS untouched
  FROM (
    SELECT IncidentId,
        concat(JSONExtractString(member.2, 'kind'), '/', JSONExtractString(member.2, 'rule')) AS rule,
        max(JSONExtractString(member.2, 'severity') = 'page') AS page,
        countIf(Kind = 'reopened' AND Member = member.1) AS flaps
    FROM (${CHANGES}) ARRAY JOIN Members AS member
    WHERE JSONExtractString(member.2, 'phase') = 'firing'
    GROUP BY IncidentId, rule) AS fired
  INNER JOIN (SELECT IncidentId, max(Touched) AS touched FROM (${CHANGES}) GROUP BY IncidentId) AS incident
    ON fired.IncidentId = incident.IncidentId
  GROUP BY rule ORDER BY incidents DESC, allFlaps DESC, rule LIMIT 10`;

/** One row: versions that went live, and that were taken back. */
export const DEPLOYMENTS_COUNT = `SELECT countIf(Kind = 'deploy') AS deployments, countIf(Kind = 'rollback') AS rollbacks
  FROM deployments FINAL WHERE Project = {project:String} AND ${IN_PERIOD('Timestamp')}`;

/** One row: incidents that opened within the hour after a change of the same service or model, and those changes. */
export const AFTER_DEPLOYMENTS = `SELECT uniqExact(incident.IncidentId) AS incidents,
    uniqExact((change.Service, change.Model, change.DeploymentId, change.Kind, change.Timestamp)) AS changes
  FROM (SELECT IncidentId, Service, Region, Model, At FROM (${CHANGES}) WHERE Kind = 'opened') AS incident
  CROSS JOIN (
    SELECT Service, Model, Region, DeploymentId, Kind, Timestamp FROM deployments FINAL
    WHERE Project = {project:String} AND Kind IN ('deploy', 'rollback', 'traffic', 'config')
      AND Timestamp >= fromUnixTimestamp64Milli({from:Int64}) - INTERVAL 1 HOUR
      AND Timestamp < fromUnixTimestamp64Milli({to:Int64})) AS change
  WHERE incident.At >= change.Timestamp AND incident.At < change.Timestamp + INTERVAL 1 HOUR
    AND ((change.Service != '' AND change.Service = incident.Service)
      OR (change.Model != '' AND change.Model = incident.Model))
    AND (change.Region = '' OR incident.Region = '' OR change.Region = incident.Region)`;

/** Budgets by SLO and group: what the last verdict that knew it says is left, the least, and the target. */
export const BUDGETS = `SELECT Rule AS slo, Subject AS sloGroup,
    argMax(BudgetRemaining, WindowEnd) AS left, min(BudgetRemaining) AS worst, argMax(Target, WindowEnd) AS target
  FROM verdicts FINAL
  WHERE Project = {project:String} AND Kind = 'SLO' AND ${IN_PERIOD('WindowEnd')}
  GROUP BY slo, sloGroup ORDER BY slo, sloGroup LIMIT 10000`;

/**
 * Counts of the whole hours of the period by SLO and group. Slices are kept under the name and a fingerprint of what is
 * counted; the fingerprint that was counted last is the SLO as it is now.
 */
export const COUNTS = `SELECT substring(Slo, 1, position(Slo, '@') - 1) AS slo, sloGroup,
    argMax(good, last) AS goodCount, argMax(total, last) AS totalCount
  FROM (
    SELECT Slo, Group AS sloGroup, sum(Good) AS good, sum(Total) AS total, max(SliceStart) AS last
    FROM slo_slices FINAL
    WHERE Project = {project:String} AND Resolution = 3600
      AND SliceStart >= toDateTime(intDiv({from:Int64}, 1000)) AND SliceStart < toDateTime(intDiv({to:Int64}, 1000))
    GROUP BY Slo, sloGroup)
  GROUP BY slo, sloGroup LIMIT 10000`;

/** Monitors with alarms, the subjects of which alarmed most often. */
export const DRIFT = `SELECT kind, rule, max(allWindows) AS windows,
    arraySlice(arrayMap(each -> each.2, arraySort(groupArray((-subjectWindows, subject)))), 1, 3) AS subjects
  FROM (
    SELECT Kind AS kind, Rule AS rule, Subject AS subject, uniqExact(WindowEnd) AS subjectWindows
    FROM verdicts FINAL
    WHERE Project = {project:String} AND Kind NOT IN ('SLO', 'CostModel') AND State = 'alarm' AND ${IN_PERIOD('WindowEnd')}
    GROUP BY kind, rule, subject) AS subjects
  INNER JOIN (
    SELECT Kind AS kind, Rule AS rule, uniqExact(WindowEnd) AS allWindows
    FROM verdicts FINAL
    WHERE Project = {project:String} AND Kind NOT IN ('SLO', 'CostModel') AND State = 'alarm' AND ${IN_PERIOD('WindowEnd')}
    GROUP BY kind, rule) AS monitors
    USING (kind, rule)
  GROUP BY kind, rule ORDER BY windows DESC, kind, rule LIMIT 100`;

/** The last verdict of each cost model. */
export const COSTS = `SELECT Rule AS rule, argMax(State, WindowEnd) AS state, argMax(Reason, WindowEnd) AS reason
  FROM verdicts FINAL
  WHERE Project = {project:String} AND Kind = 'CostModel' AND ${IN_PERIOD('WindowEnd')}
  GROUP BY rule ORDER BY rule LIMIT 100`;

/**
 * One row: what became of the messages that were due in the period. They are delivered or given up within days, so rows
 * of attempts are looked for a week longer. What was superseded before anybody tried is no message.
 */
export const DELIVERY = `SELECT sum(attempts) AS allAttempts, countIf(attempts > 0) AS messages,
    countIf(delivered) AS deliveredCount, countIf(delivered AND afterMs <= 30000) AS inTime,
    countIf(lastOutcome = 'rejected') AS deadLetters
  FROM (
    SELECT IntentId, countIf(Outcome IN ('started', 'retry', 'delivered', 'rejected')) AS attempts,
        countIf(Outcome = 'delivered') > 0 AS delivered,
        minIf(toUnixTimestamp64Milli(At) + LatencyMs - toUnixTimestamp64Milli(DueAt), Outcome = 'delivered') AS afterMs,
        argMax(Outcome, Attempt) AS lastOutcome
    FROM notification_events FINAL
    WHERE Project = {project:String} AND ${IN_PERIOD('DueAt')}
      AND At >= fromUnixTimestamp64Milli({from:Int64}) AND At < fromUnixTimestamp64Milli({to:Int64}) + INTERVAL 7 DAY
      AND IncidentId NOT IN (
        SELECT IncidentId FROM incident_events
        WHERE Project = {project:String} AND At >= fromUnixTimestamp64Milli({from:Int64}) - INTERVAL 7 DAY
          AND At < fromUnixTimestamp64Milli({to:Int64}) AND JSONExtractString(State, 'marker') = 'drill')
    GROUP BY IntentId)`;

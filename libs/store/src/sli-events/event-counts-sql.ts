import { AppError } from '@tidewatch/core';
import type { Bindings } from './bindings.js';
import { coldTimes, BEGAN, INSTANCE, isCold, SAYS_COLD } from './cold-starts-sql.js';
import type {
  EventCondition,
  EventConditions,
  LogEvents,
  PredictionEvents,
  SpanEvents,
  TableEvents,
  VerdictEvents,
} from './event-query.js';
import { allOf, groupSql, textField, type FieldReader } from './field-sql.js';
import { IS_LABELLED, namesCorrect, predictionField, predictionLabel } from './prediction-fields.js';
import { SAMPLES_IN_RANGE, samplesFrom } from './labelled-samples.js';
import { logField, logLabel, spanField, spanLabel } from './signal-fields.js';

/** Longer spans count nowhere: how far before a slice the spans that end in it may begin has to be bounded. */
export const LONGEST_SPAN_MS = 3_600_000;

/** What a SELECT of event counts is made of. */
export interface CountSource<Sli> {
  readonly sli: Sli;
  readonly groupBy: readonly string[];
  readonly bindings: Bindings;
}

/**
 * SELECT (slice, grp, good, total) of the events within the bound parameters `from` and `to`; `slice` is the number of the
 * slice, of the bound length `slice`, since the epoch.
 *
 * @throws AppError `store.sli-field`, `store.sli-condition`, `store.selector-missing` (neither good nor bad).
 */
export function eventCounts({ sli, ...rest }: CountSource<TableEvents>): string {
  switch (sli.kind) {
    case 'spans':
      return spanCounts({ sli, ...rest });
    case 'logs':
      return logCounts({ sli, ...rest });
    case 'predictions':
      return predictionCounts({ sli, ...rest });
    case 'verdicts':
      return verdictCounts({ sli, ...rest });
  }
}

/**
 * A span is an event of the moment at which it ends: only then is it known how it went, and it arrives. Spans are unique by
 * the table's key, hence FINAL; what PREWHERE reads is the same in all copies of a span.
 */
function spanCounts({ sli, groupBy, bindings }: CountSource<SpanEvents>): string {
  const earliest = `{from:Int64} - ${LONGEST_SPAN_MS}`;
  const spans = `SELECT ${ENDED} AS ended, ${BEGAN} AS began, toString(ServiceName) AS service, ${INSTANCE} AS instance,
        ${groupSql(groupBy, spanField, spanLabel, bindings)} AS grp, ${isGood(sli, spanField, bindings)} AS isGood
      FROM otel_traces FINAL
      PREWHERE Project = {project:String} AND Timestamp >= fromUnixTimestamp64Milli(${earliest})
        AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
        AND Duration <= ${LONGEST_SPAN_MS}000000 AND ${ENDED} >= {from:Int64} * 1000000 AND ${ENDED} < {to:Int64} * 1000000
      WHERE ${allOf(sli.total, spanField, bindings)}`;
  const counted =
    sli.coldStarts === 'include'
      ? `(${spans})`
      : `(${spans} AND NOT ${SAYS_COLD}) AS spans
      LEFT JOIN (${coldTimes(`(${earliest})`, servicesOf(sli.total, bindings))}) AS cold
        ON spans.service = cold.coldService AND spans.instance = cold.coldInstance
      WHERE NOT ${isCold('began')}`;
  return `SELECT intDiv(ended, {slice:Int64} * 1000000) AS slice, grp, countIf(isGood) AS good, count() AS total
    FROM ${counted}
    GROUP BY slice, grp`;
}

const ENDED = `(${BEGAN} + toInt64(Duration))`;

/** Conditions on the service alone, which also hold for the other spans of an instance. */
function servicesOf(conditions: readonly EventCondition[], bindings: Bindings): string {
  return allOf(
    conditions.filter(({ field }) => field === 'service'),
    spanField,
    bindings,
  );
}

/** Records have no identity: each row is one. */
function logCounts({ sli, groupBy, bindings }: CountSource<LogEvents>): string {
  return `SELECT intDiv(toUnixTimestamp64Nano(Timestamp), {slice:Int64} * 1000000) AS slice,
      ${groupSql(groupBy, logField, logLabel, bindings)} AS grp,
      countIf(${isGood(sli, logField, bindings)}) AS good, count() AS total
    FROM otel_logs
    PREWHERE Project = {project:String}
      AND Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
    WHERE ${allOf(sli.total, logField, bindings)}
    GROUP BY slice, grp`;
}

/** Each sample is one event, whatever its weight. Where a condition needs the truth, samples without a label do not count. */
function predictionCounts({ sli, groupBy, bindings }: CountSource<PredictionEvents>): string {
  const labelled = needsLabels(sli);
  const unlabelled = sli.total.filter((condition) => !namesCorrect([condition]));
  const where = `${SAMPLES_IN_RANGE} AND ${allOf(unlabelled, predictionField, bindings)}`;
  const known = labelled ? `AND ${IS_LABELLED} AND ${allOf(sli.total, predictionField, bindings)}` : '';
  return `SELECT intDiv(toUnixTimestamp64Milli(Timestamp), {slice:Int64}) AS slice,
      ${groupSql(groupBy, predictionField, predictionLabel, bindings)} AS grp,
      countIf(${isGood(sli, predictionField, bindings)}) AS good, count() AS total
    FROM ${samplesFrom(labelled, where)}
    WHERE ${where} ${known}
    GROUP BY slice, grp`;
}

/** Whether a prediction SLI can only be counted with labels. */
export function needsLabels({ total, good, bad }: PredictionEvents): boolean {
  return namesCorrect(total, good, bad);
}

const VERDICT_COLUMNS: Readonly<Record<string, string>> = {
  service: 'Service',
  region: 'Region',
  model: 'Model',
  version: 'ModelVersion',
  subject: 'Subject',
  owner: 'Owner',
};

const verdictField: FieldReader = (field) => {
  const column = Object.hasOwn(VERDICT_COLUMNS, field) ? VERDICT_COLUMNS[field] : undefined;
  return textField(column ?? "''");
};

/** A window end is one event, unless nothing could be judged then; it is bad when anything alarmed. */
function verdictCounts({ sli, groupBy, bindings }: CountSource<VerdictEvents>): string {
  const subject = sli.subject === '' ? 'true' : `Subject = ${bindings.text(sli.subject)}`;
  return `SELECT intDiv(windowEnd, {slice:Int64}) AS slice, grp, countIf(NOT alarmed) AS good, count() AS total
    FROM (
      SELECT toUnixTimestamp64Milli(WindowEnd) AS windowEnd,
        ${groupSql(groupBy, verdictField, () => textField("''"), bindings)} AS grp, max(State = 'alarm') AS alarmed
      FROM verdicts FINAL
      WHERE Project = {project:String} AND Kind != 'SLO' AND Rule = ${bindings.text(sli.monitor)} AND ${subject}
        AND WindowEnd >= fromUnixTimestamp64Milli({from:Int64}) AND WindowEnd < fromUnixTimestamp64Milli({to:Int64})
        AND State NOT IN ('not-enough-data', 'error')
      GROUP BY windowEnd, grp)
    GROUP BY slice, grp`;
}

function isGood({ good, bad }: EventConditions, read: FieldReader, bindings: Bindings): string {
  if (good !== null) {
    return allOf(good, read, bindings);
  }
  if (bad !== null) {
    return `NOT (${allOf(bad, read, bindings)})`;
  }
  throw new AppError({
    code: 'store.selector-missing',
    message: 'An SLI over events names neither its good nor its bad events.',
  });
}

/**
 * SQL that tells cold starts from the spans themselves.
 *
 * A request is a span that enters an instance: of kind server or consumer, or without a parent. The instance is named by its
 * service and the resource attribute `service.instance.id`; spans without one are never cold by this rule. A request is the
 * first of its instance when no other began within the {@link QUIET_MS} before it; of several that begin at the same moment
 * it is the one that ends first. Cold are the first request and every span of the instance that begins before it has ended,
 * but at most {@link COLD_MS} after it began: a request that hangs must not hide an instance. Duplicates change nothing.
 *
 * The attribute `faas.coldstart` says the same of a single span, and is taken at its word.
 */

/** How long an instance must have had no request to count as new. */
const QUIET_MS = 1_800_000;

/** How long an instance is cold at most. */
const COLD_MS = 600_000;

const NANO = (milliseconds: number): string => `${milliseconds}000000`;

/** Nanoseconds since the epoch. */
export const BEGAN = 'toUnixTimestamp64Nano(Timestamp)';

/** The instance of a span; empty when it does not say. */
export const INSTANCE = "ResourceAttributes['service.instance.id']";

/** The span says that it waited for its instance to start. */
export const SAYS_COLD = "SpanAttributes['faas.coldstart'] = 'true'";

const IS_REQUEST = "(SpanKind IN ('Server', 'Consumer') OR ParentSpanId = '')";

/**
 * Rows (coldService, coldInstance, firsts): `firsts` are the beginning and end of the instance's cold times, nanoseconds, that
 * matter for spans that begin after `earliest`.
 *
 * @param earliest SQL, milliseconds since the epoch.
 * @param services Condition on ServiceName that narrows the scan.
 */
export function coldTimes(earliest: string, services: string): string {
  // A minute per row: requests within one are never a quiet time apart, and memory does not depend on their number.
  return `SELECT coldService, coldInstance, groupArray((firstBegan, firstEnded)) AS firsts
      FROM (
        SELECT *, lagInFrame(lastBegan, 1, toInt64(0)) OVER (PARTITION BY coldService, coldInstance ORDER BY minute
            ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
        FROM (
          SELECT toString(ServiceName) AS coldService, ${INSTANCE} AS coldInstance, toStartOfMinute(Timestamp) AS minute,
            min(${BEGAN}) AS firstBegan, max(${BEGAN}) AS lastBegan,
            argMin(${BEGAN} + toInt64(least(Duration, ${NANO(COLD_MS)})), (${BEGAN}, Duration)) AS firstEnded
          FROM otel_traces
          WHERE Project = {project:String} AND ${services}
            AND Timestamp >= fromUnixTimestamp64Milli(${earliest} - ${COLD_MS + QUIET_MS})
            AND Timestamp < fromUnixTimestamp64Milli({to:Int64})
            AND coldInstance != '' AND ${IS_REQUEST}
          GROUP BY coldService, coldInstance, minute))
      WHERE firstBegan - before > ${NANO(QUIET_MS)} AND firstBegan >= (${earliest} - ${COLD_MS}) * 1000000
      GROUP BY coldService, coldInstance`;
}

/** Whether a span that began at `began` lies in one of the cold times. */
export const isCold = (began: string): string =>
  `arrayExists(first -> ${began} = first.1 OR (${began} > first.1 AND ${began} < first.2), firsts)`;

import { counterIncreases } from './increases.js';

/** Counters of the telemetry convention. */
const REQUESTS = 'inference.requests';
const ERRORS = 'inference.errors';

// The bucket that is still filling is left out: it would show as a drop at the right edge on every refresh.
const COMPLETE_BUCKETS = 'time + INTERVAL $__interval_s SECOND <= $__toTime';

/** Growth of one counter per second, service and bucket of time. */
function ratePerSecond(metric: string): string {
  return `${counterIncreases([metric])}
SELECT $__timeInterval(TimeUnix) AS time, Service AS service, sum(Increase) / $__interval_s AS rate
FROM increases
GROUP BY time, service
HAVING ${COMPLETE_BUCKETS}
ORDER BY time, service`;
}

/** Requests per second by service. */
export function requestRate(): string {
  return ratePerSecond(REQUESTS);
}

/** Failed requests per second by service. */
export function errorRate(): string {
  return ratePerSecond(ERRORS);
}

/** Failed requests as a share (0 to 1) of all requests, by service; no row where no request was counted. */
export function errorShare(): string {
  return `${counterIncreases([REQUESTS, ERRORS])}
SELECT
  $__timeInterval(TimeUnix) AS time,
  Service AS service,
  sumIf(Increase, MetricName = '${ERRORS}') / sumIf(Increase, MetricName = '${REQUESTS}') AS share
FROM increases
GROUP BY time, service
HAVING ${COMPLETE_BUCKETS} AND sumIf(Increase, MetricName = '${REQUESTS}') > 0
ORDER BY time, service`;
}

const SECOND = 1_000;
/** How often each service reports. */
export const REPORT_EVERY = 10 * SECOND;
const REQUESTS_PER_SECOND = 50;
/** OTLP: what was added since the last report. */
const DELTA = 1;

/** A service that reports its requests, and how many of them failed, every ten seconds. */
export interface OutageService {
  readonly name: string;
  /** Whether its SLO has all default tiers, or only the two page tiers of the workbook. */
  readonly tiers: 'default' | 'workbook';
  /** When in each ten seconds it reports, milliseconds. */
  readonly phase: number;
  /** From here on every request fails; milliseconds since the epoch. */
  readonly outageAt: number;
}

/** The rule file of the services: an SLO of 99.9 % each, and the pager. */
export function outageRules(services: readonly OutageService[], pagerUrl: string): string {
  return [...services.map(sloText), receiverText(pagerUrl)].join('---\n');
}

function sloText({ name, tiers }: OutageService): string {
  const source = (metric: string): string =>
    `{metricSource: {type: tidewatch, spec: {metric: ${metric}, match: {service: ${name}}}}}`;
  const pages = `
    tidewatch.dev/tiers: |
      - {name: page-fast, long: 1h, short: 5m, burn: 14.4, severity: page}
      - {name: page-slow, long: 6h, short: 30m, burn: 6, severity: page}`;
  return `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ${name}
  annotations:
    tidewatch.dev/runbook: https://example.com/runbooks/outage${tiers === 'workbook' ? pages : ''}
spec:
  service: ${name}
  indicator:
    metadata: {name: ${name}-errors}
    spec:
      ratioMetric:
        counter: true
        bad: ${source('outage.errors')}
        total: ${source('outage.requests')}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
`;
}

function receiverText(url: string): string {
  return `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager, owner: sre}
spec: {type: pagerduty, routingKeyEnv: TIDEWATCH_BENCH_PAGER_KEY, url: "${url}"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  routes:
    - match: {severity: page}
      receiver: pager
`;
}

/** The reports of a service that end in (from, to], as one OTLP resource; `null` when there are none. */
export function reportsBetween(service: OutageService, from: number, to: number): object | null {
  const ends: number[] = [];
  for (
    let end = Math.floor((from - service.phase) / REPORT_EVERY + 1) * REPORT_EVERY + service.phase;
    end <= to;
    end += REPORT_EVERY
  ) {
    ends.push(end);
  }
  if (ends.length === 0) {
    return null;
  }
  const points = (countOf: (end: number) => number): object[] =>
    ends.map((end) => ({
      startTimeUnixNano: `${end - REPORT_EVERY}000000`,
      timeUnixNano: `${end}000000`,
      asInt: String(countOf(end)),
    }));
  const metric = (name: string, countOf: (end: number) => number): object => ({
    name,
    sum: { aggregationTemporality: DELTA, isMonotonic: true, dataPoints: points(countOf) },
  });
  const all = (): number => (REPORT_EVERY / SECOND) * REQUESTS_PER_SECOND;
  return {
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service.name } }] },
    scopeMetrics: [
      {
        metrics: [metric('outage.requests', all), metric('outage.errors', (end) => failedIn(service, end))],
      },
    ],
  };
}

/** Requests of the ten seconds before `end` that failed; they come evenly. */
export function failedIn({ outageAt }: OutageService, end: number): number {
  const failing = Math.min(REPORT_EVERY, Math.max(0, end - outageAt));
  return Math.ceil((failing / SECOND) * REQUESTS_PER_SECOND);
}

/**
 * When a system that judges once every 30 s, over windows of whole minutes that ended at least 15 s ago, would have sent its first page
 * for the same outage. Delivery takes it no time.
 *
 * @param burn of the tier that fires first; its long window is an hour
 */
export function minuteSlicesAttempt(service: OutageService, burn: number): number {
  const needed = burn * 0.001 * 3_600 * REQUESTS_PER_SECOND;
  for (let at = Math.ceil(service.outageAt / 30_000) * 30_000; ; at += 30_000) {
    const windowEnd = Math.floor((at - 15 * SECOND) / 60_000) * 60_000;
    let failed = 0;
    for (
      let end = Math.ceil((service.outageAt - service.phase) / REPORT_EVERY) * REPORT_EVERY + service.phase;
      end < windowEnd;
      end += REPORT_EVERY
    ) {
      failed += failedIn(service, end);
    }
    if (failed >= needed) {
      return at;
    }
  }
}

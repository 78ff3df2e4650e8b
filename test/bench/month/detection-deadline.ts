import { DEFAULT_TIERS, detectionTime, errorBudget } from '@tidewatch/slo';
import type { Outage, ServiceMonth } from './service-month.js';
import { requestsPerHourAt } from './simulate-traffic.js';

const TARGET = 0.999;
const HOUR_MS = 3_600_000;
/** Chance may hold back three standard deviations of the bad requests that a tier needs. */
const DEVIATIONS = 3;

/**
 * When an outage must have led to a page, ms since the epoch.
 *
 * From when it has its full share of errors, the time that the closed form gives ({@link detectionTime}) for the fastest page
 * tier at the traffic of that hour; at least until the gate of the tier is reached. As requests and errors are random, the time in
 * which three standard deviations more come is granted on top, and one step of evaluation.
 */
export function detectionDeadline(outage: Outage, service: ServiceMonth): number {
  const { errorRatio, fullFrom } = outage;
  const requestsPerMs = requestsPerHourAt(service, fullFrom) / HOUR_MS;
  const delays = DEFAULT_TIERS.filter(({ severity }) => severity === 'page').map((tier) => {
    const detection = detectionTime({ target: TARGET, errorRatio, tier });
    const share = tier.burn * errorBudget(TARGET) * requestsPerMs * tier.longMs;
    const needed = Math.max(tier.minimumBadEvents, share);
    const gate = tier.minimumBadEvents / (requestsPerMs * errorRatio);
    return detection === null
      ? Infinity
      : Math.max(detection, gate) * (1 + DEVIATIONS / Math.sqrt(needed)) + tier.everyMs;
  });
  return fullFrom + Math.min(...delays);
}

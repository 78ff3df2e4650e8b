import { seededRandom } from '@tidewatch/core';
import type { SliceCount } from '@tidewatch/slo';
import { poissonSampler } from './poisson.js';
import type { DailyTraffic, ServiceMonth } from './service-month.js';

/** Counts are kept in slices of this length, as the server does. */
export const SLICE_MS = 10_000;
/** Traffic is steady for this long; its daily curve is a staircase. */
const STEADY_MS = 600_000;
const DAY_MS = 86_400_000;

/** How many requests come in an hour at a time of day. */
export function requestsPerHourAt({ requestsPerHour, swing, peakMs }: DailyTraffic, at: number): number {
  const step = at - (at % STEADY_MS);
  return requestsPerHour * (1 + swing * Math.cos((2 * Math.PI * (step - peakMs)) / DAY_MS));
}

/**
 * Requests of one service as they come at random (Poisson), each failing by chance with the share of its time.
 *
 * Good and bad requests are drawn apart: of a Poisson stream those that fail are one, and those that do not are another.
 *
 * @param from ms, a multiple of ten minutes
 * @param to ms, a multiple of ten minutes
 * @returns slices of {@link SLICE_MS}, ascending; those without requests are left out
 */
export function simulateTraffic(service: ServiceMonth, from: number, to: number): SliceCount[] {
  const random = seededRandom(service.seed);
  const troubles = troubledSlices(service, from);
  const slices: SliceCount[] = [];
  for (let step = from; step < to; step += STEADY_MS) {
    const mean = (requestsPerHourAt(service, step) * SLICE_MS) / 3_600_000;
    const good = poissonSampler(mean * (1 - service.errorRatio), random);
    const bad = poissonSampler(mean * service.errorRatio, random);
    for (let start = step; start < step + STEADY_MS; start += SLICE_MS) {
      const excess = troubles.get(start);
      const ratio = Math.min(1, service.errorRatio + (excess ?? 0));
      const goodCount = excess === undefined ? good() : poissonSampler(mean * (1 - ratio), random)();
      const badCount = excess === undefined ? bad() : poissonSampler(mean * ratio, random)();
      if (goodCount + badCount > 0) {
        slices.push({ start, good: goodCount, total: goodCount + badCount });
      }
    }
  }
  return slices;
}

/** By beginning of a slice, the share of its requests that fail on account of troubles, which may overlap. */
function troubledSlices({ troubles }: ServiceMonth, origin: number): Map<number, number> {
  const shares = new Map<number, number>();
  for (const { from, to, errorRatio } of troubles) {
    for (let start = from - ((from - origin) % SLICE_MS); start < to; start += SLICE_MS) {
      const overlap = Math.min(start + SLICE_MS, to) - Math.max(start, from);
      shares.set(start, (shares.get(start) ?? 0) + (errorRatio * overlap) / SLICE_MS);
    }
  }
  return shares;
}

import { ceilTime, floorTime, type TimeRange } from '@tidewatch/core';
import { COST_DIMENSIONS, COST_LABELS, type CostDimension } from './cost-model.js';
import type { CostPlace } from './cost-rows.js';

const STEP_MS = 300_000;
const HOUR_MS = 3_600_000;
const MOST_STEPS = 5_000;

/**
 * The step in which usage is read: what sends within it runs for all of it. Five minutes are longer than any usual reporting
 * interval; long ranges take whole hours.
 */
export function usageStepMs({ from, to }: TimeRange): number {
  const fitting = (to - from) / MOST_STEPS;
  return fitting <= STEP_MS ? STEP_MS : ceilTime(fitting, HOUR_MS);
}

/** The range in whole steps: a step that has begun, or has not ended, would count as a whole one. At least one step. */
export function wholeSteps({ from, to }: TimeRange): TimeRange {
  const step = usageStepMs({ from, to });
  const end = floorTime(to, step);
  return { from: Math.min(floorTime(from, step), end - step), to: end };
}

/** Hours of use from levels, one for each step; absent steps are not used, negative levels are no use. */
export function usageHours(levels: readonly number[], stepMs: number): number {
  return (levels.reduce((sum, level) => sum + Math.max(0, level), 0) * stepMs) / HOUR_MS;
}

/** Every label that a place is read from. */
export const PLACE_LABELS: readonly string[] = COST_DIMENSIONS.flatMap((dimension) => COST_LABELS[dimension]);

/** The place that labels name: for each dimension the first of its labels that is there. */
export function placeOfLabels(labels: Readonly<Record<string, string>>): CostPlace {
  return Object.fromEntries(
    COST_DIMENSIONS.map((dimension) => [
      dimension,
      COST_LABELS[dimension].map((label) => labels[label] ?? '').find((value) => value !== '') ?? '',
    ]),
  ) as Record<CostDimension, string>;
}

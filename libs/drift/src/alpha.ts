import { AppError } from '@tidewatch/core';
import type { DriftMonitor } from './drift-monitor.js';

/**
 * The p-value below which one feature in one evaluation counts as significant: the false-alarm budget divided by the
 * number of tests in its period (Bonferroni over time and features),
 *
 *     alpha = count / (period / every * features)
 *
 * With the defaults (1 per 30d, every 5m) and ten features, 1 in 86,400. Windows that overlap repeat each other's
 * evidence, so the true rate is lower than the budget, never higher.
 *
 * @param featureCount how many features the monitor tests in each evaluation, at least 1
 * @throws AppError `drift.feature-count` for anything else
 */
export function alphaOf(
  monitor: Pick<DriftMonitor, 'falseAlarmBudget' | 'everyMs'>,
  featureCount: number,
): number {
  if (!Number.isInteger(featureCount) || featureCount < 1) {
    throw new AppError({
      code: 'drift.feature-count',
      message: `The false-alarm budget cannot be shared among ${featureCount} features.`,
    });
  }
  const { count, periodMs } = monitor.falseAlarmBudget;
  return count / ((periodMs / monitor.everyMs) * featureCount);
}

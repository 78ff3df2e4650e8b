import type { RatioSli, Sli, SloDefinition } from '@tidewatch/slo';
import { metricSeries, type NumberSample } from './metric-batch.js';
import { sloDefinition } from './slo-definition.js';

let projects = 0;

/** A project of its own for each test, so that names can repeat. */
export function newProject(): string {
  return `slo-project-${++projects}`;
}

/** All series of a metric. */
export function selector(metric: string) {
  return { metric, match: [] };
}

/** What is not counted by `bad` is good. */
export function ratio(bad = 'errors', total = 'requests'): RatioSli {
  return { kind: 'ratio', good: null, bad: selector(bad), total: selector(total) };
}

/** Longer than every window of the default tiers. History is counted day by day, so that a month would cost eight times as much. */
const PERIOD_MS = 4 * 86_400_000;

/** An SLO of a project over 4 rolling days. */
export function projectSlo(project: string, sli: Sli, changes: Partial<SloDefinition> = {}): SloDefinition {
  return sloDefinition(sli, { labels: { project }, periodMs: PERIOD_MS, ...changes });
}

/** One delta point of a series of its own every `stepMs` from `from` to `to`, each of `value`. */
export function steady(
  metric: string,
  from: number,
  to: number,
  value = 10,
  stepMs = 10_000,
): NumberSample[] {
  const series = metricSeries({ metricName: metric });
  return Array.from({ length: Math.ceil((to - from) / stepMs) }, (_, index) => ({
    series,
    at: from + index * stepMs + 1,
    value,
  }));
}

import type { DriftMetric } from './drift-metric.js';
import { ks } from './ks.js';

/** Every drift metric, by the name that rules use. A new metric is a new file here and one line in this list. */
export const driftMetrics = { ks } as const satisfies Readonly<Record<string, DriftMetric>>;

/** The name of a drift metric. */
export type DriftMetricName = keyof typeof driftMetrics;

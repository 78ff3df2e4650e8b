import type { DriftMetric } from './drift-metric.js';
import { hellinger } from './hellinger.js';
import { js } from './js.js';
import { ks } from './ks.js';
import { linf } from './linf.js';
import { missing } from './missing.js';
import { psi } from './psi.js';
import { tv } from './tv.js';
import { wasserstein } from './wasserstein.js';

/** Every drift metric, by the name that rules use. A new metric is a new file here and one line in this list. */
export const driftMetrics = {
  missing,
  ks,
  wasserstein,
  linf,
  psi,
  js,
  hellinger,
  tv,
} as const satisfies Readonly<Record<string, DriftMetric>>;

/** The name of a drift metric. */
export type DriftMetricName = keyof typeof driftMetrics;

import { benchEvaluateModel } from './drift-evaluate.js';
import { benchFalseAlarms, benchPower } from './drift-false-alarms.js';
import type { Figure } from './figure.js';
import { benchKs, benchVerdictFromCounts } from './ks.js';

/** What `npm run bench -- drift` measures, by name. */
export const DRIFT_BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  ks: benchKs,
  'verdict-from-counts': benchVerdictFromCounts,
  'evaluate-model': benchEvaluateModel,
  'false-alarms': benchFalseAlarms,
  power: benchPower,
};

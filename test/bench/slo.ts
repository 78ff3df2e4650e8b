import type { Figure } from './figure.js';
import { benchBackfill } from './slo-backfill.js';
import { benchEvaluateSlos } from './slo-evaluate.js';
import { benchSliExact } from './slo-exact.js';
import { benchFalsePages } from './slo-false-pages.js';
import { benchOracle } from './slo-oracle.js';
import { benchOutageToAttempt } from './slo-outage.js';

/** What `npm run bench -- slo` measures, by name. */
export const SLO_BENCHMARKS: Readonly<Record<string, () => Promise<Figure[]>>> = {
  'sli-exact': benchSliExact,
  oracle: benchOracle,
  'false-pages': benchFalsePages,
  'outage-to-attempt': benchOutageToAttempt,
  'evaluate-slos': benchEvaluateSlos,
  backfill: benchBackfill,
};

import type { Temporality } from './batch.js';

/** AggregationTemporality by number; numbers beyond are not known. */
export const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

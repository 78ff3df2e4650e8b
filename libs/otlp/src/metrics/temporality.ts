import type { Temporality } from './batch.js';

/** AggregationTemporality by number. Numbers that a later protocol may add read as unspecified. */
export function temporalityOf(number: number): Temporality {
  return number === 1 ? 'delta' : number === 2 ? 'cumulative' : 'unspecified';
}

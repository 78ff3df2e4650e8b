import type { TimeRange } from '@tidewatch/core';
import type { Parameters } from '../parameters.js';
import { labelParameters, LABELS_BY_PREDICTION } from '../repositories/labelled-sql.js';

/** Condition on the samples of a project within `from` and `to`. */
export const SAMPLES_IN_RANGE = `Project = {project:String}
      AND Timestamp >= fromUnixTimestamp64Milli({from:Int64}) AND Timestamp < fromUnixTimestamp64Milli({to:Int64})`;

/**
 * SQL of what samples are read from, each once; `labelled` with the labels that were known in time, for `correct`.
 *
 * @param where Condition on `predictions` that needs no label: whose labels are looked up.
 */
export function samplesFrom(labelled: boolean, where: string): string {
  return labelled
    ? `predictions FINAL
      LEFT JOIN (${LABELS_BY_PREDICTION(`SELECT PredictionId FROM predictions WHERE ${where}`)}) AS known
        ON predictions.PredictionId = known.labelOf`
    : 'predictions FINAL';
}

/** The parameters of {@link samplesFrom}: labels of any source. */
export function labelledParameters(labelled: boolean, range: TimeRange, labelDelayMs: number): Parameters {
  return labelled ? labelParameters(range, { maturityMs: labelDelayMs, labelSource: '' }) : {};
}

import type { TimeRange } from '@tidewatch/core';
import type { Parameters } from '../parameters.js';

/** A label may be known before its prediction is written down, by a clock that is off. */
const EARLY_MS = 86_400_000;

/** Parameters of which labels count for the predictions of `range`. */
export function labelParameters(
  range: TimeRange,
  { maturityMs, labelSource }: { readonly maturityMs: number; readonly labelSource: string },
): Parameters {
  return {
    labelSource,
    maturity: maturityMs,
    labelsFrom: range.from - EARLY_MS,
    labelsTo: range.to + maturityMs + 1,
  };
}

/**
 * Labels by prediction: `labelOf` and `labels`, an array of (time, arrival, label, value, outcome) in the order of time. Times
 * are bounded by `labelsFrom` and `labelsTo`, for labels are partitioned by day; `predictions` limits whose labels are read.
 */
export const LABELS_BY_PREDICTION = (predictions: string): string => `SELECT PredictionId AS labelOf,
    arraySort(groupArray((Timestamp, ReceivedAt, Label, Value, OutcomeValue))) AS labels
  FROM labels FINAL
  WHERE Project = {project:String} AND ({labelSource:String} = '' OR Source = {labelSource:String})
    AND Timestamp >= fromUnixTimestamp64Milli({labelsFrom:Int64}) AND Timestamp < fromUnixTimestamp64Milli({labelsTo:Int64})
    AND PredictionId IN (${predictions})
  GROUP BY labelOf`;

/** The last label that was known `maturity` after the prediction: a tuple as above, of empty values where there is none. */
export const MATURE_LABEL = (labels: string, timestamp: string): string =>
  `arrayLast(each -> toUnixTimestamp64Milli(tupleElement(each, 1)) <= toUnixTimestamp64Milli(${timestamp}) + {maturity:Int64}, ${labels})`;

/** The predicted class: the label, else the class with the largest score. */
export const PREDICTED_CLASS = `if(PredictionLabel != '' OR empty(PredictionScores), toString(PredictionLabel),
    toString(mapKeys(PredictionScores)[indexOf(mapValues(PredictionScores), arrayMax(mapValues(PredictionScores)))]))`;

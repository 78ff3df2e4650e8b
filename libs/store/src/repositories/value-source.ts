import type { TimeRange } from '@tidewatch/core';
import type { Population } from '@tidewatch/drift';
import type { Parameters } from '../parameters.js';
import { labelParameters, LABELS_BY_PREDICTION, MATURE_LABEL } from './labelled-sql.js';
import { optionalValue, sampleParameters, SAMPLES_WHERE, typedValue, VALUES } from './variables-sql.js';

/** Which labels are the ground truth of a prediction: the last one known `maturityMs` after it. */
export interface TruthSource {
  readonly maturityMs: number;
  /** Labels of this source only; empty for any. */
  readonly labelSource: string;
}

/** Samples, and which of their values are meant: what was sent with them, or the ground truth that became known later. */
export interface ValueSource {
  readonly population: Population;
  /** `null` for what was sent with the samples. */
  readonly truth: TruthSource | null;
}

/** Samples of which nobody has looked up the truth. */
export function asSent(population: Population): ValueSource {
  return { population, truth: null };
}

const WITH_LABEL = `(SELECT predictions.*, ${MATURE_LABEL('labels', 'predictions.Timestamp')} AS label
  FROM predictions FINAL
  LEFT JOIN (${LABELS_BY_PREDICTION(`SELECT PredictionId FROM predictions WHERE ${SAMPLES_WHERE}`)}) AS known
    ON predictions.PredictionId = known.labelOf
  WHERE ${SAMPLES_WHERE}) AS predictions`;

const TRUTHS = `arrayConcat(
  ${optionalValue("tupleElement(label, 3) != ''", typedValue("'truth:label'", 1, '0', 'tupleElement(label, 3)'))},
  ${optionalValue('isNotNull(tupleElement(label, 4))', typedValue("'truth:value'", 0, 'assumeNotNull(tupleElement(label, 4))', "''"))})`;

/** SQL of what to read samples from, each once; under the condition `SAMPLES_WHERE`. */
export const samplesOf = ({ truth }: ValueSource): string =>
  truth === null ? 'predictions FINAL' : WITH_LABEL;

/** SQL of an array of the sample's values, each (variable, kind, number, text). */
export const valuesIn = ({ truth }: ValueSource): string => (truth === null ? VALUES : TRUTHS);

/** The values of samples, unpivoted: `variable`, `kind`, `number`, `text` beside `columns`. */
export function valuesOfSamples(source: ValueSource, columns: string, where: string): string {
  return `SELECT ${columns}, tupleElement(item, 1) AS variable, tupleElement(item, 2) AS kind,
      tupleElement(item, 3) AS number, tupleElement(item, 4) AS text
    FROM ${samplesOf(source)} ARRAY JOIN ${valuesIn(source)} AS item
    WHERE ${where}`;
}

/** The parameters of {@link samplesOf} with `SAMPLES_WHERE`. */
export function sourceParameters(
  project: string,
  { population, truth }: ValueSource,
  range: TimeRange,
): Parameters {
  return {
    ...sampleParameters(project, population, range),
    ...(truth === null ? {} : labelParameters(range, truth)),
  };
}

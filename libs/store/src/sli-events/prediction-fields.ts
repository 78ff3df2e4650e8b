import type { Bindings } from './bindings.js';
import { MATURE_LABEL, PREDICTED_CLASS } from '../repositories/labelled-sql.js';
import type { EventCondition } from './event-query.js';
import { attributeField, numberField, textField, type FieldReader, type FieldSql } from './field-sql.js';

/** The field that needs ground truth: whether the predicted class is the true one. */
export const CORRECT = 'correct';

const COLUMNS: Readonly<Record<string, string>> = {
  model: 'Model',
  model_version: 'ModelVersion',
  // The name of the same label everywhere else.
  version: 'ModelVersion',
  variant: 'Variant',
  service: 'Service',
  region: 'Region',
  environment: 'Environment',
  deployment_id: 'DeploymentId',
  status: 'Status',
  error_type: 'ErrorType',
  label: 'PredictionLabel',
};

const NUMBERS: Readonly<Record<string, string>> = {
  latency_ms: 'LatencyMs',
  score: 'PredictionScore',
  value: 'PredictionValue',
};

const TRUTH = `tupleElement(${MATURE_LABEL('labels', 'predictions.Timestamp')}, 3)`;

/** Whether a class was predicted and is known: only then does a sample count where a condition names `correct`. */
export const IS_LABELLED = `(${TRUTH} != '' AND ${PREDICTED_CLASS} != '')`;

const IS_CORRECT: FieldSql = {
  text: `multiIf(NOT ${IS_LABELLED}, '', ${TRUTH} = ${PREDICTED_CLASS}, 'true', 'false')`,
  number: `if(${IS_LABELLED}, toNullable(toFloat64(${TRUTH} = ${PREDICTED_CLASS})), NULL)`,
};

/** Fields of `predictions`. `correct` reads the labels that the statement has to join. */
export const predictionField: FieldReader = (field, bindings) => {
  const column = Object.hasOwn(COLUMNS, field) ? COLUMNS[field] : undefined;
  if (column !== undefined) {
    return textField(column);
  }
  const number = Object.hasOwn(NUMBERS, field) ? NUMBERS[field] : undefined;
  if (number !== undefined) {
    return numberField(number);
  }
  if (field === CORRECT) {
    return IS_CORRECT;
  }
  const [, where, key] = /^(tag|feature)\.(.+)$/s.exec(field) ?? [];
  if (key === undefined) {
    return null;
  }
  return where === 'tag' ? predictionLabel(key, bindings) : featureField(bindings.text(key));
};

/** A label that is no field: a tag of that name. */
export function predictionLabel(label: string, bindings: Bindings): FieldSql {
  return attributeField(['Tags'], [label], bindings);
}

/** A name is in one of the maps: features have types, and a text is no number even where it looks like one. */
function featureField(key: string): FieldSql {
  const { number, text } = numberField(
    `if(mapContains(FeaturesNumeric, ${key}), toNullable(FeaturesNumeric[${key}]), NULL)`,
  );
  return {
    number,
    text: `multiIf(mapContains(FeaturesText, ${key}), FeaturesText[${key}],
      mapContains(FeaturesBoolean, ${key}), if(FeaturesBoolean[${key}], 'true', 'false'), ${text})`,
  };
}

/** Whether one of the conditions needs ground truth. */
export function namesCorrect(...conditions: readonly (readonly EventCondition[] | null)[]): boolean {
  return conditions.some((list) => list?.some(({ field }) => field === CORRECT) ?? false);
}

import type { Label } from './label.js';
import { LIMITS, MAX_AGE_MS } from './limits.js';
import { checkProject, parseRows } from './parsed-rows.js';
import type { ParsedRows, RowOptions } from './parsed-rows.js';
import type { JsonObject, RowReader } from './row-reader.js';

const FIELDS = new Set([
  ...['prediction_id', 'label', 'value', 'outcome_value', 'timestamp', 'source', 'weight', 'project'],
]);

/**
 * Parses the body of `POST /v1/labels`.
 *
 * Required are `prediction_id` and at least one of `label`, `value` and `outcome_value`. Faults reject their row, as in
 * `parsePredictions`.
 *
 * @throws AppError `samples.malformed` when the body is not JSON at all
 */
export function parseLabels(body: Uint8Array, options: RowOptions): ParsedRows<Label> {
  return parseRows(body, options.contentType, (row, reader) => parseLabel(row, reader, options));
}

function parseLabel(row: JsonObject, reader: RowReader, { project, now }: RowOptions): Label {
  reader.onlyKnown(row, FIELDS);
  checkProject(row, reader, project);
  const label: Label = {
    project,
    predictionId: reader.requiredText(row['prediction_id'], 'prediction_id'),
    label: reader.text(row['label'], 'label', LIMITS.textLength),
    value: reader.number(row['value'], 'value'),
    outcomeValue: reader.number(row['outcome_value'], 'outcome_value'),
    timestamp: reader.timestamp(row['timestamp'], 'timestamp', now, MAX_AGE_MS),
    receivedAt: now,
    source: reader.text(row['source'], 'source'),
    weight: reader.weight(row['weight'], 'weight'),
  };
  if (label.label === '' && label.value === null && label.outcomeValue === null) {
    reader.refuse('label', 'one of label, value and outcome_value is required');
  }
  return label;
}

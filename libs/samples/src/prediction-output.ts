import { LIMITS } from './limits.js';
import type { Detection, PredictionOutput } from './prediction.js';
import type { RowReader } from './row-reader.js';

const OUTPUT_FIELDS = new Set(['label', 'score', 'value', 'scores', 'detections', 'rejected_count']);
const DETECTION_FIELDS = new Set(['label', 'score', 'box']);

/** Reads `prediction`: what the model answered. */
export function readOutput(reader: RowReader, value: unknown): PredictionOutput {
  const output = reader.object(value, 'prediction') ?? {};
  reader.onlyKnown(output, OUTPUT_FIELDS, 'prediction.');
  return {
    label: reader.text(output['label'], 'prediction.label', LIMITS.textLength),
    score: reader.number(output['score'], 'prediction.score'),
    value: reader.number(output['value'], 'prediction.value'),
    scores: reader.record(output['scores'], 'prediction.scores', (score, field) =>
      reader.entryNumber(score, field),
    ),
    detections: readDetections(reader, output['detections']),
    rejectedCount: reader.count(output['rejected_count'], 'prediction.rejected_count'),
  };
}

function readDetections(reader: RowReader, value: unknown): Detection[] | null {
  const items = reader.array(value, 'prediction.detections');
  if (items === undefined) {
    return null;
  }
  const detections: Detection[] = [];
  for (let index = 0; index < items.length && reader.fault === undefined; index++) {
    const field = `prediction.detections[${index}]`;
    const item = reader.object(items[index], field);
    if (item === undefined) {
      reader.refuse(field, 'an object is expected');
      break;
    }
    reader.onlyKnown(item, DETECTION_FIELDS, `${field}.`);
    detections.push({
      label: reader.text(item['label'], `${field}.label`),
      score: reader.entryNumber(item['score'], `${field}.score`),
      box: readBox(reader, item['box'], `${field}.box`),
    });
  }
  return detections;
}

function readBox(reader: RowReader, value: unknown, field: string): [number, number, number, number] {
  const box = reader.array(value, field);
  if (box?.length !== 4) {
    reader.refuse(field, 'four numbers are expected: left, top, right, bottom');
    return [0, 0, 0, 0];
  }
  return box.map((edge, index) => reader.entryNumber(edge, `${field}[${index}]`)) as [
    number,
    number,
    number,
    number,
  ];
}

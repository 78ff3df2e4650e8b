import type { Label } from '@tidewatch/samples';
import { appendRows } from '../append-rows.js';
import type { BlockWriter } from '../block-writer.js';
import { dateTime64Milli, float64, lowCardinality, nullable, string } from '../column-types.js';
import { column, defineTable } from '../table-definition.js';

/** Stores ground truth and feedback. */
export interface LabelsRepository {
  /** Stores labels; one with the prediction, source and timestamp of a stored one replaces it. */
  insert(project: string, labels: readonly Label[]): Promise<void>;
}

const LABELS = defineTable<Label>(
  'labels',
  [
    column('Project', lowCardinality, (row) => row.project),
    column('PredictionId', string, (row) => row.predictionId),
    column('Label', string, (row) => row.label),
    column('Value', nullable(float64), (row) => row.value),
    column('OutcomeValue', nullable(float64), (row) => row.outcomeValue),
    column('Timestamp', dateTime64Milli, (row) => row.timestamp),
    column('ReceivedAt', dateTime64Milli, (row) => row.receivedAt),
    column('Source', lowCardinality, (row) => row.source),
    column('Weight', float64, (row) => row.weight),
  ],
  { announced: true },
);

/** Opens the repository. */
export function labelsRepository(writer: BlockWriter): LabelsRepository {
  return {
    insert: (project, labels) =>
      appendRows(
        writer,
        LABELS,
        project,
        labels.map((label) => ({ ...label, project })),
        (row) => row.timestamp,
      ),
  };
}

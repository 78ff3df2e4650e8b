import type { RowBlock } from '@tidewatch/core';
import type { Label } from '@tidewatch/samples';
import { dateTime64Milli, float64, lowCardinality, nullable, string } from '../column-types.js';
import { recordLayout, rowBlocks } from '../row-blocks.js';
import { column, defineTable } from '../table-definition.js';

/** Ground truth and feedback, on their way into ClickHouse. */
export interface LabelsRepository {
  /** The labels as blocks; one with the prediction, source and timestamp of a stored one replaces it. */
  encode(project: string, labels: readonly Label[]): RowBlock[];
}

/** `labels`. */
export const LABELS = recordLayout(
  defineTable<Label>(
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
  ),
  (row) => row.timestamp,
);

/** Opens the repository. */
export function labelsRepository(): LabelsRepository {
  return {
    encode: (project, labels) =>
      rowBlocks(
        LABELS,
        labels.map((label) => ({ ...label, project })),
      ),
  };
}

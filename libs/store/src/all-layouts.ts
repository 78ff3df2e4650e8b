import { LayoutRegistry } from './layouts.js';
import type { Layout } from './layouts.js';
import { DEPLOYMENTS } from './repositories/deployments.js';
import { LABELS } from './repositories/labels.js';
import { EMBEDDINGS, PENDING_INPUTS } from './repositories/embedding-tables.js';
import { PREDICTIONS } from './repositories/predictions.js';
import { EXPONENTIAL_HISTOGRAMS, HISTOGRAMS, SUMMARIES } from './signals/distribution-rows.js';
import { METRIC_EXEMPLARS } from './signals/exemplar-rows.js';
import { LOGS } from './signals/logs.js';
import { assemblePoints, NATIVE_COLUMNS } from './signals/native-points.js';
import { POINTS_LAYOUT } from './signals/point-block.js';
import { METRIC_SERIES } from './signals/series-rows.js';
import { SPANS } from './signals/spans.js';
import { TRACE_TIMES } from './signals/trace-times.js';
import { rowLayout } from './row-blocks.js';
import { tableShape } from './table-definition.js';

const points = tableShape('metric_points', NATIVE_COLUMNS, { announced: true });

const POINTS: Layout = {
  name: POINTS_LAYOUT,
  table: points.name,
  format: 'Native',
  columns: points.columns,
  structure: points.structure,
  announced: points.announced,
  chunks: assemblePoints,
};

/** Points as rows, as they were written before blocks were columns. */
const POINTS_AS_ROWS = rowLayout(
  tableShape(
    'metric_points',
    [
      { name: 'Project', sql: 'LowCardinality(String)' },
      { name: 'MetricName', sql: 'LowCardinality(String)' },
      { name: 'SeriesHash', sql: 'UInt64' },
      { name: 'TimeUnix', sql: "DateTime64(9, 'UTC')" },
      { name: 'StartTimeUnix', sql: "DateTime64(9, 'UTC')" },
      { name: 'ValueDouble', sql: 'Float64' },
      { name: 'ValueInt', sql: 'Int64' },
      { name: 'ValueKind', sql: "Enum8('double' = 0, 'int' = 1)" },
      { name: 'Flags', sql: 'UInt32' },
    ],
    { announced: true },
  ),
  1,
);

const MODEL_COLUMNS = [
  { name: 'Project', sql: 'LowCardinality(String)' },
  { name: 'Model', sql: 'LowCardinality(String)' },
] as const;

const SAMPLE_COLUMNS = [
  { name: 'Name', sql: 'LowCardinality(String)' },
  { name: 'PredictionId', sql: 'String' },
  { name: 'Timestamp', sql: "DateTime64(3, 'UTC')" },
  { name: 'ReceivedAt', sql: "DateTime64(3, 'UTC')" },
] as const;

/** Vectors as they were written before they had the dimensions of their sample. */
const EMBEDDINGS_ALONE = rowLayout(
  tableShape(
    'embeddings',
    [
      ...MODEL_COLUMNS,
      { name: 'ModelVersion', sql: 'LowCardinality(String)' },
      ...SAMPLE_COLUMNS,
      { name: 'Vector', sql: 'Array(Float32)' },
      { name: 'Encoder', sql: 'LowCardinality(String)' },
      { name: 'EncoderSha256', sql: 'LowCardinality(String)' },
    ],
    { announced: true },
  ),
  1,
);

/** Raw inputs as they were written when all of them were kept: they wait for an encoder like those of today. */
const INPUTS_ALONE: Layout = {
  ...rowLayout(
    tableShape(
      'pending_inputs',
      [
        ...MODEL_COLUMNS,
        ...SAMPLE_COLUMNS,
        { name: 'DataType', sql: 'LowCardinality(String)' },
        { name: 'Shape', sql: 'Array(UInt32)' },
        { name: 'Data', sql: 'String' },
      ],
      { announced: false },
    ),
    1,
  ),
  name: 'prediction_inputs/1',
};

/** Every layout that a journal may hold. */
export const LAYOUTS = new LayoutRegistry([
  METRIC_SERIES.layout,
  POINTS_AS_ROWS,
  POINTS,
  HISTOGRAMS.layout,
  EXPONENTIAL_HISTOGRAMS.layout,
  SUMMARIES.layout,
  METRIC_EXEMPLARS.layout,
  SPANS,
  TRACE_TIMES.layout,
  LOGS,
  PREDICTIONS.layout,
  EMBEDDINGS_ALONE,
  EMBEDDINGS.layout,
  INPUTS_ALONE,
  PENDING_INPUTS.layout,
  LABELS.layout,
  DEPLOYMENTS.layout,
]);

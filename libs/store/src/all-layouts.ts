import { LayoutRegistry } from './layouts.js';
import type { Layout } from './layouts.js';
import { DEPLOYMENTS } from './repositories/deployments.js';
import { LABELS } from './repositories/labels.js';
import { EMBEDDINGS, PREDICTION_INPUTS, PREDICTIONS } from './repositories/predictions.js';
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
  EMBEDDINGS.layout,
  PREDICTION_INPUTS.layout,
  LABELS.layout,
  DEPLOYMENTS.layout,
]);

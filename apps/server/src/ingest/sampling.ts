import type { LogBatch, SpanBatch } from '@tidewatch/otlp';
import type { Prediction } from '@tidewatch/samples';

/** Thins out a project's data before it is stored; what is kept carries the weight of what is not. */
export interface Sampling {
  spans(project: string, batch: SpanBatch): SpanBatch;
  logs(project: string, batch: LogBatch): LogBatch;
  predictions(project: string, rows: readonly Prediction[]): readonly Prediction[];
}

/** No sampling. */
export const KEEP_ALL: Sampling = {
  spans: (_project, batch) => batch,
  logs: (_project, batch) => batch,
  predictions: (_project, rows) => rows,
};

import type { RowBlock } from '@tidewatch/core';
import type { LogBatch, SpanBatch } from '@tidewatch/otlp';
import { logBlocks } from '../signals/logs.js';
import { spanBlocks } from '../signals/spans.js';

/** Spans on their way into ClickHouse. */
export interface TracesRepository {
  /** A decoded batch as blocks. A span with the trace, id, service, name and second of a stored one replaces it. */
  encode(project: string, batch: SpanBatch): RowBlock[];
}

/** Log records on their way into ClickHouse. */
export interface LogsRepository {
  /** A decoded batch as blocks. Records have no identity: two equal ones are two records. */
  encode(project: string, batch: LogBatch): RowBlock[];
}

/** Opens the repository. */
export function tracesRepository(): TracesRepository {
  return { encode: spanBlocks };
}

/** Opens the repository. */
export function logsRepository(): LogsRepository {
  return { encode: logBlocks };
}

import { formatDuration, parseDuration } from '@tidewatch/core';
import { z } from 'zod';
import { expected, expectedMap } from '../field-errors.js';
import type { Indicator, RawIndicator, SqlSource, ThresholdIndicator } from './indicator.js';
import { defineSliKind, readThreshold, writeSource, type SliFault } from './sli-kind.js';
import type { SqlSli } from './sli-types.js';
import { sqlFaults } from './sql-text.js';

const DEFAULT_TIMEOUT = '10s';
const MAXIMUM_TIMEOUT_MS = 30_000;
const DEFAULT_MAXIMUM_ROWS = 1_000_000_000;

const sqlMessage = expected('a query: SELECT …');
const timeoutMessage = expected('a duration from 1s to 30s, such as 10s');
const rowsMessage = expected('a whole number of rows, 1 or more');

const parametersSchema = z
  .record(z.string(), z.union([z.string(), z.number()], { error: expected('text or a number') }), {
    error: expected('a map from name to value'),
  })
  .nullish()
  .transform((parameters) => parameters ?? {})
  .superRefine((parameters, context) => {
    for (const name of ['from', 'to'].filter((each) => Object.hasOwn(parameters, each))) {
      const message = 'is bound by Tidewatch to the stretch of time that is read; leave it out';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** `{sql, parameters, timeout, maximumRows}` of a `metricSource`. */
export const sqlSourceSchema = z
  .strictObject(
    {
      sql: z.string({ error: sqlMessage }).min(1, { error: sqlMessage }),
      parameters: parametersSchema,
      timeout: z
        .string({ error: timeoutMessage })
        .refine((text) => isTimeout(parseDuration(text)), { error: timeoutMessage })
        .default(DEFAULT_TIMEOUT),
      maximumRows: z
        .number({ error: rowsMessage })
        .int({ error: rowsMessage })
        .min(1, { error: rowsMessage })
        .default(DEFAULT_MAXIMUM_ROWS),
    },
    { error: expectedMap('a map with sql, parameters, timeout and maximumRows') },
  )
  .superRefine(({ sql, parameters }, context) => {
    for (const message of sqlFaults(sql, Object.keys(parameters))) {
      context.addIssue({ code: 'custom', path: ['sql'], message });
    }
  })
  .transform(({ sql, parameters, timeout, maximumRows }): SqlSource => ({
    kind: 'sql',
    sql,
    parameters,
    timeoutMs: parseDuration(timeout) ?? 0,
    maximumRows,
  }));

function isTimeout(ms: number | undefined): boolean {
  return ms !== undefined && ms >= 1_000 && ms <= MAXIMUM_TIMEOUT_MS;
}

interface SqlEvents extends RawIndicator {
  readonly raw: SqlSource;
}

interface SqlValue extends ThresholdIndicator {
  readonly metric: SqlSource;
}

/**
 * A query: in a `ratioMetric` as `raw` with columns `time`, `good` (or `bad`, for `rawType: failure`) and `total`, or
 * in a `thresholdMetric` with columns `time` and `value`.
 */
export const sqlKind = defineSliKind({
  kind: 'sql',
  fits: (indicator: Indicator): indicator is SqlEvents | SqlValue =>
    (indicator.form === 'raw' && indicator.raw.kind === 'sql') ||
    (indicator.form === 'threshold' && indicator.metric.kind === 'sql'),
  resolve: (indicator, objective): SqlSli | readonly SliFault[] => {
    if (indicator.form === 'raw') {
      return { ...indicator.raw, result: { kind: indicator.rawType === 'success' ? 'good' : 'bad' } };
    }
    const threshold = readThreshold(objective, 'the column value');
    return 'op' in threshold ? { ...indicator.metric, result: { kind: 'value', ...threshold } } : threshold;
  },
  write: ({ sql, parameters, timeoutMs, maximumRows, result }) => {
    const source = writeSource({
      sql,
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
      timeout: formatDuration(timeoutMs),
      maximumRows,
    });
    return result.kind === 'value'
      ? { spec: { thresholdMetric: source }, op: result.op, value: result.threshold }
      : {
          spec: {
            ratioMetric: {
              counter: true,
              raw: source,
              rawType: result.kind === 'good' ? 'success' : 'failure',
            },
          },
        };
  },
});

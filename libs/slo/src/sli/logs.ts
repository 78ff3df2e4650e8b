import { z } from 'zod';
import { expectedMap } from '../field-errors.js';
import { eventRatio, writeEventRatio } from './event-ratio.js';
import { fieldConditionsSchema, type FieldSet } from './field-conditions.js';
import type { Indicator, LogSource, RatioIndicator } from './indicator.js';
import { defineSliKind } from './sli-kind.js';
import type { LogSli } from './sli-types.js';

const LOG_FIELDS: FieldSet = {
  event: 'log record',
  texts: ['service', 'region', 'environment', 'version', 'model', 'severity_text', 'body', 'event'],
  numbers: ['severity'],
  prefixes: ['attribute.', 'resource.'],
  values: {},
};

/** `{logs}` of a `metricSource`. */
export const logSourceSchema = z
  .strictObject({ logs: fieldConditionsSchema(LOG_FIELDS) }, { error: expectedMap('a map with logs') })
  .transform(({ logs }): LogSource => ({ kind: 'logs', conditions: logs }));

interface LogRatio extends RatioIndicator {
  readonly good: LogSource | null;
  readonly bad: LogSource | null;
  readonly total: LogSource;
}

/** A `ratioMetric` of log records and events. */
export const logKind = defineSliKind({
  kind: 'logs',
  fits: (indicator: Indicator): indicator is LogRatio =>
    indicator.form === 'ratio' && indicator.total.kind === 'logs',
  resolve: ({ total, good, bad }): LogSli => ({ kind: 'logs', ...eventRatio(total, good, bad) }),
  write: (ratio) => writeEventRatio('logs', ratio),
});

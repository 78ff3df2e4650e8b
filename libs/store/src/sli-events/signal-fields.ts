import { attributeKeysOf, LABEL_ATTRIBUTES } from '@tidewatch/core';
import type { Bindings } from './bindings.js';
import { attributeField, numberField, textField, type FieldReader, type FieldSql } from './field-sql.js';

/**
 * Fields of spans and log records. `service` is the resource's `service.name`, which begins the tables' keys; other labels
 * are looked up in the attributes of the event, then in those of its resource.
 */

const NANOSECONDS = 1_000_000_000;

/** Fields of `otel_traces`. */
export const spanField: FieldReader = (field, bindings) => {
  switch (field) {
    case 'name':
      return textField('SpanName');
    case 'kind':
      return textField('lower(SpanKind)');
    case 'status':
      return textField('lower(StatusCode)');
    case 'duration':
      return numberField(`toFloat64(Duration) / ${NANOSECONDS}`);
    default:
      return signalField(field, 'SpanAttributes', bindings);
  }
};

/** Fields of `otel_logs`. */
export const logField: FieldReader = (field, bindings) => {
  switch (field) {
    case 'severity':
      return numberField('toFloat64(SeverityNumber)');
    case 'severity_text':
      return textField('SeverityText');
    case 'body':
      return textField('Body');
    case 'event':
      return textField('EventName');
    default:
      return signalField(field, 'LogAttributes', bindings);
  }
};

/** A label that is no field: an attribute of that name. */
export function spanLabel(label: string, bindings: Bindings): FieldSql {
  return attributeField(['SpanAttributes', 'ResourceAttributes'], attributeKeysOf(label), bindings);
}

/** A label that is no field: an attribute of that name. */
export function logLabel(label: string, bindings: Bindings): FieldSql {
  return attributeField(['LogAttributes', 'ResourceAttributes'], attributeKeysOf(label), bindings);
}

function signalField(field: string, attributes: string, bindings: Bindings): FieldSql | null {
  if (field === 'service') {
    return textField('ServiceName');
  }
  if (Object.hasOwn(LABEL_ATTRIBUTES, field)) {
    return attributeField([attributes, 'ResourceAttributes'], attributeKeysOf(field), bindings);
  }
  const [, where, key] = /^(attribute|resource)\.(.+)$/s.exec(field) ?? [];
  if (key === undefined) {
    return null;
  }
  return attributeField([where === 'attribute' ? attributes : 'ResourceAttributes'], [key], bindings);
}

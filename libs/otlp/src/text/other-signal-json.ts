import type { JsonObject } from '../json/reader.js';
import { malformedJson } from '../malformed.js';
import { misdirected } from './signal.js';
import type { OtlpSignal } from './signal.js';

const FIELDS: readonly (readonly [OtlpSignal, string])[] = [
  ['traces', 'resourceSpans'],
  ['logs', 'resourceLogs'],
  ['metrics', 'resourceMetrics'],
];

/**
 * Refuses a request whose one known field is that of another signal. As an unknown field it would be ignored, and the
 * sender would be told that all went well.
 *
 * @throws AppError `otlp.malformed`, saying which path the request belongs to
 */
export function refuseOtherSignalJson(request: JsonObject, path: OtlpSignal): void {
  const present = FIELDS.filter(([, field]) => request[field] != null);
  const [other] = present;
  if (other !== undefined && present.every(([signal]) => signal !== path)) {
    throw malformedJson(other[1], misdirected(other[0], path));
  }
}

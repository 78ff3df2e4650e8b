import { MAX_ITEMS } from '../text/item-limit.js';
import type { ItemFault } from '../text/refusals.js';

/** Every fault of a log record that does not depend on the storable times. */
export const LOG_FAULT = {
  traceId: { problem: 'trace ids must be 16 bytes, or absent', hint: 'in JSON, ids are hex, not base64' },
  spanId: { problem: 'span ids must be 8 bytes, or absent', hint: 'in JSON, ids are hex, not base64' },
  severity: { problem: 'severity numbers that OTLP does not define' },
  flags: { problem: 'flags outside the range of a uint32' },
  timeOverflow: { problem: 'times after the year 2262', hint: 'times count nanoseconds' },
  tooMany: { problem: `only ${MAX_ITEMS} records of one request are taken`, hint: 'send smaller requests' },
} as const satisfies Record<string, ItemFault>;

import { MAX_ITEMS } from '../text/item-limit.js';
import type { ItemFault } from '../text/refusals.js';

/** Every fault of a span that does not depend on the storable times. */
export const SPAN_FAULT = {
  traceId: { problem: 'trace ids must be 16 bytes, not all zero', hint: 'in JSON, ids are hex, not base64' },
  spanId: { problem: 'span ids must be 8 bytes, not all zero', hint: 'in JSON, ids are hex, not base64' },
  parentSpanId: { problem: 'parent span ids must be 8 bytes, or absent' },
  noStart: { problem: 'spans without a start time' },
  noEnd: { problem: 'spans without an end time', hint: 'only ended spans are exported' },
  timeOverflow: { problem: 'times after the year 2262', hint: 'times count nanoseconds' },
  endBeforeStart: { problem: 'spans that end before they start', hint: "check the sender's clock" },
  kind: { problem: 'span kinds that OTLP does not define' },
  statusCode: { problem: 'status codes that OTLP does not define' },
  flags: { problem: 'flags outside the range of a uint32' },
  linkIds: { problem: 'ids of links must be 16 and 8 bytes, or absent' },
  tooManySpans: {
    problem: `only ${MAX_ITEMS} spans of one request are taken`,
    hint: 'send smaller requests',
  },
  tooManyParts: {
    problem: `only ${MAX_ITEMS} events and ${MAX_ITEMS} links of one request are taken`,
    hint: 'send smaller requests',
  },
} as const satisfies Record<string, ItemFault>;

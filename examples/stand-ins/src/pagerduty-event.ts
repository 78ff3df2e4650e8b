import { z } from 'zod';
import type { Judgement } from './service.js';

export type { Judgement } from './service.js';

const text = z.string().min(1);

/** The key of an integration: 32 characters. */
export const routingKey = z.string().regex(/^[A-Za-z0-9_-]{32}$/, 'must have 32 characters');

/** `payload` of an alert event, as documented for the Events API v2. */
const payloadSchema = z.strictObject({
  summary: text.max(1_024),
  source: text,
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});

const base = {
  routing_key: routingKey,
  links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
  images: z
    .array(
      z.strictObject({
        src: z.url({ protocol: /^https$/ }),
        href: z.url().optional(),
        alt: z.string().optional(),
      }),
    )
    .optional(),
  client: z.string().optional(),
  client_url: z.url().optional(),
};
const dedupKey = text.max(255);

/** An alert event. */
export const eventSchema = z.discriminatedUnion('event_action', [
  z.strictObject({
    ...base,
    event_action: z.literal('trigger'),
    dedup_key: dedupKey.optional(),
    payload: payloadSchema,
  }),
  z.strictObject({
    ...base,
    event_action: z.literal('acknowledge'),
    dedup_key: dedupKey,
    payload: payloadSchema.partial().optional(),
  }),
  z.strictObject({
    ...base,
    event_action: z.literal('resolve'),
    dedup_key: dedupKey,
    payload: payloadSchema.partial().optional(),
  }),
]);

export type PagerdutyEvent = z.infer<typeof eventSchema>;

/** The documented body of a 400. */
export function refusedEvent(payload: unknown, issues: readonly z.core.$ZodIssue[]): Judgement {
  const errors = issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`);
  return {
    status: 400,
    contentType: 'application/json',
    body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors }),
    event: {
      effect: 'refused',
      action: '',
      severity: '',
      summary: '',
      dedupKey: '',
      problems: errors,
      payload: masked(payload),
    },
  };
}

/** The body without its routing key. */
export function masked(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'routing_key' in payload
    ? { ...payload, routing_key: '[masked]' }
    : payload;
}

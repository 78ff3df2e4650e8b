import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Judgement, Service } from './event.js';

const text = z.string().min(1);

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
  routing_key: z.string().regex(/^[A-Za-z0-9_-]{32}$/, 'must have 32 characters'),
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

const eventSchema = z.discriminatedUnion('event_action', [
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

type PagerdutyEvent = z.infer<typeof eventSchema>;

/**
 * The alert side of PagerDuty: one open alert per routing key and deduplication key. A trigger opens one or adds to
 * it, a resolve closes it, and a resolve without an open alert is accepted and dropped, as in the real service.
 */
export function pagerdutyService(): Service {
  /** Summary of each open alert. */
  const open = new Map<string, string>();
  return (payload) => {
    const parsed = eventSchema.safeParse(payload);
    if (!parsed.success) {
      return refusal(
        payload,
        parsed.error.issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`),
      );
    }
    return accept(parsed.data, open);
  };
}

function accept(event: PagerdutyEvent, open: Map<string, string>): Judgement {
  const key = event.dedup_key ?? randomUUID();
  const identity = `${event.routing_key}\n${key}`;
  const before = open.get(identity);
  const summary = event.event_action === 'trigger' ? event.payload.summary : (before ?? '');
  if (event.event_action === 'trigger') {
    open.set(identity, summary);
  } else if (event.event_action === 'resolve') {
    open.delete(identity);
  }
  return {
    status: 202,
    contentType: 'application/json',
    body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: key }),
    event: {
      effect: effectOf(event.event_action, before !== undefined),
      action: event.event_action,
      severity: event.event_action === 'trigger' ? event.payload.severity : '',
      summary,
      dedupKey: key,
      problems: [],
      payload: masked(event),
    },
  };
}

function effectOf(action: PagerdutyEvent['event_action'], isOpen: boolean): Judgement['event']['effect'] {
  switch (action) {
    case 'trigger':
      return isOpen ? 'repeated' : 'opened';
    case 'acknowledge':
      return isOpen ? 'acknowledged' : 'dropped';
    case 'resolve':
      return isOpen ? 'resolved' : 'dropped';
  }
}

/** The documented body of a 400. */
function refusal(payload: unknown, errors: readonly string[]): Judgement {
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

function masked(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'routing_key' in payload
    ? { ...payload, routing_key: '[masked]' }
    : payload;
}

import { z } from 'zod';
import { refusedEvent, routingKey, type Judgement } from './pagerduty-event.js';

const links = z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional();

/** A change event, as documented: no severity, no key, no image, and only the summary is demanded. */
const changeSchema = z.strictObject({
  routing_key: routingKey,
  payload: z.strictObject({
    summary: z.string().min(1).max(1_024),
    source: z.string().min(1).optional(),
    timestamp: z.iso.datetime({ offset: true }).optional(),
    custom_details: z.record(z.string(), z.unknown()).optional(),
  }),
  links,
});

/** The change side of PagerDuty: what it takes is shown on the timeline and notifies nobody. */
export function judgeChange(payload: unknown): Judgement {
  const parsed = changeSchema.safeParse(payload);
  if (!parsed.success) {
    return refusedEvent(payload, parsed.error.issues);
  }
  return {
    status: 202,
    contentType: 'application/json',
    body: JSON.stringify({ status: 'success', message: 'Change event processed' }),
    event: {
      effect: 'noted',
      action: 'change',
      severity: '',
      summary: parsed.data.payload.summary,
      dedupKey: '',
      problems: [],
      payload: { ...parsed.data, routing_key: '[masked]' },
    },
  };
}

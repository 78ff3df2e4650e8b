import { randomUUID } from 'node:crypto';
import { judgeChange } from './change-events.js';
import type { StandInEffect } from './event.js';
import { eventSchema, masked, refusedEvent, type PagerdutyEvent } from './pagerduty-event.js';
import { jsonPosts, type Judgement, type Service } from './service.js';

const EVENTS = '/v2/enqueue';
const CHANGES = '/v2/change/enqueue';
/** PagerDuty takes events of at most 512 KB. */
const LARGEST_BODY = 512 * 1_024;

/** One alert; its texts are what a person can read at it. */
interface Alert {
  readonly dedupKey: string;
  state: 'open' | 'acknowledged' | 'closed';
  summary: string;
  /** What the latest trigger said, to tell news from a repetition. */
  content: string;
  readonly texts: string[];
}

/**
 * PagerDuty, Events API v2: one open alert per routing key and deduplication key. A trigger opens one or brings the
 * open one up to date, a resolve closes it, and a resolve without an open alert is accepted and dropped, as in the real
 * service. Change events are noted.
 */
export function pagerdutyService(): Service {
  const alerts: Alert[] = [];
  const open = new Map<string, Alert>();
  return jsonPosts({
    title: 'PagerDuty',
    path: EVENTS,
    largestBody: LARGEST_BODY,
    takes: (path) => path === EVENTS || path === CHANGES,
    judge(payload, request) {
      if (request.path === CHANGES) {
        return judgeChange(payload);
      }
      const parsed = eventSchema.safeParse(payload);
      return parsed.success ? accept(parsed.data, alerts, open) : refusedEvent(payload, parsed.error.issues);
    },
    objects: () =>
      alerts.map(({ dedupKey, state, texts }, index) => ({ key: `${dedupKey}#${index}`, state, texts })),
  });
}

function accept(event: PagerdutyEvent, alerts: Alert[], open: Map<string, Alert>): Judgement {
  const key = event.dedup_key ?? randomUUID();
  const identity = `${event.routing_key}\n${key}`;
  const before = open.get(identity);
  const effect = effectOn(before, event);
  const alert = before ?? { dedupKey: key, state: 'open', summary: '', content: '', texts: [] };
  if (effect === 'opened') {
    alerts.push(alert);
    open.set(identity, alert);
  }
  if (event.event_action === 'trigger') {
    alert.summary = event.payload.summary;
    alert.content = contentOf(event);
    alert.texts.push(alert.content);
  } else if (effect === 'resolved') {
    alert.state = 'closed';
    open.delete(identity);
  } else if (effect === 'acknowledged') {
    alert.state = 'acknowledged';
  }
  return {
    status: 202,
    contentType: 'application/json',
    body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: key }),
    event: {
      effect,
      action: event.event_action,
      severity: event.event_action === 'trigger' ? event.payload.severity : '',
      summary: alert.summary,
      dedupKey: key,
      problems: [],
      payload: masked(event),
    },
  };
}

function effectOn(alert: Alert | undefined, event: PagerdutyEvent): StandInEffect {
  switch (event.event_action) {
    case 'trigger':
      if (alert === undefined) {
        return 'opened';
      }
      return alert.content === contentOf(event) ? 'repeated' : 'updated';
    case 'acknowledge':
      return alert === undefined ? 'dropped' : 'acknowledged';
    case 'resolve':
      return alert === undefined ? 'dropped' : 'resolved';
  }
}

function contentOf(event: PagerdutyEvent): string {
  return JSON.stringify({ ...event.payload, links: event.links, images: event.images });
}

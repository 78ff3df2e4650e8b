import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StandInEffect } from './event.js';
import { judgeBody, type HookMessage } from './webhook-body.js';
import { jsonPosts, type Judgement, type Service, type ServiceRequest } from './service.js';

export interface WebhookServiceOptions {
  /** Secrets (`whsec_…`) of which one must have signed; none takes unsigned messages. */
  readonly secrets?: readonly string[];
  /** The receiver's clock, ms. */
  readonly now?: () => number;
  /** How far the time of an attempt may be off, so that nobody can send a recorded message again later; default 300 s. */
  readonly toleranceS?: number;
}

/** Standard Webhooks asks senders for bodies of at most 20 KB. */
const LARGEST_BODY = 20_000;
const TOLERANCE_S = 300;

interface Held {
  readonly key: string;
  state: 'open' | 'acknowledged' | 'closed';
  readonly texts: string[];
}

/**
 * A receiver of generic webhooks as its author should write one: checks the signature and time of Standard Webhooks
 * 1.0.0, takes a message once however often it comes, and keeps one object per incident.
 */
export function webhookService(options: WebhookServiceOptions = {}): Service {
  const held: Held[] = [];
  const seen = new Set<string>();
  return jsonPosts({
    title: 'Webhook',
    path: '/hooks/standinstandin',
    largestBody: LARGEST_BODY,
    takes: (path) => path.startsWith('/hooks/'),
    judge(payload, request) {
      const problem = headerProblem(request, options) ?? signatureProblem(request, options);
      if (problem !== null) {
        return answerWith(401, 'refused', payload, [problem], null);
      }
      const message = judgeBody(payload);
      if (Array.isArray(message)) {
        return answerWith(400, 'refused', payload, message, null);
      }
      const id = String(request.headers['webhook-id']);
      if (seen.has(id)) {
        return answerWith(200, 'repeated', payload, [], message);
      }
      seen.add(id);
      return answerWith(200, apply(message, request.body, held), payload, [], message);
    },
    objects: () => held.map(({ key, state, texts }, index) => ({ key: `${key}#${index}`, state, texts })),
  });
}

function apply(message: HookMessage, body: string, held: Held[]): StandInEffect {
  const current = held.findLast(({ key, state }) => key === message.key && state !== 'closed');
  if (current === undefined) {
    if (message.action === 'resolve') {
      return 'dropped';
    }
    const state = message.action === 'acknowledge' ? 'acknowledged' : 'open';
    held.push({ key: message.key, state, texts: [body] });
    return 'opened';
  }
  current.texts.push(body);
  switch (message.action) {
    case 'resolve':
      current.state = 'closed';
      return 'resolved';
    case 'acknowledge':
      current.state = 'acknowledged';
      return 'acknowledged';
    case 'trigger':
    case 'update':
      return 'updated';
  }
}

function headerProblem(
  request: ServiceRequest,
  { now = Date.now, toleranceS = TOLERANCE_S }: WebhookServiceOptions,
): string | null {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request.headers;
  if (typeof id !== 'string' || id === '') {
    return 'the header webhook-id is missing';
  }
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) {
    return 'the header webhook-timestamp must be a time in seconds';
  }
  return Math.abs(now() / 1_000 - Number(timestamp)) > toleranceS
    ? `the time in webhook-timestamp is more than ${toleranceS} s off`
    : null;
}

function signatureProblem(request: ServiceRequest, { secrets = [] }: WebhookServiceOptions): string | null {
  if (secrets.length === 0) {
    return null;
  }
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = request.headers;
  const signatures = String(given ?? '').split(' ');
  const wanted = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const content = `${String(id)}.${String(timestamp)}.${request.body}`;
    return Buffer.from(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  });
  const match = signatures.some((signature) =>
    wanted.some((each) => {
      const bytes = Buffer.from(signature);
      return bytes.length === each.length && timingSafeEqual(bytes, each);
    }),
  );
  return match ? null : 'no signature in webhook-signature fits';
}

function answerWith(
  status: number,
  effect: StandInEffect,
  payload: unknown,
  problems: readonly string[],
  message: HookMessage | null,
): Judgement {
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify({ effect, problems }),
    event: {
      effect,
      action: message?.action ?? '',
      severity: message?.severity ?? '',
      summary: message?.summary ?? '',
      dedupKey: message?.key ?? '',
      problems,
      payload,
    },
  };
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { StandInEffect } from './event.js';
import { jsonPosts, type Judgement, type Service, type ServiceRequest } from './service.js';

export interface ActionServiceOptions {
  /** `whsec_…`; one of them must have signed. */
  readonly secrets?: readonly string[];
  /** The receiver's clock, ms. */
  readonly now?: () => number;
}

/** Used when none is given, so that the stand-in can be tried by hand. */
export const ACTION_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** Standard Webhooks asks senders for bodies of at most 20 KB. */
const LARGEST_BODY = 20_000;
const TOLERANCE_S = 300;

const text = z.string().max(1_000);
const time = z.iso.datetime();
const bodySchema = z.strictObject({
  version: z.literal('1'),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  do: z.enum(['rollback', 'retrain', 'promote', 'scale']),
  dryRun: z.boolean(),
  drill: z.boolean(),
  incident: z.strictObject({
    id: z.string().regex(/^[0-9a-f]{64}$/),
    severity: z.enum(['page', 'ticket']),
    summary: text.min(1),
    openedAt: time,
    url: z.string().max(2_000),
  }),
  target: z.strictObject({
    project: text.min(1),
    service: text,
    region: text,
    model: text,
    modelVersion: text,
    deploymentId: text,
  }),
  rollbackTo: z.strictObject({ deploymentId: text, modelVersion: text, deployedAt: time }).nullable(),
  promote: z
    .strictObject({ candidate: text.min(1), share: z.number(), hours: z.number(), stopRule: text })
    .nullable(),
  retrain: z.strictObject({ sampleSet: text }).nullable(),
  parameters: z.record(z.string(), z.string()),
});

/** What a checked request asks for. */
export type ActionAsked = z.infer<typeof bodySchema>;

/** A stand-in that says what it did. */
export interface ActionService extends Service {
  /** Every run once, oldest first, with how often it was asked for. */
  readonly runs: readonly { readonly body: ActionAsked; readonly requests: number }[];
}

/**
 * A receiver of actions as its author should write one: checks signature and time, does each run once however often it
 * comes, and does nothing in a dry run.
 */
export function actionService(options: ActionServiceOptions = {}): ActionService {
  const runs: { body: ActionAsked; requests: number }[] = [];
  const posts = jsonPosts({
    title: 'Action',
    path: '/actions/standinstandin',
    largestBody: LARGEST_BODY,
    takes: (path) => path.startsWith('/actions/'),
    judge(payload, request) {
      const problem = signatureProblem(request, options);
      if (problem !== null) {
        return answer(401, 'refused', [problem], null);
      }
      const parsed = bodySchema.safeParse(payload);
      if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
        return answer(400, 'refused', problems, null);
      }
      const body = parsed.data;
      const problems = contentProblems(body, request);
      if (problems.length > 0) {
        return answer(400, 'refused', problems, body);
      }
      const known = runs.find((run) => run.body.id === body.id);
      if (known !== undefined) {
        known.requests += 1;
        return answer(200, 'repeated', [], body);
      }
      runs.push({ body, requests: 1 });
      return answer(202, 'opened', [], body);
    },
    objects: () =>
      runs.map(({ body }) => ({ key: body.id, state: 'open' as const, texts: [JSON.stringify(body)] })),
  });
  return { ...posts, runs };
}

/** What the schema cannot say. */
function contentProblems(body: ActionAsked, { headers }: ServiceRequest): string[] {
  const rules: readonly (readonly [string, boolean])[] = [
    ['the id must be that of the header webhook-id', body.id === headers['webhook-id']],
    ['a drill must be a dry run', !body.drill || body.dryRun],
    [
      'a rollback, and nothing else, must say to what',
      (body.do === 'rollback') === (body.rollbackTo !== null),
    ],
    ['a promotion, and nothing else, must say of what', (body.do === 'promote') === (body.promote !== null)],
    [
      'a retraining, and nothing else, must name samples',
      (body.do === 'retrain') === (body.retrain !== null),
    ],
  ];
  return rules.filter(([, holds]) => !holds).map(([problem]) => problem);
}

function signatureProblem(request: ServiceRequest, options: ActionServiceOptions): string | null {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = request.headers;
  const { secrets = [ACTION_SECRET], now = Date.now } = options;
  if (!/^\d{1,12}$/.test(String(timestamp)) || Math.abs(now() / 1_000 - Number(timestamp)) > TOLERANCE_S) {
    return 'the time in webhook-timestamp is missing or more than five minutes off';
  }
  const content = `${String(id)}.${String(timestamp)}.${request.body}`;
  const wanted = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return Buffer.from(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  });
  const signed = String(given ?? '')
    .split(' ')
    .map((signature) => Buffer.from(signature))
    .some((signature) =>
      wanted.some((each) => each.length === signature.length && timingSafeEqual(each, signature)),
    );
  return signed ? null : 'no signature in webhook-signature fits';
}

function answer(
  status: number,
  effect: StandInEffect,
  problems: readonly string[],
  body: ActionAsked | null,
): Judgement {
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify(problems.length > 0 ? { problems } : { run: body?.id, dryRun: body?.dryRun }),
    event: {
      effect,
      action: body?.do ?? '',
      severity: body?.incident.severity ?? '',
      summary: body?.incident.summary ?? '',
      dedupKey: body?.id ?? '',
      problems,
      payload: body,
    },
  };
}

import { z } from 'zod';
import { jsonPosts, type Judgement, type Service, type ServiceObject } from './service.js';
import {
  carelessTexts,
  lengthProblem,
  messageFields,
  schemaProblem,
  stateIn,
  textsIn,
  unescaped,
  type MessageProblem,
} from './slack-blocks.js';

const messageSchema = z.strictObject({ ...messageFields, thread_ts: z.string().optional() });

/** A Slack incoming webhook. `text` is demanded although Slack takes blocks alone: without it notifications are blank. */
export function slackWebhookService(): Service {
  const posted: ServiceObject[] = [];
  return jsonPosts({
    title: 'Slack',
    path: '/services/T00000000/B00000000/standinstandinstandin',
    largestBody: 512 * 1_024,
    takes: (path) => /^\/services\/[^/]+\/[^/]+\/[^/]+$/.test(path),
    judge(payload) {
      const parsed = messageSchema.safeParse(payload);
      const problem = parsed.success
        ? lengthProblem(parsed.data.blocks)
        : schemaProblem(payload, parsed.error.issues, 'invalid_payload');
      if (problem !== null || !parsed.success) {
        return refusal(problem ?? { word: 'invalid_payload', problems: [] }, payload);
      }
      const summary = unescaped(parsed.data.text);
      const texts = textsIn(payload).map(unescaped);
      posted.push({ key: `post-${posted.length + 1}`, state: stateIn(summary), texts });
      return accepted(summary, payload);
    },
    objects: () => posted,
  });
}

function accepted(summary: string, payload: unknown): Judgement {
  return {
    status: 200,
    contentType: 'text/plain',
    body: 'ok',
    event: {
      effect: 'posted',
      action: 'message',
      severity: '',
      summary,
      dedupKey: '',
      problems: carelessTexts(payload),
      payload,
    },
  };
}

function refusal({ word, problems }: MessageProblem, payload: unknown): Judgement {
  return {
    status: 400,
    contentType: 'text/plain',
    body: word,
    event: { effect: 'refused', action: '', severity: '', summary: '', dedupKey: '', problems, payload },
  };
}

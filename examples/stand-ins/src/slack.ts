import { z } from 'zod';
import type { Judgement, Service } from './event.js';

/** Sum of all texts in blocks above which Slack answers `msg_blocks_too_long` (undocumented, measured by users). */
const MOST_BLOCK_TEXT = 13_200;

const plain = z.strictObject({
  type: z.literal('plain_text'),
  text: z.string().min(1),
  emoji: z.boolean().optional(),
});
const mrkdwn = z.strictObject({
  type: z.literal('mrkdwn'),
  text: z.string().min(1),
  verbatim: z.boolean().optional(),
});

/** A text object of at most `longest` characters. */
const textOf = (longest: number) =>
  z
    .discriminatedUnion('type', [plain, mrkdwn])
    .refine((object) => object.text.length <= longest, `must have at most ${longest} characters`);

const blockId = { block_id: z.string().max(255).optional() };
const button = z.strictObject({
  type: z.literal('button'),
  text: plain.refine((object) => object.text.length <= 75, 'must have at most 75 characters'),
  url: z.url().max(3_000).optional(),
  action_id: z.string().max(255).optional(),
  value: z.string().max(2_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const blockSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    text: plain.refine((object) => object.text.length <= 150, 'must have at most 150 characters'),
    ...blockId,
  }),
  z
    .strictObject({
      type: z.literal('section'),
      text: textOf(3_000).optional(),
      fields: z.array(textOf(2_000)).min(1).max(10).optional(),
      ...blockId,
    })
    .refine((block) => block.text !== undefined || block.fields !== undefined, 'must have text or fields'),
  z.strictObject({ type: z.literal('context'), elements: z.array(textOf(3_000)).min(1).max(10), ...blockId }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25), ...blockId }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
]);

const messageSchema = z.strictObject({
  text: z.string().min(1).max(40_000),
  blocks: z.array(blockSchema).max(50).optional(),
  mrkdwn: z.boolean().optional(),
  link_names: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
  thread_ts: z.string().optional(),
});

/** A Slack incoming webhook. `text` is demanded although Slack takes blocks alone: without it notifications are blank. */
export function slackService(): Service {
  return (payload) => {
    const parsed = messageSchema.safeParse(payload);
    if (!parsed.success) {
      const { issues } = parsed.error;
      const problems = issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`);
      return refusal(errorWord(payload, issues), payload, problems);
    }
    const { text, blocks = [] } = parsed.data;
    const length = textLength(blocks);
    if (length > MOST_BLOCK_TEXT) {
      return refusal('msg_blocks_too_long', payload, [`'blocks' hold ${length} characters of text`]);
    }
    return {
      status: 200,
      contentType: 'text/plain',
      body: 'ok',
      event: {
        effect: 'posted',
        action: 'message',
        severity: '',
        summary: unescaped(text),
        dedupKey: '',
        problems: [],
        payload,
      },
    };
  };
}

/** The one word that Slack answers. */
function errorWord(payload: unknown, issues: readonly z.core.$ZodIssue[]): string {
  if (typeof payload !== 'object' || payload === null) {
    return 'invalid_payload';
  }
  const places = new Set(issues.map((issue) => issue.path[0]));
  if (places.has('blocks')) {
    return 'invalid_blocks';
  }
  return places.has('text') && !('text' in payload && payload.text) ? 'no_text' : 'invalid_payload';
}

function refusal(word: string, payload: unknown, problems: readonly string[]): Judgement {
  return {
    status: 400,
    contentType: 'text/plain',
    body: word,
    event: {
      effect: 'refused',
      action: '',
      severity: '',
      summary: '',
      dedupKey: '',
      problems: [`${word}: ${problems.join(', ')}`],
      payload,
    },
  };
}

/** All characters under a key `text`, however deep. */
function textLength(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return 0;
  }
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (key === 'text' && typeof part === 'string' ? part.length : textLength(part)),
    0,
  );
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

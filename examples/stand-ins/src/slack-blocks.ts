import { z } from 'zod';

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

const plainOf = (longest: number) =>
  plain.refine((object) => object.text.length <= longest, `must have at most ${longest} characters`);

/** A text object of at most `longest` characters. */
const textOf = (longest: number) =>
  z
    .discriminatedUnion('type', [plain, mrkdwn])
    .refine((object) => object.text.length <= longest, `must have at most ${longest} characters`);

const blockId = { block_id: z.string().max(255).optional() };
const image = {
  type: z.literal('image'),
  image_url: z.url({ protocol: /^https?$/ }).max(3_000),
  alt_text: z.string().min(1).max(2_000),
};
const button = z.strictObject({
  type: z.literal('button'),
  text: plainOf(75),
  url: z.url().max(3_000).optional(),
  action_id: z.string().max(255).optional(),
  value: z.string().max(2_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z
    .strictObject({
      title: plainOf(100),
      text: textOf(300),
      confirm: plainOf(30),
      deny: plainOf(30),
      style: z.enum(['primary', 'danger']).optional(),
    })
    .optional(),
});

const blockSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainOf(150), ...blockId }),
  z
    .strictObject({
      type: z.literal('section'),
      text: textOf(3_000).optional(),
      fields: z.array(textOf(2_000)).min(1).max(10).optional(),
      ...blockId,
    })
    .refine((block) => block.text !== undefined || block.fields !== undefined, 'must have text or fields'),
  z.strictObject({
    type: z.literal('context'),
    elements: z
      .array(z.union([textOf(3_000), z.strictObject(image)]))
      .min(1)
      .max(10),
    ...blockId,
  }),
  z.strictObject({ ...image, title: plainOf(2_000).optional(), ...blockId }),
  z
    .strictObject({ type: z.literal('actions'), elements: z.array(button).min(1).max(25), ...blockId })
    .refine(
      ({ elements }) => new Set(elements.map((each) => each.action_id)).size === elements.length,
      'must have an action_id of its own for each element',
    ),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
]);

/** The keys that a message has in every way to post one, as documented. */
export const messageFields = {
  text: z.string().min(1).max(40_000),
  blocks: z.array(blockSchema).max(50).optional(),
  mrkdwn: z.boolean().optional(),
  link_names: z.boolean().optional(),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
};

/** What is wrong with a message: the word that Slack answers, and sentences for people. */
export interface MessageProblem {
  readonly word: string;
  readonly problems: readonly string[];
}

/** What a schema made of `payload` found, as Slack would say it. */
export function schemaProblem(
  payload: unknown,
  issues: readonly z.core.$ZodIssue[],
  otherwise: string,
): MessageProblem {
  const word = errorWord(payload, issues, otherwise);
  return {
    word,
    problems: [`${word}: ${issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`).join(', ')}`],
  };
}

function errorWord(payload: unknown, issues: readonly z.core.$ZodIssue[], otherwise: string): string {
  if (typeof payload !== 'object' || payload === null) {
    return otherwise;
  }
  const places = new Set(issues.map((issue) => issue.path[0]));
  if (places.has('blocks')) {
    return 'invalid_blocks';
  }
  return places.has('text') && !('text' in payload && payload.text) ? 'no_text' : otherwise;
}

/** Whether the blocks hold more text than Slack takes. */
export function lengthProblem(blocks: readonly unknown[] = []): MessageProblem | null {
  const length = textsIn(blocks).reduce((sum, text) => sum + text.length, 0);
  const problems = [`msg_blocks_too_long: 'blocks' hold ${length} characters of text`];
  return length > MOST_BLOCK_TEXT ? { word: 'msg_blocks_too_long', problems } : null;
}

/** Every text under a key `text` or `alt_text`, however deep, in order. */
export function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, part]) =>
    (key === 'text' || key === 'alt_text') && typeof part === 'string' ? [part] : textsIn(part),
  );
}

/**
 * Texts that Slack takes and that no careful sender sends: `<!channel>` wakes a whole workspace, and a stray `<` or `&`
 * shows that texts from outside are not escaped.
 */
export function carelessTexts(payload: unknown): string[] {
  return textsIn(payload).flatMap((text) => {
    const mention = /<[!@#][^>]*>?/.exec(text)?.[0];
    if (mention !== undefined) {
      return [`a text holds the control sequence ${mention.slice(0, 40)}`];
    }
    const stray = /<(?!(https?:\/\/|mailto:)[^<>\s]+>)|&(?!(amp|lt|gt);)/.exec(
      text.replaceAll(/\|[^<>|]*>/g, '>'),
    );
    return stray === null ? [] : [`a text holds an unescaped ${stray[0]}`];
  });
}

/** A text as a person reads it. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Where the incident of a message stands, by its first words. */
export function stateIn(text: string): 'open' | 'acknowledged' | 'closed' {
  if (/^(DRILL )?RESOLVED\b/.test(text)) {
    return 'closed';
  }
  return /^(DRILL )?ACKNOWLEDGED\b/.test(text) ? 'acknowledged' : 'open';
}

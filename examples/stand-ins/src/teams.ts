import { z } from 'zod';
import { jsonPosts, type Judgement, type Service, type ServiceObject } from './service.js';
import { stateIn } from './slack-blocks.js';

/** Teams takes messages of at most 28 KB. */
const LARGEST_BODY = 28 * 1_024;

const text = z.string().min(1);
const color = z.enum(['default', 'dark', 'light', 'accent', 'good', 'warning', 'attention']);
const size = z.enum(['default', 'small', 'medium', 'large', 'extraLarge']);
const shared = {
  id: z.string().optional(),
  separator: z.boolean().optional(),
  spacing: z.enum(['default', 'none', 'small', 'medium', 'large', 'extraLarge', 'padding']).optional(),
  isVisible: z.boolean().optional(),
};

const openUrl = z.strictObject({
  type: z.literal('Action.OpenUrl'),
  title: text.optional(),
  url: z.url(),
  style: z.enum(['default', 'positive', 'destructive']).optional(),
});

const textRun = z.strictObject({
  type: z.literal('TextRun'),
  text,
  color: color.optional(),
  fontType: z.enum(['default', 'monospace']).optional(),
  highlight: z.boolean().optional(),
  isSubtle: z.boolean().optional(),
  italic: z.boolean().optional(),
  size: size.optional(),
  strikethrough: z.boolean().optional(),
  underline: z.boolean().optional(),
  weight: z.enum(['default', 'lighter', 'bolder']).optional(),
});

const element = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('TextBlock'),
    text,
    color: color.optional(),
    fontType: z.enum(['default', 'monospace']).optional(),
    isSubtle: z.boolean().optional(),
    maxLines: z.number().int().positive().optional(),
    size: size.optional(),
    weight: z.enum(['default', 'lighter', 'bolder']).optional(),
    wrap: z.boolean().optional(),
    style: z.enum(['default', 'heading']).optional(),
    ...shared,
  }),
  z.strictObject({
    type: z.literal('RichTextBlock'),
    inlines: z.array(z.union([text, textRun])).min(1),
    horizontalAlignment: z.enum(['left', 'center', 'right']).optional(),
    ...shared,
  }),
  z.strictObject({
    type: z.literal('FactSet'),
    facts: z.array(z.strictObject({ title: z.string(), value: z.string() })).min(1),
    ...shared,
  }),
  z.strictObject({
    type: z.literal('Image'),
    url: z.url({ protocol: /^https$/ }),
    altText: z.string().optional(),
    size: z.enum(['auto', 'stretch', 'small', 'medium', 'large']).optional(),
    ...shared,
  }),
  z.strictObject({ type: z.literal('ActionSet'), actions: z.array(openUrl).min(1).max(6), ...shared }),
]);

const card = z.strictObject({
  $schema: z.url().optional(),
  type: z.literal('AdaptiveCard'),
  version: z.enum(['1.0', '1.1', '1.2', '1.3', '1.4', '1.5']),
  body: z.array(element).min(1),
  actions: z.array(openUrl).max(6, 'must have at most 6 actions').optional(),
  fallbackText: z.string().optional(),
  speak: z.string().optional(),
  lang: z.string().optional(),
  msteams: z.strictObject({ width: z.literal('Full') }).optional(),
});

const messageSchema = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({
        contentType: z.literal('application/vnd.microsoft.card.adaptive'),
        contentUrl: z.null().optional(),
        content: card,
      }),
    )
    .length(1),
});

/**
 * A workflow of Microsoft Teams that posts a card when it is called. Text elements that read Markdown are reported when
 * they hold a link: whoever can choose a label could then choose where people click.
 */
export function teamsService(): Service {
  const posted: ServiceObject[] = [];
  return jsonPosts({
    title: 'Teams',
    path: '/workflows/standinstandinstandin/triggers/manual/paths/invoke',
    largestBody: LARGEST_BODY,
    takes: (path) => /^\/workflows\/[^/]+\/triggers\/manual\/paths\/invoke$/.test(path),
    judge(payload) {
      const parsed = messageSchema.safeParse(payload);
      if (!parsed.success) {
        const problems = parsed.error.issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`);
        return refusal(problems, payload);
      }
      const texts = textsIn(payload);
      const summary = parsed.data.attachments[0]?.content.fallbackText ?? texts[0] ?? '';
      posted.push({ key: `card-${posted.length + 1}`, state: stateIn(summary), texts });
      const links = markdownIn(payload).filter((found) => /\]\(/.test(found));
      return {
        status: 202,
        contentType: 'text/plain',
        body: '',
        event: {
          effect: 'posted',
          action: 'message',
          severity: '',
          summary,
          dedupKey: '',
          problems: links.map((found) => `a Markdown text holds a link: ${found.slice(0, 80)}`),
          payload,
        },
      };
    },
    objects: () => posted,
  });
}

function refusal(problems: readonly string[], payload: unknown): Judgement {
  return {
    status: 400,
    contentType: 'application/json',
    body: JSON.stringify({ error: { code: 'InvalidRequestContent', message: 'The content is not valid.' } }),
    event: { effect: 'refused', action: '', severity: '', summary: '', dedupKey: '', problems, payload },
  };
}

const SHOWN = new Set(['text', 'title', 'value', 'altText', 'url']);

/** Every text that is shown, in order, and where buttons lead. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, part]) =>
    typeof part === 'string' ? (SHOWN.has(key) ? [part] : []) : textsIn(part),
  );
}

/** The texts in which Teams reads Markdown. */
function markdownIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { type } = value as { type?: unknown };
  return type === 'TextBlock' || type === 'FactSet'
    ? textsIn(value)
    : Object.values(value).flatMap(markdownIn);
}

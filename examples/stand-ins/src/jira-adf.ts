import { z } from 'zod';

const href = z.strictObject({ href: z.string().min(1).max(8_000) });
const mark = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['strong', 'em', 'code', 'strike', 'underline']) }),
  z.strictObject({ type: z.literal('link'), attrs: href }),
]);
const inline = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), marks: z.array(mark).optional() }),
  z.strictObject({ type: z.literal('hardBreak') }),
  z.strictObject({
    type: z.literal('mention'),
    attrs: z.object({ id: z.string() }),
  }),
]);
const paragraph = z.strictObject({ type: z.literal('paragraph'), content: z.array(inline).optional() });
const cell = z.strictObject({
  type: z.enum(['tableHeader', 'tableCell']),
  attrs: z.strictObject({ colspan: z.number().optional(), rowspan: z.number().optional() }).optional(),
  content: z.array(paragraph).min(1),
});
const block = z.discriminatedUnion('type', [
  paragraph,
  z.strictObject({
    type: z.literal('heading'),
    attrs: z.strictObject({ level: z.number().int().min(1).max(6) }),
    content: z.array(inline).optional(),
  }),
  z.strictObject({
    type: z.enum(['bulletList', 'orderedList']),
    content: z
      .array(z.strictObject({ type: z.literal('listItem'), content: z.array(paragraph).min(1) }))
      .min(1),
  }),
  z.strictObject({
    type: z.literal('table'),
    content: z.array(z.strictObject({ type: z.literal('tableRow'), content: z.array(cell).min(1) })).min(1),
  }),
]);

/** The Atlassian Document Format, version 1: the nodes that issues and comments take and that a program would send. */
export const adfSchema = z.strictObject({
  type: z.literal('doc'),
  version: z.literal(1),
  content: z.array(block),
});

/** A checked document. */
export type AdfContent = z.infer<typeof adfSchema>;

/** The text of a document as a reader sees it. */
export function adfText(node: unknown): string {
  const { type, text, marks, content } = node as {
    readonly type: string;
    readonly text?: string;
    readonly marks?: readonly { readonly attrs?: { readonly href?: string } }[];
    readonly content?: readonly unknown[];
  };
  if (type === 'text') {
    // A link shows where it leads when it is pointed at.
    const address = marks?.find(({ attrs }) => attrs?.href !== undefined)?.attrs?.href;
    return address === undefined ? (text ?? '') : `${text ?? ''} (${address})`;
  }
  const inner = (content ?? []).map(adfText).join(type === 'tableRow' ? ' ' : '');
  return type === 'hardBreak' || type === 'paragraph' || type === 'heading' ? `${inner}\n` : inner;
}

import { z } from 'zod';
import { messageFields } from './slack-blocks.js';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Metadata of a message: a type of the app's own and a flat object. */
const metadata = z.strictObject({
  event_type: z.string().regex(/^[a-z0-9_.]{1,255}$/),
  event_payload: z.record(z.string(), z.union([scalar, z.array(scalar)])),
});

const channel = z.string().min(1);

/** The arguments of the writing methods that a bot needs, as documented; unknown ones are refused. */
export const postSchema = z
  .strictObject({
    ...messageFields,
    channel,
    thread_ts: z.string().optional(),
    reply_broadcast: z.boolean().optional(),
    parse: z.enum(['none', 'full']).optional(),
    metadata: metadata.optional(),
  })
  .refine((body) => body.reply_broadcast !== true || body.thread_ts !== undefined, {
    path: ['reply_broadcast'],
    message: 'needs a thread_ts',
  });

export const updateSchema = z.strictObject({
  channel,
  ts: z.string().min(1),
  text: messageFields.text,
  blocks: messageFields.blocks,
  link_names: z.boolean().optional(),
  parse: z.enum(['none', 'full']).optional(),
  reply_broadcast: z.boolean().optional(),
  metadata: metadata.optional(),
});

const time = z.string().regex(/^\d+(\.\d{1,6})?$/);

/** The arguments of the reading methods, which come as a query or a form. */
export const historySchema = z.object({
  channel,
  oldest: time.default('0'),
  /** Slack's own default is the current time, which no message is later than. */
  latest: time.default('9999999999'),
  inclusive: z.enum(['true', 'false', '0', '1']).default('false'),
  include_all_metadata: z.enum(['true', 'false', '0', '1']).default('false'),
  limit: z.coerce.number().int().min(1).max(999).default(100),
  cursor: z.string().default(''),
  ts: z.string().default(''),
});

/** What a reader asks for. */
export type ListQuery = z.infer<typeof historySchema>;

import { refused, type Judgement, type Service, type ServiceObject, type ServiceRequest } from './service.js';
import { historySchema, postSchema, updateSchema, type ListQuery } from './slack-api-body.js';
import { pageOf } from './slack-api-page.js';
import { carelessTexts, lengthProblem, schemaProblem, stateIn, textsIn, unescaped } from './slack-blocks.js';
import { SlackChannel, type ChannelMessage } from './slack-channel.js';

/** How the workspace behaves. */
export interface SlackApiOptions {
  /** The only token that is valid; default: every one that starts with `xoxb-`. */
  readonly token?: string;
  /** Channels that the bot is in; default: every one that is asked for. */
  readonly channels?: readonly string[];
  /** Scopes of the app; default: all that are needed. */
  readonly scopes?: readonly string[];
  /** Messages a second that each channel takes; default: no limit. */
  readonly perSecond?: number;
  /** An error word that a method answers instead of doing anything, such as `is_archived`; `null` for none. */
  readonly error?: (method: string) => string | null;
  /** ms; default: the clock. */
  readonly now?: () => number;
}

type Answer = Readonly<Record<string, unknown>>;
type Event = Partial<Judgement['event']>;

/** Words that name no fault of the sender's message, and the scope that each method needs. */
const SCOPES: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'conversations.history': 'channels:history',
  'conversations.replies': 'channels:history',
};

/**
 * The part of Slack's Web API that a bot needs to post messages, change them and find them again. Answers errors as
 * Slack does: with status 200 and `ok: false`.
 */
export function slackApiService(options: SlackApiOptions = {}): Service {
  const workspace = new Workspace(options);
  return {
    title: 'Slack',
    path: '/api',
    largestBody: 512 * 1_024,
    handle: (request) => workspace.handle(request),
    objects: () => workspace.objects(),
  };
}

class Workspace {
  private readonly options: SlackApiOptions;
  private readonly channels = new Map<string, SlackChannel>();

  constructor(options: SlackApiOptions) {
    this.options = options;
  }

  handle(request: ServiceRequest): Judgement {
    const method = /^\/api\/([a-z.A-Z]+)$/.exec(request.path)?.[1] ?? '';
    const writes = method.startsWith('chat.');
    if (method !== 'auth.test' && SCOPES[method] === undefined) {
      return answered({ ok: false, error: 'unknown_method' }, refusal(`no method ${method}`, null));
    }
    const payload = payloadOf(request, writes);
    if (payload === undefined) {
      return refused(400, 'invalid_payload', 'a writing method takes a POST of JSON, a reading one a query');
    }
    const problem = this.accessProblem(method, request);
    if (problem !== null) {
      return answered({ ok: false, ...problem }, refusal(String(problem['error']), payload));
    }
    const token = tokenOf(request);
    switch (method) {
      case 'chat.postMessage':
        return this.post(payload, token);
      case 'chat.update':
        return this.update(payload, token);
      case 'auth.test':
        return answered(
          { ok: true, team: 'Stand-in', user: 'tidewatch' },
          { effect: 'read', action: method },
        );
      default:
        return this.read(method, payload);
    }
  }

  objects(): ServiceObject[] {
    return [...this.channels.entries()].flatMap(([id, channel]) =>
      channel.messages
        .filter(({ threadTs }) => threadTs === '')
        .map((message) => ({
          key: `${id}:${message.ts}`,
          state: stateIn(unescaped(message.text)),
          texts: channel
            .thread(message.ts)
            .flatMap(({ text, blocks }) => [text, ...textsIn(blocks)])
            .map(unescaped),
        })),
    );
  }

  private accessProblem(method: string, request: ServiceRequest): Answer | null {
    const { token: valid, scopes = Object.values(SCOPES), error } = this.options;
    const token = tokenOf(request);
    const scope = SCOPES[method];
    if (token === '') {
      return { error: 'not_authed' };
    }
    if (valid === undefined ? !token.startsWith('xoxb-') : token !== valid) {
      return { error: 'invalid_auth' };
    }
    if (scope !== undefined && !scopes.includes(scope)) {
      return { error: 'missing_scope', needed: scope, provided: scopes.join(',') };
    }
    const word = error?.(method) ?? null;
    return word === null ? null : { error: word };
  }

  private channel(id: string): SlackChannel | undefined {
    const { channels, perSecond = null, now = Date.now } = this.options;
    if (!/^[CGD][A-Z0-9]{7,20}$/.test(id) || channels?.includes(id) === false) {
      return undefined;
    }
    const channel = this.channels.get(id) ?? new SlackChannel(now, perSecond);
    this.channels.set(id, channel);
    return channel;
  }

  private post(payload: unknown, token: string): Judgement {
    const parsed = postSchema.safeParse(payload);
    if (!parsed.success) {
      return refusedMessage(schemaProblem(payload, parsed.error.issues, 'invalid_arguments'), payload);
    }
    const {
      channel: id,
      text,
      blocks = [],
      thread_ts: threadTs = '',
      metadata = null,
      ...rest
    } = parsed.data;
    const channel = this.channel(id);
    const problem = channel === undefined ? named('channel_not_found') : lengthProblem(blocks);
    if (channel === undefined || problem !== null) {
      return refusedMessage(problem ?? named('channel_not_found'), payload);
    }
    if (threadTs !== '' && channel.find(threadTs) === undefined) {
      return refusedMessage(named('thread_not_found'), payload);
    }
    const wait = channel.take();
    if (wait > 0) {
      return rateLimited(wait, payload);
    }
    const isBroadcast = rest.reply_broadcast === true;
    const ts = channel.nextTs();
    channel.messages.push({ ts, threadTs, isBroadcast, token, text, blocks, metadata });
    return answered(
      { ok: true, channel: id, ts, message: { type: 'message', text, ts } },
      {
        effect: threadTs === '' ? 'posted' : 'commented',
        action: threadTs === '' ? 'message' : 'reply',
        summary: unescaped(text),
        dedupKey: threadTs === '' ? ts : threadTs,
        problems: carelessTexts(payload),
        payload,
      },
    );
  }

  private update(payload: unknown, token: string): Judgement {
    const parsed = updateSchema.safeParse(payload);
    if (!parsed.success) {
      return refusedMessage(schemaProblem(payload, parsed.error.issues, 'invalid_arguments'), payload);
    }
    const { channel: id, ts, text, blocks } = parsed.data;
    const channel = this.channel(id);
    const message = channel?.find(ts);
    if (channel === undefined || message === undefined) {
      return refusedMessage(
        named(channel === undefined ? 'channel_not_found' : 'message_not_found'),
        payload,
      );
    }
    const problem = message.token === token ? lengthProblem(blocks) : named('cant_update_message');
    if (problem !== null) {
      return refusedMessage(problem, payload);
    }
    const wait = channel.take();
    if (wait > 0) {
      return rateLimited(wait, payload);
    }
    message.text = text;
    // Left out, the old ones stay.
    message.blocks = blocks ?? message.blocks;
    return answered(
      { ok: true, channel: id, ts, text },
      {
        effect: 'updated',
        action: 'update',
        summary: unescaped(text),
        dedupKey: ts,
        problems: carelessTexts(payload),
        payload,
      },
    );
  }

  private read(method: string, payload: unknown): Judgement {
    const parsed = historySchema.safeParse(payload);
    if (!parsed.success) {
      return refusedMessage(schemaProblem(payload, parsed.error.issues, 'invalid_arguments'), payload);
    }
    const { channel: id, include_all_metadata: all } = parsed.data;
    const channel = this.channel(id);
    if (channel === undefined) {
      return refusedMessage(named('channel_not_found'), payload);
    }
    const messages =
      method === 'conversations.history' ? seenIn(channel, parsed.data) : threadIn(channel, parsed.data);
    if (method === 'conversations.replies' && messages.length === 0) {
      return refusedMessage(named('thread_not_found'), payload);
    }
    const page = pageOf(messages, parsed.data);
    if (page === undefined) {
      return refusedMessage(named('invalid_cursor'), payload);
    }
    const withMetadata = all === 'true' || all === '1';
    return answered(
      {
        ok: true,
        messages: page.page.map((message) => listed(message, withMetadata)),
        has_more: page.nextCursor !== '',
        ...(page.nextCursor !== '' && { response_metadata: { next_cursor: page.nextCursor } }),
      },
      { effect: 'read', action: method, payload },
    );
  }
}

/** What is seen in the channel itself within the asked time, newest first. */
function seenIn(channel: SlackChannel, query: ListQuery): ChannelMessage[] {
  return channel.history().filter(within(query));
}

/** The message, whatever was asked for, and the replies below it within the asked time, oldest first. */
function threadIn(channel: SlackChannel, query: ListQuery): ChannelMessage[] {
  const isAsked = within(query);
  return channel.thread(query.ts).filter((message) => message.ts === query.ts || isAsked(message));
}

function within({ oldest, latest, inclusive }: ListQuery): (message: ChannelMessage) => boolean {
  const isInclusive = inclusive === 'true' || inclusive === '1';
  return ({ ts }) => {
    const at = Number(ts);
    return isInclusive
      ? at >= Number(oldest) && at <= Number(latest)
      : at > Number(oldest) && at < Number(latest);
  };
}

function listed({ ts, text, blocks, threadTs, metadata }: ChannelMessage, withMetadata: boolean): Answer {
  return {
    type: 'message',
    ts,
    text,
    ...(blocks.length > 0 && { blocks }),
    ...(threadTs !== '' && { thread_ts: threadTs }),
    ...(withMetadata && metadata !== null && { metadata }),
  };
}

function tokenOf({ headers }: ServiceRequest): string {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** The arguments of a call; `undefined` when they come in a form that Slack does not take. */
function payloadOf({ method, query, headers, body }: ServiceRequest, writes: boolean): unknown {
  const type = headers['content-type'] ?? '';
  if (!writes) {
    const isForm = method === 'POST' && type.startsWith('application/x-www-form-urlencoded');
    return method === 'GET' || isForm
      ? Object.fromEntries(isForm ? new URLSearchParams(body) : query)
      : undefined;
  }
  if (method !== 'POST' || !/^application\/json\b/i.test(type)) {
    return undefined;
  }
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function named(word: string): { word: string; problems: readonly string[] } {
  return { word, problems: [word] };
}

function refusedMessage(
  { word, problems }: { readonly word: string; readonly problems: readonly string[] },
  payload: unknown,
): Judgement {
  return answered({ ok: false, error: word }, { effect: 'refused', problems, payload });
}

function refusal(problem: string, payload: unknown): Event {
  return { effect: 'refused', problems: [problem], payload };
}

function rateLimited(seconds: number, payload: unknown): Judgement {
  return {
    ...answered(
      { ok: false, error: 'ratelimited' },
      { effect: 'refused', problems: ['ratelimited'], payload },
    ),
    status: 429,
    headers: { 'retry-after': String(seconds) },
  };
}

function answered(body: Answer, event: Event): Judgement {
  return {
    status: 200,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(body),
    event: {
      effect: 'read',
      action: '',
      severity: '',
      summary: '',
      dedupKey: '',
      problems: [],
      payload: null,
      ...event,
    },
  };
}

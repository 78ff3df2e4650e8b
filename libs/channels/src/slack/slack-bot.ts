import { AppError } from '@tidewatch/core';
import type { Channel, ChannelOptions, DeliveryResult, Notification } from '../channel.js';
import { destinationKey } from '../destination-key.js';
import { slackMessage } from './blocks.js';
import { isGone } from './error-word.js';
import { findMessage, type MessageList } from './message-pages.js';
import { slackReport } from './report-blocks.js';
import { slackApi, METADATA_TYPE, type ApiResult, type SlackApi } from './slack-api.js';
import { SLACK_LIMIT } from './slack-limit.js';
import { isBroadcast, threadLine } from './thread-line.js';

/** Slack's clock may differ from ours. */
const CLOCK_SLACK_MS = 300_000;

/** What a bot needs to know. */
export interface SlackBot {
  readonly channel: string;
  /** Such as `https://slack.com/api`. */
  readonly api: string;
  readonly token: string;
  /** Where the token is kept, for messages. */
  readonly place: string;
  /** Whether an open incident gets buttons. */
  readonly buttons: boolean;
}

/** One message of ours: what `ref` holds as JSON. */
interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/**
 * A Slack app with a bot token: one message per incident that is changed in place, and its history in the thread
 * below. Each (re-)opening is a message of its own, because a changed message notifies nobody.
 *
 * @throws AppError `channels.bad-secret` for a token that cannot be one
 */
export function slackBot(bot: SlackBot, options: ChannelOptions): Channel {
  const token = checkedToken(bot.token, bot.place);
  const api = slackApi(bot.api, token, options);
  return {
    type: 'slack',
    destination: destinationKey('slack', token, bot.channel),
    limit: SLACK_LIMIT,
    deliver: (notification) => new SlackDelivery(bot, api, notification).run(),
    async report(report) {
      const result = await api.write('chat.postMessage', { channel: bot.channel, ...slackReport(report) });
      return result.ok ? { outcome: 'delivered', httpStatus: 200 } : result.failure;
    },
  };
}

/** A line break in a token would end the header that carries it. */
function checkedToken(text: string, place: string): string {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new AppError({
      code: 'channels.bad-secret',
      message: `The token in ${place} is empty or has characters that no token has.`,
      hint: 'Store the bot token of the Slack app there; it starts with xoxb-.',
    });
  }
  return token;
}

/** One attempt to bring one notification into the channel. */
class SlackDelivery {
  private readonly bot: SlackBot;
  private readonly api: SlackApi;
  private readonly notification: Notification;

  constructor(bot: SlackBot, api: SlackApi, notification: Notification) {
    this.bot = bot;
    this.api = api;
    this.notification = notification;
  }

  async run(): Promise<DeliveryResult> {
    const { intent, ref, uncertain } = this.notification;
    const known = postedIn(ref);
    const opens = intent.action === 'trigger';
    if (known !== undefined && !opens) {
      return this.change(known, true);
    }
    if (uncertain) {
      const found = await this.find('conversations.history', {
        oldest: known?.ts ?? secondsText(this.notification.incident.openedAt - CLOCK_SLACK_MS),
      });
      if ('outcome' in found) {
        return found;
      }
      if (found.ts !== '') {
        return this.change({ channel: this.bot.channel, ts: found.ts }, !opens);
      }
    }
    const closesNothing = intent.action === 'acknowledge' || intent.action === 'resolve';
    return closesNothing ? { outcome: 'delivered', httpStatus: 0 } : this.post();
  }

  private async post(): Promise<DeliveryResult> {
    const { intent } = this.notification;
    return this.delivered(
      await this.api.write('chat.postMessage', {
        channel: this.bot.channel,
        ...slackMessage(this.notification, this.bot.buttons),
        metadata: { event_type: METADATA_TYPE, event_payload: { dedup_key: intent.dedupKey } },
      }),
    );
  }

  /** Changes a message in place, and says why in its thread. One that can be changed no more is replaced. */
  private async change(posted: Posted, hasNews: boolean): Promise<DeliveryResult> {
    // Both are sent: without `blocks` Slack keeps the old ones, and notifications show `text`.
    const { text, blocks } = slackMessage(this.notification, this.bot.buttons);
    const result = await this.api.write('chat.update', {
      channel: posted.channel,
      ts: posted.ts,
      text,
      blocks,
    });
    if (!result.ok && isGone(result.word)) {
      return this.post();
    }
    if (!result.ok || !hasNews) {
      return this.delivered(result);
    }
    const failure = await this.reply(posted);
    return failure ?? this.delivered(result);
  }

  /**
   * Adds one line to the thread.
   *
   * @returns why it has to be tried again; `undefined` when it is there, or cannot be: the message itself says how
   *   things are, and must not be held up by a thread that takes no replies
   */
  private async reply(posted: Posted): Promise<DeliveryResult | undefined> {
    const { intent, uncertain } = this.notification;
    if (uncertain) {
      // The line cannot be older than what it tells: in a long thread only the end is looked through.
      const oldest = secondsText(intent.notBefore - CLOCK_SLACK_MS);
      const found = await this.find('conversations.replies', { ts: posted.ts, oldest }, intent.id);
      if ('outcome' in found || found.ts !== '') {
        return 'outcome' in found ? found : undefined;
      }
    }
    const result = await this.api.write('chat.postMessage', {
      channel: posted.channel,
      thread_ts: posted.ts,
      text: threadLine(this.notification),
      ...(isBroadcast(intent) && { reply_broadcast: true }),
      unfurl_links: false,
      unfurl_media: false,
      metadata: {
        event_type: METADATA_TYPE,
        event_payload: { dedup_key: intent.dedupKey, intent: intent.id },
      },
    });
    return !result.ok && result.failure.outcome === 'retry' ? result.failure : undefined;
  }

  /**
   * Looks for a message that an earlier attempt may have left. An app that may not read the channel (no scope
   * channels:history or groups:history) cannot look, and posts: told twice is better than not told.
   *
   * @param intent the intent that a reply was for; empty for the message itself
   * @returns its `ts`, empty for none; or why it has to be tried again
   */
  private find(
    method: MessageList['method'],
    query: MessageList['query'],
    intent = '',
  ): ReturnType<typeof findMessage> {
    const { dedupKey } = this.notification.intent;
    return findMessage(
      this.api,
      { method, query: { channel: this.bot.channel, ...query } },
      ({ payload }) => payload['dedup_key'] === dedupKey && (payload['intent'] ?? '') === intent,
    );
  }

  private delivered(result: ApiResult): DeliveryResult {
    if (!result.ok) {
      return result.failure;
    }
    if (result.ts === '') {
      return {
        outcome: 'retry',
        afterMs: null,
        reason: 'Slack gave an answer that does not name the message.',
        httpStatus: 200,
      };
    }
    const posted: Posted = { channel: result.channel || this.bot.channel, ts: result.ts };
    return { outcome: 'delivered', httpStatus: 200, ref: JSON.stringify(posted) };
  }
}

function secondsText(time: number): string {
  return (time / 1_000).toFixed(6);
}

/** What {@link DeliveryResult.ref} held; `undefined` for none, or for one of another version of us. */
function postedIn(ref: string | null): Posted | undefined {
  try {
    const { channel, ts } = JSON.parse(ref ?? '{}') as Partial<Record<string, unknown>>;
    return typeof channel === 'string' && typeof ts === 'string' ? { channel, ts } : undefined;
  } catch {
    return undefined;
  }
}

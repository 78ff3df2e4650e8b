import type { ChannelMessage } from './slack-channel.js';

/** One page of a list, and what has to be asked for to get the next one; empty behind the last. */
export interface MessagePage {
  readonly page: readonly ChannelMessage[];
  readonly nextCursor: string;
}

/**
 * One page of `messages` in their order. As at Slack a cursor names the message with which the next page begins: what is
 * posted meanwhile does not move the pages, and each of them may have another size.
 *
 * @returns `undefined` for a cursor that leads nowhere
 */
export function pageOf(
  messages: readonly ChannelMessage[],
  { limit, cursor }: { readonly limit: number; readonly cursor: string },
): MessagePage | undefined {
  const start = cursor === '' ? 0 : messages.findIndex(({ ts }) => cursor === cursorAt(ts));
  if (start < 0) {
    return undefined;
  }
  const next = messages[start + limit];
  return {
    page: messages.slice(start, start + limit),
    nextCursor: next === undefined ? '' : cursorAt(next.ts),
  };
}

function cursorAt(ts: string): string {
  return Buffer.from(`next_ts:${ts}`).toString('base64');
}

import type { DeliveryResult } from '../channel.js';
import { DEFAULT_TIMEOUT_MS } from '../post-json.js';
import type { ListedMessage, ReadMethod, SlackApi } from './slack-api.js';

/**
 * Messages are listed with all their blocks, ours at about 3 KB, and of an answer only 64 KiB are read: pages are small,
 * and shrink when they do not fit. It is also the most that Slack lists at once for apps that are distributed without
 * its review.
 */
const LARGEST_PAGE = 15;
/** Enough for 600 messages, and below the 50 requests a minute that Slack allows; more are not looked through. */
const MOST_REQUESTS = 40;
/** No further page is asked for after this time: an attempt has to end. */
const LONGEST_MS = DEFAULT_TIMEOUT_MS;

/** Which messages to look through. */
export interface MessageList {
  readonly method: ReadMethod;
  readonly query: Readonly<Record<string, string>>;
}

/** Where a list goes on behind a message that is named by its time: a channel lists the newest first, a thread the oldest. */
const BEHIND: Readonly<Record<ReadMethod, string>> = {
  'conversations.history': 'latest',
  'conversations.replies': 'oldest',
};

/**
 * Looks through the messages of this app page by page. A message that is larger than what is read of an answer is none of
 * ours, or as good as none: it is skipped where its beginning says its time.
 *
 * Slack failing to answer at first is worth another attempt. That a list cannot be read to its end is not: what keeps an
 * attempt from it (a message that cannot be skipped, more messages than are looked through, a limit of one page a minute)
 * would keep every later one from it too, and the message would never be sent. It counts as not found, and is posted:
 * told twice is better than not told.
 *
 * @returns the `ts` of the first message that `isIt` takes, empty for none; or why it has to be tried again
 */
export async function findMessage(
  api: SlackApi,
  { method, query }: MessageList,
  isIt: (message: ListedMessage) => boolean,
): Promise<{ readonly ts: string } | DeliveryResult> {
  const behind = BEHIND[method];
  const until = performance.now() + LONGEST_MS;
  let size = LARGEST_PAGE;
  let place: Readonly<Record<string, string>> = {};
  for (let request = 0; request < MOST_REQUESTS && performance.now() < until; request += 1) {
    const page = await api.read(method, { ...query, ...place, limit: String(size) });
    if (page.ok) {
      const found = page.messages.find(isIt);
      if (found !== undefined || page.next === '') {
        return { ts: found?.ts ?? '' };
      }
      place = { ...place, cursor: page.next };
    } else if (page.cut === null) {
      const isLimited = page.failure.httpStatus === 429 || page.word === 'ratelimited';
      const isWorthWaiting = page.failure.outcome === 'retry' && !(isLimited && request > 0);
      return isWorthWaiting ? page.failure : { ts: '' };
    } else if (size > 1) {
      size = Math.ceil(size / 2);
    } else if (page.cut === '' || page.cut === place[behind]) {
      return { ts: '' };
    } else {
      // Without the cursor, which belongs to the list as it was asked for before.
      place = { [behind]: page.cut };
    }
  }
  return { ts: '' };
}

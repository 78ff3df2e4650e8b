import { z } from 'zod';
import type { ChannelOptions, DeliveryResult } from '../channel.js';
import { classifyFailure } from '../classify.js';
import { isCut, sendJson, type Answer } from '../post-json.js';
import { failureOf, wordIn } from './error-word.js';

/** A message as `conversations.history` and `conversations.replies` list it. */
export interface ListedMessage {
  readonly ts: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How a call ended: with what Slack said, or why not. */
export type ApiResult =
  | {
      readonly ok: true;
      readonly channel: string;
      readonly ts: string;
      readonly messages: ListedMessage[];
      /** The cursor of the next page; empty behind the last one. */
      readonly next: string;
    }
  | {
      readonly ok: false;
      /** Slack's own, empty when it said none. */
      readonly word: string;
      readonly failure: DeliveryResult;
      /**
       * For an answer that was larger than what is read of one: the first `ts` of a message in what was read, empty when
       * there is none. `null` for every other failure.
       */
      readonly cut: string | null;
    };

/** Methods that list messages. */
export type ReadMethod = 'conversations.history' | 'conversations.replies';

/** Calls of the Web API in the name of one bot. */
export interface SlackApi {
  /** Posts or changes something. */
  write(method: 'chat.postMessage' | 'chat.update', body: unknown): Promise<ApiResult>;
  /** Asks for messages with their metadata; reading methods take no JSON. */
  read(method: ReadMethod, query: Readonly<Record<string, string>>): Promise<ApiResult>;
}

/** Marks our messages, so that they are found again; only those that carry it are listed. */
export const METADATA_TYPE = 'tidewatch_incident';

const answerSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z
          .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
          .optional(),
      }),
    )
    .optional(),
  // Behind the last page Slack leaves the cursor empty, out, or null.
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});

/** @param base such as `https://slack.com/api` */
export function slackApi(base: string, token: string, options: ChannelOptions): SlackApi {
  const headers = { authorization: `Bearer ${token}` };
  return {
    async write(method, body) {
      return resultOf(await sendJson({ method: 'POST', url: `${base}/${method}`, headers, body }, options));
    },
    async read(method, query) {
      const all = { ...query, include_all_metadata: 'true' };
      const url = `${base}/${method}?${new URLSearchParams(all).toString()}`;
      return resultOf(await sendJson({ method: 'GET', url, headers }, options));
    },
  };
}

/** Status 200 says nothing yet: `ok: false` in the body is a failure. */
function resultOf(answer: Answer): ApiResult {
  const read = 'text' in answer && answer.status === 200 ? answerSchema.safeParse(parsed(answer.text)) : null;
  if (!('text' in answer) || read?.success !== true) {
    const word = 'text' in answer ? wordIn(answer.text) : '';
    return { ok: false, word, failure: classifyFailure('Slack', answer, word), cut: cutIn(answer) };
  }
  const { ok, error = '', channel = '', ts = '', messages = [], response_metadata: more } = read.data;
  if (!ok) {
    const word = wordIn(error);
    return { ok: false, word, failure: failureOf(word, answer.status, answer.retryAfterMs), cut: null };
  }
  const ours = messages.flatMap(({ ts: at, metadata }) =>
    metadata?.event_type === METADATA_TYPE ? [{ ts: at, payload: metadata.event_payload }] : [],
  );
  return { ok: true, channel, ts, messages: ours, next: more?.next_cursor ?? '' };
}

/** Inside of texts quotes are escaped, so what looks like the time of a message is no text. */
function cutIn(answer: Answer): string | null {
  return 'text' in answer && answer.status === 200 && isCut(answer.text)
    ? (/"ts": ?"(\d{1,12}\.\d{1,6})"/.exec(answer.text)?.[1] ?? '')
    : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

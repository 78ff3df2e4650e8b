import { errorCode } from '@tidewatch/core';
import type { ChannelOptions } from './channel.js';
import { parseRetryAfter } from './retry-after.js';

const DEFAULT_TIMEOUT_MS = 10_000;
/** Enough for every error a receiver sends; a body without end must not fill the memory. */
const MOST_RESPONSE_BYTES = 65_536;

/** What came back: an answer, or why there is none. */
export type Answer =
  | {
      readonly status: number;
      /** The start of the body. Not trusted: it may repeat the request, secrets included. */
      readonly text: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly status: 0; readonly failure: string };

/** A request that carries JSON. */
export interface JsonRequest {
  readonly url: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Posts JSON once. Redirects are not followed: they could lead a secret, or the request itself, anywhere.
 *
 * @returns the answer; a failure is described by its code and never by its text, which may hold the address
 */
export async function postJson(request: JsonRequest, options: ChannelOptions): Promise<Answer> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  try {
    const response = await (options.fetch ?? fetch)(request.url, {
      method: 'POST',
      headers: { ...request.headers, 'content-type': 'application/json', 'user-agent': 'tidewatch' },
      body: JSON.stringify(request.body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: response.status,
      text: await readStart(response),
      retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), Date.now()),
    };
  } catch (error) {
    return { status: 0, failure: describeFailure(error, timeoutMs) };
  }
}

/** Reads at most {@link MOST_RESPONSE_BYTES}. A body that breaks off is cut there: the status has already been said. */
async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    return '';
  }
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (bytes < MOST_RESPONSE_BYTES) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (done || value === undefined) {
        return text;
      }
      text += decoder.decode(value.subarray(0, MOST_RESPONSE_BYTES - bytes), { stream: true });
      bytes += value.length;
    }
  } catch {
    return text;
  }
  // Closes the connection; how that ends is of no interest.
  reader.cancel().catch(() => undefined);
  return text;
}

function describeFailure(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as { name?: unknown; cause?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') {
    return `no answer within ${timeoutMs} ms`;
  }
  return `no connection (${errorCode(cause) ?? errorCode(error) ?? 'unknown network error'})`;
}

import http from 'node:http';
import https from 'node:https';
import { errorCode } from '@tidewatch/core';
import { parseRetryAfter } from '../retry-after.js';
import { MOST_RESPONSE_BYTES, type Answer, type OutboundRequest } from './outbound-client.js';
import { pinnedTo, type PinnedAgents, type PinnedOptions, type ResolvedAddress } from './pinned-agent.js';

const MOST_HEADER_BYTES = 16_384;

/** How a request goes out. */
export interface ExchangeOptions {
  readonly addresses: readonly ResolvedAddress[];
  readonly agents: PinnedAgents;
  /** When the whole exchange must be over, by `performance.now()`. */
  readonly deadline: number;
}

/**
 * Sends one request to one of `addresses` and reads the start of the answer. Ends by the deadline even when bytes keep
 * coming: an answer whose status has arrived counts, with as much of its body as there is.
 */
export function exchange(request: OutboundRequest, url: URL, options: ExchangeOptions): Promise<Answer> {
  return new Promise((resolve) => {
    /** Of an answer whose status has arrived. */
    let received: (() => Answer) | null = null;
    const sent = openRequest(request, url, options);
    const finish = (failure: string): void => {
      clearTimeout(timer);
      resolve(received?.() ?? { status: 0, failure, refused: false });
    };
    const late = (): void => {
      finish(`no answer within ${request.timeoutMs} ms`);
      sent.destroy();
    };
    const timer = setTimeout(late, Math.max(0, options.deadline - performance.now()));
    sent.on('error', (error) => finish(failureOf(error)));
    // Nobody asked for another protocol. Without this the request would wait for its timeout.
    sent.on('upgrade', (response, socket) => {
      received = () => answerOf(response, '');
      finish('');
      socket.destroy();
    });
    sent.on('response', (response) => {
      const body = new StartOfBody();
      received = () => answerOf(response, body.text());
      response.on('data', (chunk: Buffer) => {
        if (body.add(chunk)) {
          finish('');
          sent.destroy();
        }
      });
      // A body that breaks off is cut there: the status has already been said.
      for (const event of ['end', 'error', 'close']) {
        response.on(event, () => finish(''));
      }
    });
    sent.end(request.body);
  });
}

function answerOf({ statusCode = 0, headers }: http.IncomingMessage, text: string): Answer {
  return {
    status: statusCode,
    text,
    retryAfterMs: parseRetryAfter(headers['retry-after'] ?? null, Date.now()),
  };
}

function openRequest(request: OutboundRequest, url: URL, options: ExchangeOptions): http.ClientRequest {
  const secure = url.protocol === 'https:';
  const requestOptions: PinnedOptions = {
    ...pinnedTo(options.addresses),
    protocol: url.protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: url.port }),
    path: url.pathname + url.search,
    method: request.method,
    headers: headersOf(request, url),
    agent: secure ? options.agents.https : options.agents.http,
    maxHeaderSize: MOST_HEADER_BYTES,
  };
  return secure ? https.request(requestOptions) : http.request(requestOptions);
}

function headersOf(request: OutboundRequest, url: URL): Record<string, string | number> {
  return {
    'user-agent': 'tidewatch',
    accept: 'application/json, */*;q=0.5',
    // A compressed answer could unpack to any size.
    'accept-encoding': 'identity',
    ...request.headers,
    host: url.host,
    ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
  };
}

/** The first {@link MOST_RESPONSE_BYTES} of a body. */
class StartOfBody {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;

  /** Whether there is room for no more. */
  add(chunk: Buffer): boolean {
    const taken = chunk.subarray(0, MOST_RESPONSE_BYTES - this.bytes);
    this.chunks.push(taken);
    this.bytes += taken.length;
    return this.bytes >= MOST_RESPONSE_BYTES;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

/** Errors of TLS certificates and of HTTP itself say that there was a connection. */
function failureOf(error: unknown): string {
  const code = errorCode(error) ?? 'unknown network error';
  return /^HPE_/.test(code) ? `no answer that is HTTP (${code})` : `the connection failed (${code})`;
}

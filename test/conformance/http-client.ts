import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** One HTTP answer, read whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the request went over a connection that an earlier one had opened. */
  readonly reusedConnection: boolean;
}

/** What is sent. Headers are sent as given: nothing is added but the length. */
export interface HttpCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly agent?: Agent;
  readonly timeoutMs?: number;
}

/**
 * Sends one request.
 *
 * @throws Error when there is no answer within `timeoutMs` (15 s unless given) or the connection breaks
 */
export function call(url: string, options: HttpCall = {}): Promise<HttpAnswer> {
  const { method = 'POST', headers = {}, body = Buffer.alloc(0), agent, timeoutMs = 15_000 } = options;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        method,
        headers: { ...headers, 'Content-Length': String(body.length) },
        ...(agent === undefined ? { agent: false } : { agent }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          clearTimeout(timer);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
            reusedConnection: request.reusedSocket,
          });
        });
      },
    );
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

/** Sends a request and closes the connection before its answer can arrive. */
export function callAndHangUp(url: string, options: HttpCall): Promise<void> {
  const { headers = {}, body = Buffer.alloc(0) } = options;
  return new Promise((resolve) => {
    const request = httpRequest(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': String(body.length) },
      agent: false,
    });
    request.on('error', () => resolve());
    request.on('close', () => resolve());
    request.end(body, () => setImmediate(() => request.destroy()));
  });
}

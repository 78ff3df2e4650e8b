import type { ChannelOptions } from './channel.js';
import type { Answer, OutboundRequest } from './outbound/outbound-client.js';

export { isCut, type Answer } from './outbound/outbound-client.js';

/** Longest time for one attempt unless {@link ChannelOptions} say otherwise, ms. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** A request that carries JSON. */
export interface JsonRequest {
  readonly url: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request of any method; `body` is left out where there is none. */
export interface AnyJsonRequest extends Omit<JsonRequest, 'body'> {
  readonly method: OutboundRequest['method'];
  readonly body?: unknown;
}

/** Posts JSON once. Never throws; a failure is described by its code and never by its text, which may hold the address. */
export function postJson(request: JsonRequest, options: ChannelOptions): Promise<Answer> {
  return sendJson({ ...request, method: 'POST' }, options);
}

/** Sends one request, with JSON when there is a body. Never throws. */
export function sendJson(request: AnyJsonRequest, options: ChannelOptions): Promise<Answer> {
  const { method, url, body, headers } = request;
  return sendText(
    { method, url, ...(headers && { headers }), ...(body !== undefined && { text: JSON.stringify(body) }) },
    options,
  );
}

/** Sends JSON that is already text, to the byte: signatures are about bytes. Never throws. */
export function sendText(
  request: Omit<AnyJsonRequest, 'body'> & { readonly text?: string },
  options: ChannelOptions,
): Promise<Answer> {
  const { method, url, text, headers } = request;
  return options.outbound.send({
    method,
    url,
    headers: { ...headers, ...(text !== undefined && { 'content-type': 'application/json' }) },
    ...(text !== undefined && { body: text }),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  });
}

import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser may remember the answer to its question, seconds. */
const MAX_AGE_SECONDS = 7_200;

/**
 * Lets pages of the configured origins send data from a browser.
 *
 * Listed origins may send credentials; `*` allows every origin, but then browsers send none, and the answer never combines
 * the two.
 *
 * @returns whether the request was a preflight question and has been answered
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean {
  const { origin } = request.headers;
  if (origins.length === 0 || origin === undefined) {
    return false;
  }
  const listed = origins.includes(origin);
  const allowed = listed || origins.includes('*');
  response.setHeader('Vary', 'Origin');
  if (allowed) {
    response.setHeader('Access-Control-Allow-Origin', listed ? origin : '*');
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After');
  }
  if (listed) {
    response.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
    return false;
  }
  if (allowed) {
    response.setHeader('Access-Control-Allow-Methods', 'POST');
    response.setHeader('Access-Control-Allow-Headers', 'content-type, content-encoding, authorization');
    response.setHeader('Access-Control-Max-Age', String(MAX_AGE_SECONDS));
  }
  response.writeHead(204).end();
  return true;
}

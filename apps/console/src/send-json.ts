import { apiKey } from './api-key.js';
import { problemText, RequestFailure } from './read-json.js';
import { REQUEST_TIMEOUT_MS } from './refresh.js';

/**
 * Sends a change below `/api/v1` to the server that served this page.
 *
 * @throws RequestFailure when no answer came or the status is not 2xx
 */
export async function sendJson(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
  }
  if (apiKey() !== '') {
    headers.authorization = `Bearer ${apiKey()}`;
  }
  let response: Response;
  try {
    response = await fetch(`api/v1/${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch {
    throw new RequestFailure(path, 0, 'no answer from the server');
  }
  if (!response.ok) {
    throw new RequestFailure(path, response.status, await problemText(response));
  }
}

/** Why one request brought no data. `status` is 0 when no answer came at all. */
export class RequestFailure extends Error {
  readonly path: string;
  readonly status: number;

  constructor(path: string, status: number, message: string) {
    super(message);
    this.name = 'RequestFailure';
    this.path = path;
    this.status = status;
  }
}

/** What a request needs besides its path. An empty `apiKey` sends no authorization. */
export interface RequestOptions {
  apiKey: string;
  signal: AbortSignal;
}

/**
 * Reads one JSON document below `/api/v1` of the server that served this page.
 *
 * @throws RequestFailure when no answer came, the status is not 2xx, or the body is not JSON
 */
export async function readJson<T>(path: string, options: RequestOptions): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.apiKey !== '') {
    headers.authorization = `Bearer ${options.apiKey}`;
  }
  let response: Response;
  try {
    // Relative to the page, so that a proxy may serve the console below a path.
    response = await fetch(`api/v1/${path}`, { headers, signal: options.signal, cache: 'no-store' });
  } catch {
    throw new RequestFailure(path, 0, 'no answer from the server');
  }
  if (!response.ok) {
    throw new RequestFailure(path, response.status, await problemText(response));
  }
  try {
    return (await response.json()) as T;
  } catch {
    throw new RequestFailure(path, response.status, 'the answer is not JSON');
  }
}

/** The readable part of an RFC 9457 problem document, or the status line when the body holds none. */
export async function problemText(response: Response): Promise<string> {
  const plain = `${response.status} ${response.statusText}`.trim();
  try {
    const problem = (await response.json()) as { title?: unknown; detail?: unknown };
    const text = typeof problem.detail === 'string' ? problem.detail : problem.title;
    return typeof text === 'string' && text !== '' ? `${plain}: ${text}` : plain;
  } catch {
    return plain;
  }
}

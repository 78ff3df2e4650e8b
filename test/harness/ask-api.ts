/** A request to the API. */
export interface Asked {
  /** GET, or POST where there is a body, unless told otherwise. */
  readonly method?: string;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
}

/**
 * Asks `/api/v1/<path>` of a server.
 *
 * @returns the status, and what it answered
 */
export async function askApi<T = unknown>(
  api: string,
  path: string,
  { method, body, headers, key }: Asked = {},
): Promise<{ status: number; json: T }> {
  const response = await fetch(`${api}/api/v1/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as T };
}

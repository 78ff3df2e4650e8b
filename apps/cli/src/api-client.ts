import { readFileSync } from 'node:fs';
import { AppError, errorMessage } from '@tidewatch/core';

/** Which server to talk to. */
export interface ServerOptions {
  readonly url: string;
  /** A file that holds an API key, for servers that ask for one. */
  readonly keyFile?: string;
  /** How long an answer may take, in milliseconds; default 15 s. */
  readonly timeoutMs?: number;
}

/** No answer for this long means that there is no server, or that it has other problems. */
const TIMEOUT_MS = 15_000;

/** Talks to the API of a running server. */
export class ApiClient {
  private readonly options: ServerOptions;

  constructor(options: ServerOptions) {
    this.options = options;
  }

  /**
   * Sends a request and gives back the JSON of the answer.
   *
   * @param content sent as JSON
   * @throws AppError `cli.unreachable` (retryable) when nobody answers, `cli.bad-url`, `cli.key-file`, or one with the code
   *   of the server's answer
   */
  async request(method: 'GET' | 'POST' | 'DELETE', path: string, content?: object): Promise<unknown> {
    const response = await this.send(method, path, content);
    const text = await response.text();
    const body = parsed(text);
    if (response.ok && body !== undefined) {
      return body;
    }
    const problem = (body ?? {}) as { code?: unknown; detail?: unknown };
    if (typeof problem.code === 'string' && typeof problem.detail === 'string') {
      throw new AppError({
        code: problem.code,
        message: problem.detail,
        ...(response.status === 401 ? { hint: 'Name the file that holds your key with --key-file.' } : {}),
        retryable: response.status === 503,
      });
    }
    throw new AppError({
      code: 'cli.no-tidewatch',
      message: `${this.options.url} answers with HTTP status ${response.status}, and not as Tidewatch does.`,
      hint: 'Give the address of the console with --url.',
    });
  }

  private async send(method: string, path: string, content?: object): Promise<Response> {
    const { url, timeoutMs = TIMEOUT_MS } = this.options;
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new AppError({
        code: 'cli.bad-url',
        message: `"${url.slice(0, 80)}" is not the address of a server.`,
        hint: 'An address looks like http://127.0.0.1:8080.',
      });
    }
    const key = this.key();
    try {
      return await fetch(new URL(path, url), {
        method,
        headers: {
          ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
          ...(content === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(content === undefined ? {} : { body: JSON.stringify(content) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      throw new AppError({
        code: 'cli.unreachable',
        message: `No Tidewatch server answers at ${url}: ${reasonOf(error, timeoutMs)}.`,
        hint: 'Start one with "npm start", or name another with --url.',
        retryable: true,
        cause: error,
      });
    }
  }

  private key(): string | undefined {
    const { keyFile } = this.options;
    if (keyFile === undefined) {
      return undefined;
    }
    try {
      return readFileSync(keyFile, 'utf8').trim();
    } catch (error) {
      throw new AppError({
        code: 'cli.key-file',
        message: `The key file ${keyFile} cannot be read: ${errorMessage(error)}.`,
        hint: 'It must hold the key and nothing else.',
        cause: error,
      });
    }
  }
}

/** What went wrong in `fetch`, which itself only says that it failed. */
export function reasonOf(error: unknown, timeoutMs = TIMEOUT_MS): string {
  if ((error as { name?: unknown } | null)?.name === 'TimeoutError') {
    return `no answer within ${timeoutMs / 1_000} s`;
  }
  return errorMessage((error as { cause?: unknown } | undefined)?.cause ?? error);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

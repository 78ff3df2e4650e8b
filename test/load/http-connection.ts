import { connect, type Socket } from 'node:net';

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  /** `Retry-After` in milliseconds, or `null` when the answer has none or names a date. */
  readonly retryAfterMs: number | null;
  readonly contentType: string;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKED_END = Buffer.from('0\r\n\r\n');

/**
 * One keep-alive HTTP/1.1 connection that writes requests as they are given and reads answers with next to no work: what
 * a general client does per request would cost the load generator more than the server may use.
 *
 * Requests may be written before earlier ones are answered; answers come in order. After an error the next request opens
 * a new connection.
 */
export class HttpConnection {
  private readonly target: { readonly host: string; readonly port: number };
  private readonly waiting: Waiting[] = [];
  private socket: Socket | null = null;
  private received: Buffer = Buffer.alloc(0);

  constructor(target: { readonly host: string; readonly port: number }) {
    // Not the whole object: a `path` in it would mean a Unix socket.
    this.target = { host: target.host, port: target.port };
  }

  /**
   * Sends head and body, and resolves with the answer. `bytes` must not change until then.
   *
   * @throws Error when the connection fails or closes before the answer is complete: the request may have arrived.
   */
  request(bytes: Uint8Array): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.opened().write(bytes);
    });
  }

  /** Closes the connection without waiting for answers; those that are outstanding fail. */
  close(): void {
    this.socket?.destroy();
  }

  private opened(): Socket {
    if (this.socket !== null) {
      return this.socket;
    }
    const socket = connect({ ...this.target, noDelay: true });
    this.socket = socket;
    this.received = Buffer.alloc(0);
    let failure = new Error('The connection was closed before the answer.');
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error) => (failure = error));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.socket = null;
      this.waiting.splice(0).forEach(({ reject }) => reject(failure));
    });
    return socket;
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    for (;;) {
      const parsed = parseAnswer(this.received);
      if (parsed === null) {
        return;
      }
      this.received = this.received.subarray(parsed.length);
      if (parsed.answer.status >= 200) {
        this.waiting.shift()?.resolve(parsed.answer);
      }
    }
  }
}

/** The first answer in `bytes` and how long it is, or `null` while it is incomplete. */
export function parseAnswer(bytes: Buffer): { readonly answer: HttpAnswer; readonly length: number } | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) {
    return null;
  }
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyAt = headEnd + HEAD_END.length;
  const bodyEnd = endOfBody(bytes, head, status, bodyAt);
  if (bodyEnd > bytes.length) {
    return null;
  }
  const retryAfter = header(head, 'retry-after');
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  const answer = {
    status,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
    contentType: header(head, 'content-type') ?? '',
    body: bytes.subarray(bodyAt, bodyEnd),
  };
  return { answer, length: bodyEnd };
}

/** Where the body ends; infinity while a chunked one has not ended. Chunked bodies are kept with their framing. */
function endOfBody(bytes: Buffer, head: string, status: number, bodyAt: number): number {
  if (status < 200 || status === 204 || status === 304) {
    return bodyAt;
  }
  if (header(head, 'transfer-encoding') === 'chunked') {
    const end = bytes.indexOf(CHUNKED_END, bodyAt);
    return end < 0 ? Infinity : end + CHUNKED_END.length;
  }
  return bodyAt + Number(header(head, 'content-length') ?? 0);
}

function header(head: string, name: string): string | null {
  const lower = head.toLowerCase();
  const at = lower.indexOf(`\r\n${name}:`);
  if (at < 0) {
    return null;
  }
  const from = at + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end < 0 ? undefined : end).trim();
}

import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { HttpConnection } from '../load/http-connection.js';
import { withHead } from '../load/request-template.js';

/** What became of one attempt to send a body. */
export type SendOutcome =
  | { readonly kind: 'accepted' }
  /** No answer, or one that asks to come back. */
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** Sends bodies of one signal to one server. */
export interface Sender {
  /** @param loseAnswer Hang up after sending, as a client does whose network fails: nobody knows what became of it. */
  send(body: Buffer, loseAnswer: boolean): Promise<SendOutcome>;
  close(): void;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** How long a client waits when nobody answers. Short: the server is back within a second. */
const RETRY_MS = 25;
const RETRYABLE_HTTP = new Set([429, 502, 503, 504]);
const RETRYABLE_GRPC = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
  status.RESOURCE_EXHAUSTED,
]);

/** Over HTTP; a new connection after every failure. */
export function httpSender(target: Target, contentType: string): Sender {
  let connection = new HttpConnection(target);
  return {
    async send(body, loseAnswer) {
      const { bytes } = withHead(target, { 'Content-Type': contentType }, body);
      const answer = connection.request(bytes);
      if (loseAnswer) {
        // Time for the request to arrive, and often to be answered.
        setTimeout(() => connection.close(), 3);
      }
      try {
        const { status: code, retryAfterMs, body: text } = await answer;
        if (loseAnswer || RETRYABLE_HTTP.has(code)) {
          return { kind: 'retry', afterMs: retryAfterMs ?? RETRY_MS };
        }
        return code === 200 ? accepted(text, contentType) : refused(`HTTP ${code}: ${text.toString()}`);
      } catch {
        connection = new HttpConnection(target);
        return { kind: 'retry', afterMs: RETRY_MS };
      }
    },
    close: () => connection.close(),
  };
}

/** Over gRPC, with bodies as raw bytes. */
export function grpcSender(address: string, method: string): Sender {
  const open = () => new Client(address, credentials.createInsecure());
  let client = open();
  const call = (body: Buffer, deadline: number) =>
    new Promise<{ code: status; message: string }>((resolve) => {
      const same = (bytes: Buffer) => bytes;
      client.makeUnaryRequest(method, same, same, body, new Metadata(), { deadline }, (error, answer) =>
        resolve({
          code: error?.code ?? status.OK,
          message: error?.details ?? (answer?.length ? answer.toString() : ''),
        }),
      );
    });
  return {
    async send(body, loseAnswer) {
      const { code, message } = await call(body, Date.now() + (loseAnswer ? 3 : 5_000));
      if (loseAnswer || RETRYABLE_GRPC.has(code)) {
        // A channel that failed waits a second before it connects again; a new one does not.
        client.close();
        client = open();
        return { kind: 'retry', afterMs: RETRY_MS };
      }
      return code === status.OK && message === ''
        ? { kind: 'accepted' }
        : refused(`gRPC ${code}: ${message}`);
    },
    close: () => client.close(),
  };
}

/** A 200 that refuses items is a loss here: nothing that these exporters send may be refused. */
function accepted(text: Buffer, contentType: string): SendOutcome {
  const isClean =
    contentType === 'application/x-protobuf' ? text.length === 0 : /"rejected":\[\]/.test(text.toString());
  return isClean ? { kind: 'accepted' } : refused(`partly refused: ${text.toString()}`);
}

function refused(reason: string): SendOutcome {
  return { kind: 'refused', reason: reason.slice(0, 300) };
}

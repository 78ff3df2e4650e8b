import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Judgement, Service, StandInEvent, StandInKind } from './event.js';
import { pagerdutyService } from './pagerduty.js';
import { slackService } from './slack.js';

/** PagerDuty takes events of at most 512 KB; nothing that Slack takes is larger. */
const LARGEST_BODY = 512 * 1_024;
const SLACK_PATH = '/services/T00000000/B00000000/standinstandinstandin';

/** How to answer a request that must fail. */
export interface Failure {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StandInOptions {
  readonly kind: StandInKind;
  /** 0 takes a free port. */
  readonly port: number;
  /** Called for every request, after the answer is decided and before it is sent. */
  readonly onEvent?: (event: StandInEvent) => void;
  /**
   * Fails requests on purpose: called with the number of the request, from 1; a failure is answered without looking
   * at the body, `null` handles the request as usual.
   */
  readonly interfere?: (request: number) => Failure | null;
}

/** A running stand-in. */
export interface StandIn {
  /** What to configure as the receiver's address: the `url` of a pagerduty receiver, the secret of a slack one. */
  readonly url: string;
  readonly port: number;
  /** Everything received so far, oldest first. */
  readonly events: readonly StandInEvent[];
  close(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that takes what PagerDuty or Slack would take and refuses what they would refuse.
 *
 * @throws the error of `listen`, such as `EADDRINUSE`
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const service = options.kind === 'pagerduty' ? pagerdutyService() : slackService();
  const events: StandInEvent[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const failure = options.interfere?.(requests) ?? null;
    readBody(request).then(
      (body) => {
        const judgement = failure === null ? judge(options.kind, service, request, body) : failed(failure);
        const event: StandInEvent = {
          kind: options.kind,
          at: Date.now(),
          status: judgement.status,
          ...judgement.event,
        };
        events.push(event);
        options.onEvent?.(event);
        answer(response, judgement, failure?.headers);
      },
      // The sender went away in the middle of its request: nothing was received, and nobody waits.
      () => response.destroy(),
    );
  });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}${options.kind === 'pagerduty' ? '/v2/enqueue' : SLACK_PATH}`,
    port,
    events,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** The body, or `null` when it is too large. The rest of a large one is read and dropped, so that the answer arrives. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LARGEST_BODY) {
      chunks.push(chunk);
    }
  }
  return length > LARGEST_BODY ? null : Buffer.concat(chunks);
}

function judge(
  kind: StandInKind,
  service: Service,
  request: IncomingMessage,
  body: Buffer | null,
): Judgement {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const known =
    kind === 'pagerduty' ? path === '/v2/enqueue' : /^\/services\/[^/]+\/[^/]+\/[^/]+$/.test(path);
  if (!known) {
    return refused(404, 'no_service', 'the path is not one of the service');
  }
  if (request.method !== 'POST') {
    return refused(
      405,
      'method_not_allowed',
      `the method is ${request.method ?? 'missing'} and must be POST`,
    );
  }
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return refused(400, 'invalid_payload', 'the content type must be application/json');
  }
  if (body === null) {
    return refused(413, 'too_large', `the body is larger than ${LARGEST_BODY} bytes`);
  }
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString('utf8'));
  } catch {
    return refused(400, 'invalid_payload', 'the body is not JSON');
  }
  return service(payload);
}

function refused(status: number, word: string, problem: string): Judgement {
  const event = { action: '', severity: '', summary: '', dedupKey: '', payload: null } as const;
  return {
    status,
    contentType: 'text/plain',
    body: word,
    event: { ...event, effect: 'refused', problems: [problem] },
  };
}

function failed({ status }: Failure): Judgement {
  const event = { action: '', severity: '', summary: '', dedupKey: '', payload: null } as const;
  return { status, contentType: 'text/plain', body: '', event: { ...event, effect: 'failed', problems: [] } };
}

function answer(
  response: ServerResponse,
  judgement: Judgement,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(judgement.status, { 'content-type': judgement.contentType, ...headers })
    .end(judgement.body);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StandInEvent } from './event.js';
import { refused, type Judgement, type Service, type ServiceObject, type ServiceRequest } from './service.js';
import { services, type StandInKind } from './services.js';

/** How a request fails: by an answer, without one, or by a broken connection after the request was read. */
export type Failure =
  | 'hang'
  | 'reset'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A failure and when it happens. */
export interface Interference {
  readonly failure: Failure;
  /** Whether the service does its work first, so that only the answer is lost. */
  readonly afterEffect: boolean;
}

export interface StandInOptions {
  readonly kind: StandInKind;
  /** What stands in; default: the usual service of the kind. */
  readonly service?: Service;
  /** 0 takes a free port. */
  readonly port: number;
  /** Called for every request, after the answer is decided and before it is sent. */
  readonly onEvent?: (event: StandInEvent) => void;
  /**
   * Fails requests on purpose: called with the number of the request, from 1; `null` handles the request as usual. A
   * failure alone comes before any effect.
   */
  readonly interfere?: (request: number) => Failure | Interference | null;
}

/** A running stand-in. */
export interface StandIn {
  /** What to configure as the receiver's address: the `url` of a pagerduty receiver, the secret of a slack one. */
  readonly url: string;
  readonly port: number;
  /** Everything received so far, oldest first. */
  readonly events: readonly StandInEvent[];
  /** What the service holds, oldest first. */
  objects(): readonly ServiceObject[];
  /** Size of the largest body so far, bytes. */
  largestBody(): number;
  close(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that takes what the service would take and refuses what it would refuse.
 *
 * @throws the error of `listen`, such as `EADDRINUSE`
 */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const service = options.service ?? services[options.kind]();
  const events: StandInEvent[] = [];
  let requests = 0;
  let largest = 0;
  const server = createServer((incoming, response) => {
    requests += 1;
    const interference = interferenceOf(options.interfere?.(requests) ?? null);
    readRequest(incoming, service.largestBody).then(
      ({ request, bytes }) => {
        largest = Math.max(largest, bytes);
        const spoiled = interference !== null && !interference.afterEffect;
        const judgement = spoiled ? failed(interference.failure) : judge(service, request);
        const { status } = judgement;
        const event: StandInEvent = { kind: options.kind, at: Date.now(), status, ...judgement.event };
        events.push(event);
        options.onEvent?.(event);
        answer(incoming, response, judgement, interference?.failure ?? null);
      },
      // The sender went away in the middle of its request: nothing was received, and nobody waits.
      () => response.destroy(),
    );
  });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}${service.path}`,
    port,
    events,
    objects: () => service.objects(),
    largestBody: () => largest,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function interferenceOf(given: Failure | Interference | null): Interference | null {
  if (given === null) {
    return null;
  }
  return typeof given === 'object' && 'failure' in given ? given : { failure: given, afterEffect: false };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** A request and the size of its body. */
interface ReadRequest {
  /** `null` when the body is too large. */
  readonly request: ServiceRequest | null;
  readonly bytes: number;
}

/** Reads a request whole. What is too large is read and dropped, so that the answer arrives. */
async function readRequest(incoming: IncomingMessage, largestBody: number): Promise<ReadRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= largestBody) {
      chunks.push(chunk);
    }
  }
  if (bytes > largestBody) {
    return { request: null, bytes };
  }
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const request: ServiceRequest = {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
  return { request, bytes };
}

function judge(service: Service, request: ServiceRequest | null): Judgement {
  return request === null
    ? refused(413, 'too_large', `the body is larger than ${service.largestBody} bytes`)
    : service.handle(request);
}

function failed(failure: Failure): Judgement {
  const event = { action: '', severity: '', summary: '', dedupKey: '', payload: null } as const;
  const status = typeof failure === 'string' ? 0 : failure.status;
  return { status, contentType: 'text/plain', body: '', event: { ...event, effect: 'failed', problems: [] } };
}

function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  judgement: Judgement,
  failure: Failure | null,
): void {
  if (failure === 'reset') {
    incoming.socket.resetAndDestroy();
  } else if (failure === null) {
    const { status, contentType, headers, body } = judgement;
    response.writeHead(status, { 'content-type': contentType, ...headers }).end(body);
  } else if (failure !== 'hang') {
    response
      .writeHead(failure.status, { 'content-type': 'text/plain', ...failure.headers })
      .end(failure.body ?? '');
  }
}

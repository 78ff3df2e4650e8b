import type { IncomingHttpHeaders } from 'node:http';
import type { StandInEvent } from './event.js';

/** A request as a service sees it: read whole, and not larger than the service takes. */
export interface ServiceRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came. */
  readonly body: string;
}

/** What a service makes of one request: the answer to send and the event to report. */
export interface Judgement {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly event: Omit<StandInEvent, 'kind' | 'at' | 'status'>;
}

/** What a service holds for people: an alert, a message with its thread, a ticket, a POST. */
export interface ServiceObject {
  readonly key: string;
  readonly state: 'open' | 'acknowledged' | 'closed';
  /** Every text that a person would read at it, oldest first. */
  readonly texts: readonly string[];
}

/** One service that is stood in for. It remembers between requests what the real one would. */
export interface Service {
  /** Name for people: `PagerDuty`. */
  readonly title: string;
  /** Path of the address that a receiver is configured with; starts with a slash. */
  readonly path: string;
  /** Bytes that a body may have; a larger one is answered by 413. */
  readonly largestBody: number;
  handle(request: ServiceRequest): Judgement;
  /** What it holds, oldest first. */
  objects(): readonly ServiceObject[];
}

/** An event without content, to be spread. */
const NOTHING = { action: '', severity: '', summary: '', dedupKey: '', payload: null } as const;

/** The answer to a request that breaks the documented rules. */
export function refused(
  status: number,
  body: string,
  problem: string,
  contentType = 'text/plain',
): Judgement {
  return { status, contentType, body, event: { ...NOTHING, effect: 'refused', problems: [problem] } };
}

/** How a service that takes one kind of JSON POST looks. */
export interface JsonPosts {
  readonly title: string;
  readonly path: string;
  readonly largestBody: number;
  /** Whether the service has something at this path. */
  takes(path: string): boolean;
  judge(payload: unknown, request: ServiceRequest): Judgement;
  objects?(): readonly ServiceObject[];
}

/** A service that takes JSON by POST and nothing else. */
export function jsonPosts(posts: JsonPosts): Service {
  const { title, path, largestBody } = posts;
  return {
    title,
    path,
    largestBody,
    objects: () => posts.objects?.() ?? [],
    handle(request) {
      if (!posts.takes(request.path)) {
        return refused(404, 'no_service', 'the path is not one of the service');
      }
      if (request.method !== 'POST') {
        return refused(405, 'method_not_allowed', `the method is ${request.method} and must be POST`);
      }
      if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
        return refused(400, 'invalid_payload', 'the content type must be application/json');
      }
      let payload: unknown;
      try {
        payload = JSON.parse(request.body);
      } catch {
        return refused(400, 'invalid_payload', 'the body is not JSON');
      }
      return posts.judge(payload, request);
    },
  };
}

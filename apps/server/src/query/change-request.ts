import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../http/authentication.js';
import type { Runtime } from '../runtime.js';

/** Who asks for a change, on which project, and by which request: what the audit log keeps of it. */
export interface ChangeRequest {
  readonly project: string;
  /** Name of the API key, or `anonymous`. */
  readonly actor: string;
  /** As the client sent it in `X-Request-Id`, or a new one. */
  readonly requestId: string;
}

/** Ids that a client may choose: short, and without anything that could break a line of a log. */
const CLIENT_ID = /^[\w.:-]{1,128}$/;

/** @throws AppError `request.unauthorized` */
export function changeRequestOf(runtime: Runtime, request: FastifyRequest): ChangeRequest {
  const { name, project } = callerOf(runtime.config.apiKeys, request.headers.authorization);
  const sent = request.headers['x-request-id'];
  return {
    project,
    actor: name,
    requestId: typeof sent === 'string' && CLIENT_ID.test(sent) ? sent : randomUUID(),
  };
}

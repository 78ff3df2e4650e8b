import { status as GrpcStatus } from '@grpc/grpc-js';
import {
  CONTENT_TYPES,
  readOutcome,
  readStatus,
  type Encoding,
  type Outcome,
  type RpcStatus,
} from './endpoint.js';
import type { GrpcAnswer } from './grpc-client.js';
import type { HttpAnswer } from './http-client.js';

/** A check that failed: what was expected of the endpoint, and what it did. */
export class Deviation extends Error {}

/** @throws Deviation saying `what` unless `holds` */
export function require(holds: boolean, what: string): void {
  if (!holds) {
    throw new Deviation(what);
  }
}

/** The media type of an answer, without parameters. */
export function mediaTypeOf(answer: HttpAnswer): string {
  return (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** A 200 whose body is the signal's response in the encoding of the request. */
export function requireAccepted(answer: HttpAnswer, encoding: Encoding, what: string): Outcome {
  require(answer.status === 200, `${what}: answered ${describe(answer)} instead of 200`);
  require(mediaTypeOf(answer) ===
    CONTENT_TYPES[
      encoding
    ], `${what}: the answer's Content-Type is "${mediaTypeOf(answer)}", not the request's ${CONTENT_TYPES[encoding]}`);
  return readOutcome(answer.body, encoding);
}

/** A 200 that refuses nothing. It may carry a warning, or an empty partial_success, which line 8 alone looks at. */
export function requireWhole(answer: HttpAnswer, encoding: Encoding, what: string): void {
  const { rejected, message } = requireAccepted(answer, encoding, what);
  require(rejected === 0, `${what}: ${rejected} rejected (${message.slice(0, 120)})`);
}

/** An error answer of one of `statuses` whose body is a Status. */
export function requireRefused(answer: HttpAnswer, statuses: readonly number[], what: string): RpcStatus {
  require(statuses.includes(
    answer.status,
  ), `${what}: answered ${answer.status} instead of ${statuses.join(' or ')}`);
  try {
    const status = readStatus(answer);
    require(status.message !== '', `${what}: the Status of the ${answer.status} has no message`);
    return status;
  } catch (error) {
    throw new Deviation(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Statuses on which clients send again. 500 is not among them: on it they drop their data. */
export const RETRYABLE_STATUSES = [429, 502, 503, 504];

/** Codes on which gRPC clients send again; RESOURCE_EXHAUSTED only with RetryInfo. */
export const RETRYABLE_CODES = [
  GrpcStatus.CANCELLED,
  GrpcStatus.DEADLINE_EXCEEDED,
  GrpcStatus.ABORTED,
  GrpcStatus.OUT_OF_RANGE,
  GrpcStatus.UNAVAILABLE,
  GrpcStatus.DATA_LOSS,
];

/** OK from gRPC, refusing nothing. */
export function requireGrpcWhole(answer: GrpcAnswer, what: string): void {
  requireCode(answer, [GrpcStatus.OK], what);
  const outcome = readOutcome(answer.body, 'protobuf');
  require(outcome.rejected === 0, `${what}: ${outcome.rejected} rejected: ${outcome.message.slice(0, 120)}`);
}

/** One of `codes` from gRPC. */
export function requireCode(answer: GrpcAnswer, codes: readonly GrpcStatus[], what: string): void {
  require(codes.includes(
    answer.code,
  ), `${what}: ended with ${GrpcStatus[answer.code]} (${answer.message.slice(0, 120)}) instead of ${codes.map((code) => GrpcStatus[code]).join(' or ')}`);
}

function describe(answer: HttpAnswer): string {
  const text = answer.body.toString('utf8').replace(/[^\x20-\x7e]+/g, ' ');
  return `${answer.status} (${text.trim().slice(0, 120)})`;
}

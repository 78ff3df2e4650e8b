import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** Bodies up to this size are hashed in one go, about 10 ms of work without SHA instructions. */
const SLICE_BYTES = 2_097_152;

/**
 * The identity of a request: the first 16 bytes of SHA-256 over project, path and decompressed body, with a zero byte
 * between them. Two requests with the same identity bring the same data to the same place.
 *
 * Answers at once for bodies of ordinary size; larger ones are hashed in slices, between which others get their turn.
 */
export function requestId(project: string, path: string, body: Uint8Array): Uint8Array | Promise<Uint8Array> {
  const digest = createHash('sha256').update(`${project}\0${path}\0`);
  return body.length <= SLICE_BYTES ? finish(digest.update(body)) : hashInSlices(digest, body);
}

async function hashInSlices(digest: Hash, body: Uint8Array): Promise<Uint8Array> {
  for (let start = 0; start < body.length; start += SLICE_BYTES) {
    digest.update(body.subarray(start, start + SLICE_BYTES));
    await setImmediate();
  }
  return finish(digest);
}

function finish(digest: Hash): Uint8Array {
  return new Uint8Array(digest.digest().subarray(0, 16));
}

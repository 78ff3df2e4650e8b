import { createHash } from 'node:crypto';

/**
 * Names what shares a rate limit, such as one routing key or one address, for {@link Channel.destination}: equal for
 * equal parts, and a hash, so that it may be shown although parts are secret.
 */
export function destinationKey(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

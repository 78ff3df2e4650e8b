import { channels } from './receiver.js';

/**
 * Whether receivers of this type recognise a repeated opening, so that it may be sent again without looking.
 *
 * @param type of a {@link Channel}; an unknown one does not
 */
export function isIdempotent(type: string): boolean {
  return channels.some((known) => known.type === type && known.idempotent);
}

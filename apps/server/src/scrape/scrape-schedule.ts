/**
 * When a target is asked next: at multiples of its interval, moved by an offset that its name decides.
 *
 * The offset spreads the targets over the interval, so that a hundred of them do not ask at once. It depends on nothing
 * but the name, so that a restart goes on in the same rhythm and the points stay evenly spaced.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch, above `now`
 */
export function nextScrapeAt(name: string, intervalMs: number, now: number): number {
  const offset = hash(name) % intervalMs;
  return Math.floor((now - offset) / intervalMs + 1) * intervalMs + offset;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo), over the text's UTF-16 units, with a final mix for short and similar names. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

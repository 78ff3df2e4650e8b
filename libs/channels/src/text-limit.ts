const ELLIPSIS = '…';

/**
 * Makes text from outside fit for one message: control characters become spaces, and the invisible characters that
 * reorder text (which can make a message read as something else) are dropped. Half a character (a lone surrogate),
 * which JSON parsers refuse, becomes U+FFFD. Line breaks stay.
 */
export function plainText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

/**
 * Cuts `text` to at most `limit` UTF-16 units, an ellipsis included. Never cuts inside a character or inside what
 * `encode` makes of one, such as an HTML entity.
 */
export function truncate(
  text: string,
  limit: number,
  encode: (character: string) => string = (c) => c,
): string {
  let result = '';
  let fitting = 0;
  for (const character of text) {
    result += encode(character);
    if (result.length > limit) {
      return result.slice(0, fitting) + ELLIPSIS;
    }
    if (result.length <= limit - ELLIPSIS.length) {
      fitting = result.length;
    }
  }
  return result;
}

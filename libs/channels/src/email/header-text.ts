import { plainText, truncate } from '../text-limit.js';

/** Lines of a header may have 998 bytes (RFC 5322, section 2.1.1); mail programs show far less of a subject. */
const LONGEST_HEADER = 200;

/**
 * Makes text from outside fit for a header: one line without control characters, without characters that reorder text,
 * and without anything that a mail program would decode into something else (RFC 2047 encoded words).
 *
 * @param limit longest result, in UTF-16 units
 */
export function headerText(text: string, limit = LONGEST_HEADER): string {
  const line = plainText(text)
    .replace(/[\n\u2028\u2029]/g, ' ')
    .replaceAll('=?', '= ?')
    .replaceAll('?=', '? =')
    .replace(/ {2,}/g, ' ')
    .trim();
  return truncate(line, limit);
}

/** One label of a name such as a List-Id: letters, digits and dashes. Never empty. */
export function headerName(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 63) || 'unnamed'
  );
}

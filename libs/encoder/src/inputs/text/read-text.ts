import type { RawInput, Refused } from '../raw-input.js';

/**
 * Most bytes that a text may have. A tokenizer's time grows with the text even when all but the first few hundred
 * tokens are cut off, and nothing else is encoded in the meantime.
 */
export const MAXIMUM_TEXT_BYTES = 1024 * 1024;

/** The text of an input: UTF-8, a byte order mark at its start passed over; or why there is none. */
export function readText({ dataType, data }: RawInput): string | Refused {
  if (dataType !== 'text/plain') {
    return { refused: `the rule encodes text/plain, and the input was sent as ${dataType}` };
  }
  if (data.length > MAXIMUM_TEXT_BYTES) {
    return {
      refused: `the text has ${data.length} bytes, and ${MAXIMUM_TEXT_BYTES} are the most that are read`,
    };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return { refused: 'the text is not valid UTF-8' };
  }
}

import { Refusal } from '../refusal.js';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The parts of a quoted text: an escape with its kind, or characters as they are. */
const PART = /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([0-7]{3})|([\s\S]))|[^\\]+|\\$/giu;

/** The text of a PromQL string: Go's escapes inside quotes, none inside backticks. */
export function readStringLiteral(source: string): string | Refusal {
  const quote = source[0] ?? '';
  if (source.length < 2 || !source.endsWith(quote)) {
    return new Refusal(`is not PromQL: the text ${source} has no closing quote`);
  }
  const inner = source.slice(1, -1);
  if (quote === '`') {
    return inner;
  }
  let text = '';
  for (const [whole, byte, short, long, octal, single] of inner.matchAll(PART)) {
    const code = byte ?? short ?? long;
    if (code !== undefined || octal !== undefined) {
      const point = code === undefined ? parseInt(octal ?? '', 8) : parseInt(code, 16);
      if (point > 0x10ffff) {
        return new Refusal(`is not PromQL: ${whole} in ${source} is no character`);
      }
      text += String.fromCodePoint(point);
    } else if (whole.startsWith('\\')) {
      const escaped = ESCAPES[single ?? ''];
      if (escaped === undefined) {
        return new Refusal(
          `is not PromQL: ${whole} in ${source} is not an escape; write \\\\${single ?? ''} for a backslash in quotes, or use backticks`,
        );
      }
      text += escaped;
    } else {
      text += whole;
    }
  }
  return text;
}

/**
 * A text of at most `maxLength` UTF-16 code units: a longer one is cut, ends in `…`, and never in half a character.
 */
export function boundedText(text: string, maxLength: number): string {
  if (text.length <= maxLength) {
    return text;
  }
  const cut = text.slice(0, maxLength - 1);
  const isHalf = /[\ud800-\udbff]$/.test(cut);
  return `${isHalf ? cut.slice(0, -1) : cut}…`;
}

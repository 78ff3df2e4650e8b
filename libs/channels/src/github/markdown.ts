import { truncate } from '../text-limit.js';

/** Invisible, and parts a word for the programs that look for names and numbers in a rendered text. */
const GAP = '\u200b';

/**
 * Parts what GitHub would act on in any text, escaped or not: names to notify (`@ada`), numbers and addresses that would
 * leave a trace in other issues (`#1`, `GH-1`, `https://github.com/…`), and bare addresses that would become links.
 */
function parted(text: string): string {
  return text
    .replaceAll('@', `@${GAP}`)
    .replace(/#(?=\w)/g, `#${GAP}`)
    .replace(/\bGH-(?=\d)/gi, (match) => `${match}${GAP}`)
    .replaceAll('://', `:${GAP}//`)
    .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}${GAP}.`);
}

/** Characters that mean something anywhere in a line of GitHub Flavored Markdown; CommonMark 0.31, section 2.4. */
const SPECIAL = /[\\`*_{}[\]<>()|~$&!#]/;

function escapeCharacter(character: string): string {
  return SPECIAL.test(character) ? `\\${character}` : character;
}

/** What would make a line a list, an underline or a rule when it stands at its beginning. */
function withHarmlessStart(line: string): string {
  return line.replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2').replace(/^([-+=])(?=[-+=\s]|$)/, '\\$1');
}

/**
 * Text from outside as Markdown that shows it as it is: no links, images, HTML or formatting, nobody is notified, and
 * no other issue is touched. One line.
 *
 * @param limit most UTF-16 units of the result
 */
export function markdownLine(text: string, limit: number): string {
  return withHarmlessStart(truncate(parted(text.replace(/\s+/g, ' ').trim()), limit - 2, escapeCharacter));
}

/** Like {@link markdownLine}; line breaks stay. */
export function markdownText(text: string, limit: number): string {
  const lines = text.split('\n').map((line) => parted(line.trim()));
  const kept = lines.filter((line) => line !== '').join('\n');
  return truncate(kept, limit, escapeCharacter).split('\n').map(withHarmlessStart).join('\\\n');
}

/** An address as the target of a link or picture. */
export function markdownTarget(address: string): string {
  // The URL parser leaves brackets and these characters as they are; inside <> they would end the target.
  return `<${new URL(address).href.replace(/[<>\\ ]/g, encodeURIComponent)}>`;
}

/** The text of a title: plain, and without anything that GitHub turns into a link. */
export function titleText(text: string, limit: number): string {
  return truncate(parted(text.replace(/\s+/g, ' ').trim()), limit);
}

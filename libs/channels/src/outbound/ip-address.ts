import { isIP, isIPv4 } from 'node:net';

/**
 * The 4 or 16 bytes of an IP address in its usual notation, without a zone; `null` for anything else, numeric, octal
 * and hexadecimal forms included: the URL parser has turned those into the usual one.
 */
export function addressBytes(address: string): readonly number[] | null {
  const [text = ''] = address.split('%');
  switch (isIP(text)) {
    case 4:
      return text.split('.').map(Number);
    case 6:
      return bytesOfVersion6(text);
    default:
      return null;
  }
}

/** `text` is a valid address of version 6: 8 groups, of which `::` stands for those that are missing. */
function bytesOfVersion6(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<number>(missing).fill(0), ...after];
  return groups.flatMap((group) => [group >> 8, group & 0xff]);
}

/** Groups of 16 bits; a dotted address of version 4 at the end counts as two. */
function groupsOf(text: string): number[] {
  return text
    .split(':')
    .filter((part) => part !== '')
    .flatMap((part) => {
      if (!isIPv4(part)) {
        return [Number.parseInt(part, 16)];
      }
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      return [(a << 8) | b, (c << 8) | d];
    });
}

const LONGEST = 63;

/** An RFC 1123 label made of texts: lower case, everything but letters and digits as dashes, at most 63 characters. */
export function labelName(...parts: readonly string[]): string {
  const name = parts
    .join('-')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-');
  return trimmed(name).slice(0, LONGEST).replace(/-+$/, '') || 'slo';
}

function trimmed(name: string): string {
  return name.replace(/^-+|-+$/g, '');
}

/** `name`, or with the first number from 2 on that makes it differ from all in `taken`. */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  let unique = name;
  for (let number = 2; taken.has(unique); number += 1) {
    const suffix = `-${number}`;
    unique = `${name.slice(0, LONGEST - suffix.length).replace(/-+$/, '')}${suffix}`;
  }
  return unique;
}

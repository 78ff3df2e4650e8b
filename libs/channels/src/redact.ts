const MASK = '[redacted]';
/** Shorter parts of an address are words such as `services`, and not secret. */
const SHORTEST_SECRET_PART = 8;

/** Makes a function that takes `secrets` out of a text. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // Longest first: a secret that contains another one is taken out whole.
  const ordered = [...new Set(secrets)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

/** The parts of a secret address that give it away: whole, path with query, and every long segment and parameter. */
export function secretPartsOf(address: string): string[] {
  const url = new URL(address);
  const parts = [...url.pathname.split('/'), ...url.searchParams.values()];
  return [
    address,
    url.href,
    url.pathname + url.search,
    url.pathname,
    ...parts.flatMap((part) => [part, decodeSafely(part)]),
  ].filter((part) => part.length >= SHORTEST_SECRET_PART);
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

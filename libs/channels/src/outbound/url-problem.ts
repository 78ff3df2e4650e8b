import type { DestinationPolicy } from './destination-policy.js';

/**
 * What is wrong with `text` as an address to send to, or `null`. Looks at the address alone and resolves nothing. The
 * sentence repeats nothing of the address.
 */
export function urlProblem(text: string, policy: DestinationPolicy): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'it is no URL';
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return 'it starts with neither https:// nor http://';
  }
  if (url.username !== '' || url.password !== '') {
    return 'it contains a user name or password';
  }
  const port = portOf(url);
  const host = policy.hostProblem(url.hostname, port);
  if (host !== null) {
    return host;
  }
  return url.protocol === 'http:' && !policy.allows(url.hostname, port)
    ? 'it starts with http://, and only a host in TIDEWATCH_PRIVATE_DESTINATIONS may be spoken to without TLS'
    : null;
}

/** The port that a web address leads to. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

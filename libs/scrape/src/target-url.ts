/**
 * What is wrong with `text` as the address of a target, or `undefined`.
 *
 * Link-local addresses are refused, as for receivers: clouds serve their credentials there, and no model lives there.
 * The URL parser has already turned numeric, octal and hexadecimal forms into the usual one. Names are not resolved.
 */
export function targetUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) {
    return 'must be a URL such as http://triton.example.com:8002/metrics';
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return 'must start with https:// or http://';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password; use headers';
  }
  const linkLocal = /^(169\.254\.|\[fe[89ab]|\[::ffff:a9fe:|metadata\.google\.internal\.?$)/;
  return linkLocal.test(url.hostname) ? 'must not be a link-local or metadata address' : undefined;
}

/** The address with `path` when it has none of its own, and without a fragment. @throws TypeError when it is no URL */
export function targetUrl(text: string, path: string): string {
  const url = new URL(text);
  if (url.pathname === '/' || url.pathname === '') {
    url.pathname = path;
  }
  url.hash = '';
  return url.href;
}

/**
 * What is wrong with `text` as the address of a model, or `undefined`. A model decides what is measured, so it comes by
 * `https`; `http` is for this machine alone, where nobody is in between.
 */
export function modelUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) {
    return 'must be a URL such as https://models.example.com/encoder.onnx';
  }
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') {
    return 'must not contain a user name or password';
  }
  if (protocol === 'http:') {
    return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
      ? undefined
      : 'must start with https://; http:// is for this machine alone';
  }
  return protocol === 'https:' ? undefined : 'must start with https://';
}

/** An address for messages: without the query, which may hold a signature that gives access. */
export function shownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}

import { AppError } from '@tidewatch/core';

/**
 * What is wrong with `text` as the address of a receiver, or `undefined`. The sentence never repeats the address.
 *
 * Link-local addresses are refused: clouds serve their credentials there, and no receiver lives there. The URL parser
 * has already turned numeric, octal and hexadecimal forms into the usual one. Names are not resolved.
 */
export function addressProblem(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'must be a URL such as https://hooks.example.com/path';
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return 'must start with https:// or http://';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password';
  }
  const linkLocal = /^(169\.254\.|\[fe[89ab]|\[::ffff:a9fe:|metadata\.google\.internal\.?$)/;
  return linkLocal.test(url.hostname) ? 'must not be a link-local or metadata address' : undefined;
}

/**
 * Checks an address that came out of a secret.
 *
 * @param place the variable or file that holds it, for the message
 * @throws AppError `channels.bad-address` that names the place and never the address
 */
export function checkedAddress(text: string, place: string): string {
  const problem = addressProblem(text);
  if (problem !== undefined) {
    throw new AppError({
      code: 'channels.bad-address',
      message: `The address in ${place} ${problem}.`,
      hint: `Correct the content of ${place}.`,
    });
  }
  return text;
}

import { AppError } from '@tidewatch/core';
import { z } from 'zod';
import { specialRange } from './outbound/address-range.js';
import { bareHost, METADATA_NAMES } from './outbound/destination-policy.js';

/**
 * What is wrong with `text` as the address of a receiver, or `undefined`. The sentence never repeats the address.
 *
 * Refuses what can never be reached. Whether a private address may be is a setting, and what a name stands for changes:
 * both are checked for every connection.
 */
export function addressProblem(text: string): string | undefined {
  let url: URL;
  try {
    // The URL parser turns numeric, octal and hexadecimal addresses into the usual form.
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
  const host = bareHost(url.hostname);
  const isAddress = url.hostname.startsWith('[') || /^[\d.]+$/.test(host);
  const never = isAddress ? specialRange(host)?.never === true : METADATA_NAMES.has(host);
  return never ? 'must not be a link-local or metadata address' : undefined;
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

/** An address in a `spec` that may be read by everybody. */
export const receiverAddress = z.string({ error: 'must be a URL' }).superRefine((text, context) => {
  const problem = addressProblem(text);
  if (problem !== undefined) {
    context.addIssue({ code: 'custom', message: problem });
  }
});

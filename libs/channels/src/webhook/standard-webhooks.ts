import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '@tidewatch/core';

/** Standard Webhooks 1.0.0 demands keys of this many bytes. */
const SHORTEST_KEY = 24;
const LONGEST_KEY = 64;
const PREFIX = 'whsec_';
/** How far the time of an attempt may be from now, s: a recorded message is worth nothing later. */
const DEFAULT_TOLERANCE_S = 300;

/** What is signed. */
export interface SignedMessage {
  /** `whsec_` and base64, newest first. While a secret is being replaced there are two, and two signatures. */
  readonly secrets: readonly string[];
  /** The same for every attempt. */
  readonly id: string;
  /** Time of the attempt, seconds since the epoch. */
  readonly timestampS: number;
  /** The body, to the byte. */
  readonly body: string;
}

/** Headers as they came; names in lower case. */
export type SignatureHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The headers of Standard Webhooks 1.0.0: `webhook-id`, `webhook-timestamp`, and with at least one secret
 * `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`, one per secret with spaces
 * between.
 *
 * @throws AppError `channels.bad-secret`
 */
export function signatureHeaders(message: SignedMessage): Record<string, string> {
  const headers = { 'webhook-id': message.id, 'webhook-timestamp': String(message.timestampS) };
  const signatures = message.secrets.map((secret) => signatureOf(keyOf(secret), message));
  return signatures.length === 0 ? headers : { ...headers, 'webhook-signature': signatures.join(' ') };
}

/**
 * Whether a message is signed with one of `secrets` and was sent about now.
 *
 * @param nowS seconds since the epoch
 * @throws AppError `channels.bad-secret`
 */
export function verifySignature(
  headers: SignatureHeaders,
  body: string,
  secrets: readonly string[],
  nowS: number,
  toleranceS = DEFAULT_TOLERANCE_S,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return false;
  }
  const timestampS = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(nowS - timestampS) <= toleranceS)) {
    return false;
  }
  const given = signatures.split(' ');
  const wanted = secrets.map((secret) => signatureOf(keyOf(secret), { secrets, id, timestampS, body }));
  return given.some((signature) => wanted.some((each) => sameText(signature, each)));
}

/**
 * Checks a secret before it is first used.
 *
 * @param place the variable or file that holds it
 * @throws AppError `channels.bad-secret` that names the place and never the secret
 */
export function checkedSecret(secret: string, place: string): string {
  keyOf(secret, `The signing secret in ${place}`);
  return secret;
}

function keyOf(secret: string, name = 'A signing secret'): Buffer {
  const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(encoded, 'base64');
  const isBase64 = encoded !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  if (!isBase64 || key.length < SHORTEST_KEY || key.length > LONGEST_KEY) {
    throw new AppError({
      code: 'channels.bad-secret',
      message: `${name} is not ${PREFIX} followed by ${SHORTEST_KEY} to ${LONGEST_KEY} bytes in base64.`,
      hint: `Make one with: echo "${PREFIX}$(openssl rand -base64 32)", and give it to the receiver of the webhook too.`,
    });
  }
  return key;
}

function signatureOf(key: Buffer, { id, timestampS, body }: SignedMessage): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64')}`;
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

// Checks the signature of a webhook (Standard Webhooks 1.0.0) with Node's own modules. Copy it into your receiver.
import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_S = 300;

/**
 * Whether a request was signed with one of `secrets` ("whsec_…") within the last five minutes.
 *
 * @param {Record<string, string | undefined>} headers names in lower case, as Node gives them
 * @param {string | Buffer} body the bytes as they came, before any JSON parser has touched them
 * @param {string[]} secrets the current secret, and during a rotation the other one too
 */
export function isSigned(headers, body, secrets, nowS = Date.now() / 1_000) {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowS - Number(timestamp)) > TOLERANCE_S) {
    return false;
  }
  const given = (headers['webhook-signature'] ?? '').split(' ').map((signature) => Buffer.from(signature));
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    const wanted = Buffer.from(`v1,${digest}`);
    return given.some(
      (signature) => signature.length === wanted.length && timingSafeEqual(signature, wanted),
    );
  });
}

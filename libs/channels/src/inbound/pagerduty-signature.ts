import { createHmac, timingSafeEqual } from 'node:crypto';

/** The signature that PagerDuty puts on a webhook (v3): HMAC-SHA256 of the body, hexadecimal, after `v1=`. */
export function pagerdutySignature(secret: string, body: Buffer | string): string {
  return `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/**
 * Whether a webhook comes from PagerDuty. While its secret is being replaced, it carries one signature for each; one
 * that fits is enough.
 *
 * @param header `X-PagerDuty-Signature`: signatures separated by commas; those of other versions are not looked at
 * @param body byte for byte as it came
 * @param secret of the webhook subscription
 * @see https://developer.pagerduty.com/docs/verifying-webhook-signatures
 */
export function isSignedByPagerduty(header: string, body: Buffer | string, secret: string): boolean {
  if (secret === '') {
    return false;
  }
  const expected = Buffer.from(pagerdutySignature(secret, body));
  const given = header
    .split(',')
    .map((part) => Buffer.from(part.trim()))
    .filter((part) => part.length === expected.length);
  // All are compared, so that the time taken says nothing about which one fits.
  return given.map((part) => timingSafeEqual(part, expected)).includes(true);
}

import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the time of a request may be from ours, seconds; what Slack advises against replays. */
export const SLACK_WINDOW_S = 300;

/** What a request says about where it comes from. */
export interface SlackSigned {
  /** `X-Slack-Signature`, such as `v0=a2114d…` */
  readonly signature: string;
  /** `X-Slack-Request-Timestamp`, seconds */
  readonly timestamp: string;
  /** The body, byte for byte as it came. */
  readonly body: Buffer | string;
}

/** The signature that Slack puts on a request: HMAC-SHA256 of `v0:<timestamp>:<body>`, hexadecimal, after `v0=`. */
export function slackSignature(secret: string, timestamp: string, body: Buffer | string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/**
 * Whether a request comes from Slack and is fresh.
 *
 * @param secret the app's signing secret
 * @param now ms
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function isSignedBySlack(
  { signature, timestamp, body }: SlackSigned,
  secret: string,
  now: number,
): boolean {
  if (secret === '' || !/^\d{1,12}$/.test(timestamp)) {
    return false;
  }
  const isFresh = Math.abs(now / 1_000 - Number(timestamp)) <= SLACK_WINDOW_S;
  const expected = Buffer.from(slackSignature(secret, timestamp, body));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) && isFresh;
}

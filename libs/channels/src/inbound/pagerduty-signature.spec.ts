import { describe, expect, test } from '@jest/globals';
import { isSignedByPagerduty, pagerdutySignature } from './pagerduty-signature.js';

const SECRET = 'lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK';
const BODY = '{"event":{"id":"01BZ","event_type":"incident.acknowledged","data":{"title":"Ä ☃"}}}';
/** `printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET"` */
const SIGNATURE = 'v1=cc439f344bb96a5d26fc212fb16997c32137f3b4e0f769df1c2f24feab3559ea';
const other = `v1=${'0'.repeat(64)}`;

describe('the signature of PagerDuty', () => {
  test('is the HMAC of the body', () => {
    expect(pagerdutySignature(SECRET, BODY)).toBe(SIGNATURE);
    expect(pagerdutySignature(SECRET, Buffer.from(BODY))).toBe(SIGNATURE);
  });

  test.each<[name: string, header: string, body: string, expected: boolean]>([
    ['alone', SIGNATURE, BODY, true],
    ['after that of another secret', `${other},${SIGNATURE}`, BODY, true],
    ['before that of another secret', `${SIGNATURE}, ${other}`, BODY, true],
    ['beside one of another version', `v2=abc,${SIGNATURE}`, BODY, true],
    ['of another secret', other, BODY, false],
    ['of another body', SIGNATURE, `${BODY} `, false],
    ['of another version', SIGNATURE.replace('v1', 'v2'), BODY, false],
    ['cut', SIGNATURE.slice(0, -2), BODY, false],
    ['absent', '', BODY, false],
    ['many commas', ','.repeat(1_000), BODY, false],
  ])('%s', (_name, header, body, expected) => {
    expect(isSignedByPagerduty(header, body, SECRET)).toBe(expected);
  });

  test('fits no other secret, and never an empty one', () => {
    expect(isSignedByPagerduty(SIGNATURE, BODY, `${SECRET}x`)).toBe(false);
    expect(isSignedByPagerduty(pagerdutySignature('', BODY), BODY, '')).toBe(false);
  });
});

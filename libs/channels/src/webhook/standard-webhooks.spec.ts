import { describe, expect, test } from '@jest/globals';
import { isAppError } from '@tidewatch/core';
import { checkedSecret, signatureHeaders, verifySignature } from './standard-webhooks.js';

/** The example of the Standard Webhooks specification 1.0.0. */
const EXAMPLE = {
  secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampS: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

test('the example of the specification has its signature', () => {
  expect(signatureHeaders(EXAMPLE)).toEqual({
    'webhook-id': EXAMPLE.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': SIGNATURE,
  });
});

test('without a secret there is no signature', () => {
  expect(signatureHeaders({ ...EXAMPLE, secrets: [] })).toEqual({
    'webhook-id': EXAMPLE.id,
    'webhook-timestamp': '1614265330',
  });
});

test('while a secret is replaced both old and new receivers accept', () => {
  const headers = signatureHeaders({ ...EXAMPLE, secrets: [OTHER, ...EXAMPLE.secrets] });
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  expect(headers['webhook-signature']).toContain(SIGNATURE);
  for (const secret of [OTHER, ...EXAMPLE.secrets]) {
    expect(verifySignature(headers, EXAMPLE.body, [secret], EXAMPLE.timestampS)).toBe(true);
  }
});

describe('verifySignature', () => {
  const headers = signatureHeaders(EXAMPLE);
  const now = EXAMPLE.timestampS;

  test.each<
    [name: string, changed: Record<string, string | string[] | undefined>, at: number, valid: boolean]
  >([
    ['as sent', {}, now, true],
    ['five minutes later', {}, now + 300, true],
    ['five minutes early', {}, now - 300, true],
    ['later than that', {}, now + 301, false],
    ['earlier than that', {}, now - 301, false],
    ['another id', { 'webhook-id': 'msg_other' }, now, false],
    ['another time', { 'webhook-timestamp': String(now + 1) }, now, false],
    ['a time that is none', { 'webhook-timestamp': 'now' }, now, false],
    ['no id', { 'webhook-id': undefined }, now, false],
    ['no signature', { 'webhook-signature': undefined }, now, false],
    ['an empty signature', { 'webhook-signature': '' }, now, false],
    ['a header that came twice', { 'webhook-signature': [SIGNATURE] }, now, false],
    ['a signature of another version', { 'webhook-signature': SIGNATURE.replace('v1,', 'v1a,') }, now, false],
    ['half a signature', { 'webhook-signature': SIGNATURE.slice(0, 20) }, now, false],
    ['several signatures', { 'webhook-signature': `v1a,abc v1,AAAA ${SIGNATURE}` }, now, true],
  ])('%s', (_name, changed, at, valid) => {
    expect(verifySignature({ ...headers, ...changed }, EXAMPLE.body, EXAMPLE.secrets, at)).toBe(valid);
  });

  test('another body', () => {
    expect(verifySignature(headers, `${EXAMPLE.body} `, EXAMPLE.secrets, now)).toBe(false);
  });

  test('another secret', () => {
    expect(verifySignature(headers, EXAMPLE.body, [OTHER], now)).toBe(false);
    expect(verifySignature(headers, EXAMPLE.body, [], now)).toBe(false);
  });
});

describe('checkedSecret', () => {
  test.each([
    ['a word', 'S3cr3tS3cr3tS3cr3t'],
    ['a key without its prefix', Buffer.alloc(32).toString('base64')],
    ['23 bytes', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['65 bytes', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['no base64', `whsec_${'-_'.repeat(20)}`],
    ['nothing', ''],
    ['the prefix alone', 'whsec_'],
  ])('%s is refused with what to do, and not repeated', (_name, secret) => {
    let caught: unknown;
    try {
      checkedSecret(secret, 'HOOK_SECRET');
    } catch (error) {
      caught = error;
    }
    if (!isAppError(caught, 'channels.bad-secret')) {
      throw new Error('It was not refused.');
    }
    expect(caught.explanation).toContain('HOOK_SECRET');
    expect(caught.explanation).toContain('openssl rand');
    expect(caught.explanation).not.toMatch(secret.length > 6 ? secret : /^$/);
  });

  test.each([24, 32, 64])('%i bytes are a key', (bytes) => {
    const secret = `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
    expect(checkedSecret(secret, 'HOOK_SECRET')).toBe(secret);
  });
});

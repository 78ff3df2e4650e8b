import { describe, expect, test } from '@jest/globals';
import { isSignedBySlack, slackSignature } from './slack-signature.js';

// The example of Slack's page "Verifying requests from Slack".
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TIMESTAMP = '1531420618';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
  '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
  '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d' +
  '10d2c447fce8b6703c';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const AT = Number(TIMESTAMP) * 1_000;
const genuine = { signature: SIGNATURE, timestamp: TIMESTAMP, body: BODY };

describe('the signature of Slack', () => {
  test('is that of the documented example', () => {
    expect(slackSignature(SECRET, TIMESTAMP, BODY)).toBe(SIGNATURE);
    expect(slackSignature(SECRET, TIMESTAMP, Buffer.from(BODY))).toBe(SIGNATURE);
  });

  test.each<[name: string, change: Partial<typeof genuine>, now: number, expected: boolean]>([
    ['at its own time', {}, AT, true],
    ['five minutes later', {}, AT + 300_000, true],
    ['five minutes earlier', {}, AT - 300_000, true],
    ['more than five minutes later', {}, AT + 300_001, false],
    ['more than five minutes earlier', {}, AT - 300_001, false],
    ['of another body', { body: `${BODY}&x=1` }, AT, false],
    ['of another time', { timestamp: '1531420619' }, AT, false],
    ['without a time', { timestamp: '' }, AT, false],
    ['with a time that is no number', { timestamp: '0x5b47c8ca' }, AT, false],
    ['cut', { signature: SIGNATURE.slice(0, -1) }, AT, false],
    ['of another version', { signature: SIGNATURE.replace('v0=', 'v1=') }, AT, false],
    ['in capitals', { signature: SIGNATURE.toUpperCase() }, AT, false],
    ['absent', { signature: '' }, AT, false],
  ])('%s', (_name, change, now, expected) => {
    expect(isSignedBySlack({ ...genuine, ...change }, SECRET, now)).toBe(expected);
  });

  test('fits no other secret, and never an empty one', () => {
    expect(isSignedBySlack(genuine, `${SECRET}x`, AT)).toBe(false);
    const empty = { ...genuine, signature: slackSignature('', TIMESTAMP, BODY) };
    expect(isSignedBySlack(empty, '', AT)).toBe(false);
  });
});

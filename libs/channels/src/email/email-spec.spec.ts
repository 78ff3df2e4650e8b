import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskedAddress, readAddress } from './address.js';
import { email } from './email.js';
import { emailSpec } from './email-spec.js';
import { headerName, headerText } from './header-text.js';

const SPEC = { type: 'email', host: 'smtp.example.com', from: 'alerts@example.com', to: ['ada@example.com'] };

describe('the spec of an e-mail receiver', () => {
  test('needs little, is encrypted, and is read again from JSON as it was', () => {
    const spec = emailSpec.parse(SPEC);
    expect(spec).toEqual({ ...SPEC, security: 'starttls', enabled: true });
    expect(emailSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    expect(email.secretsOf(spec)).toEqual([]);
  });

  test('names its secrets', () => {
    const spec = emailSpec.parse({ ...SPEC, userEnv: 'U', passwordFile: '/run/p', caFile: '/run/ca.pem' });
    expect(email.secretsOf(spec)).toEqual([{ env: 'U' }, { file: '/run/p' }, { file: '/run/ca.pem' }]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no recipient', { to: [] }, 'at least one'],
    ['a header in a recipient', { to: ['ada@example.com\r\nBcc: eve@evil.example'] }, 'one e-mail address'],
    ['a list in a recipient', { to: ['ada@example.com, eve@evil.example'] }, 'one e-mail address'],
    ['a group', { to: ['all: ada@example.com;'] }, 'one e-mail address'],
    ['a comment', { to: ['ada@example.com (eve@evil.example)'] }, 'one e-mail address'],
    ['a quoted local part', { from: '"ada b"@example.com' }, 'one e-mail address'],
    ['an address inside a name', { from: 'eve@evil.example <alerts@example.com>' }, 'one e-mail address'],
    ['a command in the sender', { from: 'a@b.c>\r\nRCPT TO:<eve@evil.example' }, 'one e-mail address'],
    ['a URL for a host', { host: 'smtp://smtp.example.com' }, 'name or address of a mail server'],
    ['a port for nothing', { port: 70_000 }, 'must be a port'],
    ['other security', { security: 'ssl' }, 'starttls, tls or none'],
    ['a user without a password', { userEnv: 'U' }, 'together with a password'],
    ['two passwords', { userEnv: 'U', passwordEnv: 'P', passwordFile: 'p' }, 'at most one'],
    ['a password itself', { userEnv: 'U', passwordEnv: 'S3cr3t!' }, 'not the secret itself'],
    ['an unknown key', { raw: 'x' }, 'raw'],
  ])('%s is refused', (_name, change, says) => {
    const { error } = emailSpec.safeParse({ ...SPEC, ...change });
    expect(JSON.stringify(error?.issues)).toContain(says);
    expect(JSON.stringify(error?.issues)).not.toContain('S3cr3t!');
  });
});

test.each([
  ['ada@example.com', { name: '', address: 'ada@example.com' }],
  [' Ada L. <ada+x@example.com> ', { name: 'Ada L.', address: 'ada+x@example.com' }],
  ['"Ada L." <ada@example.com>', { name: 'Ada L.', address: 'ada@example.com' }],
  ['Ada Łukasz <ada@mail>', { name: 'Ada Łukasz', address: 'ada@mail' }],
  ['', null],
  ['ada', null],
  ['@example.com', null],
  ['ada@-example.com', null],
  [`${'a'.repeat(65)}@example.com`, null],
])('the address %j is %j', (text, expected) => {
  expect(readAddress(text)).toEqual(expected);
});

test('a masked address says which one it is to those who know it', () => {
  expect(maskedAddress('ada.lovelace@example.com')).toBe('a…@example.com');
  expect(maskedAddress(`a@${'x.'.repeat(100)}com`)).toHaveLength(60);
});

test('header text is one short line that nothing decodes, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const line = headerText(text);
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]|=\?|\?=/);
      expect(line.length).toBeLessThanOrEqual(200);
      expect(headerName(text)).toMatch(/^[A-Za-z0-9-]{1,63}$/);
    }),
    { seed: 20_261_128 },
  );
});

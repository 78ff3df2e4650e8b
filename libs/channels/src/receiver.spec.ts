import { describe, expect, test } from '@jest/globals';
import { AppError, isAppError } from '@tidewatch/core';
import { notification } from '../../../test/channels/notification.js';
import type { ChannelOptions } from './channel.js';
import { createOutboundClient } from './outbound/create-outbound-client.js';
import {
  channels,
  openChannel,
  openDestination,
  receiverSchema,
  receiverTraits,
  secretReferences,
  type Receiver,
} from './receiver.js';

const document = (spec: unknown, metadata: unknown = { name: 'sre-pager', owner: 'sre' }): unknown => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'Receiver',
  metadata,
  spec,
});
const receiverOf = (spec: unknown): Receiver => receiverSchema.parse(document(spec));
const options: ChannelOptions = { outbound: createOutboundClient({ privateDestinations: [] }) };

describe('receiverSchema', () => {
  const pagerduty = { type: 'pagerduty', enabled: true };
  const webhook = { type: 'webhook', enabled: true, format: 'tidewatch' };

  test.each<[spec: Record<string, unknown>, expected: Record<string, unknown>, references: unknown[]]>([
    [
      { type: 'pagerduty', routingKeyEnv: 'KEY' },
      { ...pagerduty, routingKeyEnv: 'KEY', url: 'https://events.pagerduty.com/v2/enqueue' },
      [{ env: 'KEY' }],
    ],
    [
      { type: 'pagerduty', routingKeyFile: '/run/key', url: 'https://events.eu.pagerduty.com/v2/enqueue' },
      { ...pagerduty, routingKeyFile: '/run/key', url: 'https://events.eu.pagerduty.com/v2/enqueue' },
      [{ file: '/run/key' }],
    ],
    [
      { type: 'pagerduty', routingKeyEnv: 'KEY', enabled: false, fallback: 'boss' },
      {
        ...pagerduty,
        routingKeyEnv: 'KEY',
        url: 'https://events.pagerduty.com/v2/enqueue',
        enabled: false,
        fallback: 'boss',
      },
      [{ env: 'KEY' }],
    ],
    [
      { type: 'webhook', url: 'http://127.0.0.1:9000/hook' },
      { ...webhook, url: 'http://127.0.0.1:9000/hook' },
      [],
    ],
    [
      {
        type: 'webhook',
        urlFile: '/run/hook',
        format: 'alertmanager',
        secretEnv: 'NEW',
        previousSecretFile: '/run/old',
      },
      {
        ...webhook,
        urlFile: '/run/hook',
        format: 'alertmanager',
        secretEnv: 'NEW',
        previousSecretFile: '/run/old',
      },
      [{ file: '/run/hook' }, { env: 'NEW' }, { file: '/run/old' }],
    ],
  ])('%j is read', (spec, expected, references) => {
    const receiver = receiverOf(spec);
    expect(receiver).toEqual({ name: 'sre-pager', owner: 'sre', spec: expected });
    expect(secretReferences(receiver)).toEqual(references);
  });

  const example = 'https://example.com';
  test.each<[name: string, spec: Record<string, unknown>, path: string, message: RegExp]>([
    ['an unknown type', { type: 'pager' }, 'spec.type', /pagerduty, slack, teams, webhook/],
    ['no type', {}, 'spec.type', /pagerduty, slack, teams, webhook/],
    ['no key', { type: 'pagerduty' }, 'spec', /exactly one of routingKeyEnv, routingKeyFile/],
    ['two addresses', { type: 'webhook', url: example, urlFile: '/b' }, 'spec', /exactly one of url, urlEnv/],
    ['a key of another type', { type: 'webhook', url: example, routingKeyEnv: 'B' }, 'spec', /routingKeyEnv/],
    [
      'two secrets',
      { type: 'webhook', url: example, secretEnv: 'A', secretFile: '/b' },
      'spec',
      /at most one/,
    ],
    [
      'two secrets of before',
      { type: 'webhook', url: example, secretEnv: 'A', previousSecretEnv: 'B', previousSecretFile: '/c' },
      'spec',
      /at most one of previousSecretEnv/,
    ],
    [
      'a secret of before alone',
      { type: 'webhook', url: example, previousSecretEnv: 'A' },
      'spec',
      /secretEnv or/,
    ],
    ['an unknown format', { type: 'webhook', url: example, format: 'xml' }, 'spec.format', /tidewatch or/],
    ['enabled as text', { type: 'webhook', url: example, enabled: 'no' }, 'spec.enabled', /true or false/],
    ['a fallback without name', { type: 'webhook', url: example, fallback: '' }, 'spec.fallback', /./],
    [
      'a secret in place of its variable',
      { type: 'webhook', urlEnv: 'https://hooks.example.com/S3cr3t' },
      'spec.urlEnv',
      /not the secret itself/,
    ],
    [
      'a secret in place of its file',
      { type: 'webhook', urlFile: 'https://hooks.example.com/S3cr3t' },
      'spec.urlFile',
      /not the secret itself/,
    ],
    ['a password in an address', { type: 'webhook', url: 'https://u:S3cr3t@e.com' }, 'spec.url', /password/],
    ['an address that is none', { type: 'webhook', url: 'example' }, 'spec.url', /must be a URL/],
    ['a file address', { type: 'webhook', url: 'file:///etc/passwd' }, 'spec.url', /https:\/\/ or http:\/\//],
    ...[
      'http://169.254.169.254/latest',
      'http://169.254.169.254./latest',
      'http://0xa9fea9fe/latest',
      'http://[::ffff:169.254.169.254]/',
      'http://[fe80::1]/',
      'http://[fd00:ec2::254]/',
      'http://metadata.google.internal/',
    ].map((url): [string, Record<string, unknown>, string, RegExp] => [
      `the metadata address ${url}`,
      { type: 'webhook', url },
      'spec.url',
      /link-local/,
    ]),
  ])('%s is refused where it stands, without repeating the value', (_name, spec, path, message) => {
    const issues = receiverSchema.safeParse(document(spec)).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
    expect(issues.map((issue) => issue.message).join()).toMatch(message);
    expect(JSON.stringify(issues)).not.toContain('S3cr3t');
  });

  test('a name that could break an intent id is refused', () => {
    expect(
      receiverSchema.safeParse(document({ type: 'webhook', url: example }, { name: 'a:b' })).success,
    ).toBe(false);
  });
});

describe('receiverTraits', () => {
  const spec = { type: 'pagerduty', routingKeyEnv: 'KEY' };

  test('are what the planner has to know', () => {
    expect(receiverTraits(receiverOf({ ...spec, enabled: false, fallback: 'boss' }))).toEqual({
      name: 'sre-pager',
      owner: 'sre',
      enabled: false,
      updates: true,
      acknowledges: true,
      destination:
        '{"type":"pagerduty","routingKeyEnv":"KEY","url":"https://events.pagerduty.com/v2/enqueue"}',
      fallback: 'boss',
    });
  });

  test('who is told instead, and whether it is disabled, does not change where it leads', () => {
    const { destination } = receiverTraits(receiverOf(spec));
    expect(receiverTraits(receiverOf({ ...spec, enabled: false, fallback: 'boss' })).destination).toBe(
      destination,
    );
    expect(receiverTraits(receiverOf({ ...spec, routingKeyEnv: 'OTHER' })).destination).not.toBe(destination);
  });
});

describe('openChannel', () => {
  const hook = receiverOf({ type: 'webhook', urlEnv: 'HOOK_URL' });

  test('a missing secret is reported by its reader', () => {
    const missing = (): string => {
      throw new AppError({ code: 'config.secret-missing', message: 'HOOK_URL is not set.' });
    };
    expect(caughtFrom(() => openChannel(hook, missing, options)).code).toBe('config.secret-missing');
  });

  test.each(['not an address S3cr3t', 'ftp://hooks.example.com/S3cr3t', 'http://169.254.169.254/S3cr3t'])(
    'the secret %j is no address, and the error does not repeat it',
    (secret) => {
      const caught = caughtFrom(() => openChannel(hook, () => secret, options));
      expect(caught.code).toBe('channels.bad-address');
      expect(caught.explanation).toContain('HOOK_URL');
      expect(caught.explanation).not.toContain('S3cr3t');
    },
  );

  test('the same destination has the same name whoever leads there, and another one another', () => {
    const open = (spec: unknown, secret: string): string =>
      openChannel(receiverOf(spec), () => secret, options).destination;
    const [a, b] = ['https://hooks.example.com/a', 'https://hooks.example.com/b'] as const;
    expect(open({ type: 'webhook', urlEnv: 'A' }, a)).toBe(open({ type: 'webhook', url: a }, ''));
    expect(open({ type: 'webhook', urlEnv: 'A' }, a)).not.toBe(open({ type: 'webhook', urlEnv: 'A' }, b));
  });

  test('what a channel cannot do is absent', () => {
    const channel = openChannel(hook, () => 'https://hooks.example.com/a', options);
    expect(channel).not.toHaveProperty('announce');
    expect(channel).not.toHaveProperty('report');
    expect(channel).not.toHaveProperty('close');
  });

  test('a message that cannot be made is rejected and not thrown', async () => {
    const channel = openChannel(hook, () => 'https://hooks.example.com/S3cr3tS3cr3t', options);
    const broken = { ...notification(), incident: null as never };
    expect(await channel.deliver(broken)).toMatchObject({ outcome: 'rejected', httpStatus: 0 });
  });

  test('types have different names', () => {
    const types = channels.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
  });
});

describe('openDestination', () => {
  test('opens what was stored', () => {
    const receiver = receiverOf({ type: 'webhook', urlEnv: 'HOOK_URL' });
    const { destination } = receiverTraits(receiver);
    const secret = (): string => 'https://hooks.example.com/a';
    expect(openDestination(destination, secret, options).destination).toBe(
      openChannel(receiver, secret, options).destination,
    );
  });

  test.each(['', 'no JSON', '{}', '{"type":"fax"}', 'null'])('%j cannot be opened', (destination) => {
    const caught = caughtFrom(() => openDestination(destination, () => '', options));
    expect(caught).toMatchObject({ code: 'channels.bad-destination', retryable: false });
  });
});

function caughtFrom(call: () => unknown): AppError {
  try {
    call();
  } catch (error) {
    if (isAppError(error)) {
      return error;
    }
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

import { describe, expect, test } from '@jest/globals';
import { AppError, isAppError } from '@tidewatch/core';
import { trigger } from '../fixtures/notifications.js';
import { channels, openChannel, receiverSchema, secretReferences, type Receiver } from './receiver.js';

const document = (spec: unknown, metadata: unknown = { name: 'sre-pager', owner: 'sre' }): unknown => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'Receiver',
  metadata,
  spec,
});

describe('receiverSchema', () => {
  test.each<[spec: Record<string, unknown>, expected: Record<string, unknown>, references: unknown[]]>([
    [
      { type: 'pagerduty', routingKeyEnv: 'PAGER_KEY' },
      { type: 'pagerduty', routingKeyEnv: 'PAGER_KEY', url: 'https://events.pagerduty.com/v2/enqueue' },
      [{ env: 'PAGER_KEY' }],
    ],
    [
      {
        type: 'pagerduty',
        routingKeyFile: '/run/secrets/pager',
        url: 'https://events.eu.pagerduty.com/v2/enqueue',
      },
      {
        type: 'pagerduty',
        routingKeyFile: '/run/secrets/pager',
        url: 'https://events.eu.pagerduty.com/v2/enqueue',
      },
      [{ file: '/run/secrets/pager' }],
    ],
    [{ type: 'slack', urlEnv: 'SLACK_URL' }, { type: 'slack', urlEnv: 'SLACK_URL' }, [{ env: 'SLACK_URL' }]],
    [
      { type: 'webhook', url: 'http://127.0.0.1:9000/hook' },
      { type: 'webhook', url: 'http://127.0.0.1:9000/hook' },
      [],
    ],
    [
      { type: 'webhook', urlFile: '/run/hook' },
      { type: 'webhook', urlFile: '/run/hook' },
      [{ file: '/run/hook' }],
    ],
  ])('%j is read', (spec, expected, references) => {
    const receiver = receiverSchema.parse(document(spec));
    expect(receiver).toEqual({ name: 'sre-pager', owner: 'sre', spec: expected });
    expect(secretReferences(receiver)).toEqual(references);
  });

  test.each<[name: string, spec: unknown, path: string, message: RegExp]>([
    ['an unknown type', { type: 'pager' }, 'spec.type', /pagerduty, slack, webhook/],
    ['no type', {}, 'spec.type', /pagerduty, slack, webhook/],
    ['no key', { type: 'pagerduty' }, 'spec', /exactly one of routingKeyEnv, routingKeyFile/],
    ['two sources', { type: 'slack', urlEnv: 'A', urlFile: '/b' }, 'spec', /exactly one of urlEnv, urlFile/],
    ['a key of another type', { type: 'slack', urlEnv: 'A', routingKeyEnv: 'B' }, 'spec', /routingKeyEnv/],
    [
      'a secret written into the rule',
      { type: 'slack', url: 'https://hooks.slack.com/services/a' },
      'spec',
      /url/,
    ],
    [
      'a secret in place of its variable',
      { type: 'slack', urlEnv: 'https://hooks.slack.com/services/a' },
      'spec.urlEnv',
      /not the secret itself/,
    ],
    [
      'a secret in place of its file',
      { type: 'slack', urlFile: 'https://hooks.slack.com/services/a' },
      'spec.urlFile',
      /not the secret itself/,
    ],
    [
      'a password in an address',
      { type: 'webhook', url: 'https://user:pass@example.com' },
      'spec.url',
      /user name or password/,
    ],
    ['an address that is none', { type: 'webhook', url: 'example' }, 'spec.url', /must be a URL/],
    ['a file address', { type: 'webhook', url: 'file:///etc/passwd' }, 'spec.url', /https:\/\/ or http:\/\//],
    [
      'a metadata address',
      { type: 'webhook', url: 'http://169.254.169.254/latest' },
      'spec.url',
      /link-local/,
    ],
    [
      'a metadata address in disguise',
      { type: 'webhook', url: 'http://0xa9fea9fe/latest' },
      'spec.url',
      /link-local/,
    ],
    [
      'a mapped metadata address',
      { type: 'webhook', url: 'http://[::ffff:169.254.169.254]/' },
      'spec.url',
      /link-local/,
    ],
  ])('%s is refused where it stands, without repeating the value', (_name, spec, path, message) => {
    const issues = receiverSchema.safeParse(document(spec)).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
    expect(issues.map((issue) => issue.message).join()).toMatch(message);
    expect(JSON.stringify(issues)).not.toMatch(/hooks\.slack\.com|user:pass/);
  });

  test('a name that could break an intent id is refused', () => {
    const spec = { type: 'webhook', url: 'https://example.com' };
    expect(receiverSchema.safeParse(document(spec, { name: 'a:b' })).success).toBe(false);
  });
});

describe('openChannel', () => {
  const slackReceiver: Receiver = { name: 'a', owner: '', spec: { type: 'slack', urlEnv: 'SLACK_URL' } };

  test('a missing secret is reported by its reader', () => {
    const missing = (): string => {
      throw new AppError({ code: 'config.secret-missing', message: 'SLACK_URL is not set.' });
    };
    expect(codeOf(() => openChannel(slackReceiver, missing))).toBe('config.secret-missing');
  });

  test.each(['not an address S3cr3t', 'ftp://hooks.example.com/S3cr3t', 'http://169.254.169.254/S3cr3t'])(
    'the secret %j is no address, and the error does not repeat it',
    (secret) => {
      let caught: unknown;
      try {
        openChannel(slackReceiver, () => secret);
      } catch (error) {
        caught = error;
      }
      expect(isAppError(caught, 'channels.bad-address')).toBe(true);
      expect((caught as AppError).explanation).toContain('SLACK_URL');
      expect((caught as AppError).explanation).not.toContain('S3cr3t');
    },
  );

  test('each type opens a channel of its type', () => {
    const specs: Receiver['spec'][] = [
      { type: 'pagerduty', routingKeyEnv: 'KEY', url: 'https://events.pagerduty.com/v2/enqueue' },
      { type: 'slack', urlEnv: 'URL' },
      { type: 'webhook', url: 'https://example.com' },
    ];
    const opened = specs.map(
      (spec) => openChannel({ name: 'a', owner: '', spec }, () => 'https://example.com/a').type,
    );
    expect(opened).toEqual(channels.map(({ type }) => type));
  });

  test('a message that cannot be made is rejected and not thrown', async () => {
    const channel = openChannel(slackReceiver, () => 'https://hooks.example.com/S3cr3tS3cr3t');
    const broken = { ...trigger(), incident: null as never };
    expect(await channel.deliver(broken)).toMatchObject({ outcome: 'rejected', httpStatus: 0 });
  });
});

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : undefined;
  }
}

import { afterEach, describe, expect, test } from '@jest/globals';
import type { Channel } from '../../libs/channels/src/channel.js';
import { createOutboundClient } from '../../libs/channels/src/outbound/create-outbound-client.js';
import {
  openChannel,
  receiverSchema,
  receiverTraits,
  secretReferences,
} from '../../libs/channels/src/receiver.js';
import { benchReceiver, type HttpBench } from './http-bench.js';
import { acknowledgeOf, notification, resolveOf } from './notification.js';
import { startSlackWebhook } from './slack-webhook.bench.js';

const problemsOf = (spec: Record<string, unknown>): string[] => {
  const parsed = receiverSchema.safeParse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Receiver',
    metadata: { name: 'chat' },
    spec: { type: 'slack', ...spec },
  });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.slice(1).join('.')} ${message}`.trim());
};

describe('the spec of a Slack receiver', () => {
  test.each<[name: string, spec: Record<string, unknown>, problems: unknown[]]>([
    ['a webhook', { urlEnv: 'SLACK_URL' }, []],
    ['a webhook from a file', { urlFile: '/run/secrets/slack', enabled: false, fallback: 'mail' }, []],
    ['a bot', { tokenEnv: 'SLACK_TOKEN', channel: 'C0123456789' }, []],
    [
      'a bot with buttons and a stand-in',
      {
        tokenFile: '/run/secrets/token',
        channel: 'G0123456789',
        signingSecretEnv: 'SLACK_SIGNING_SECRET',
        api: 'http://127.0.0.1:9000/api',
      },
      [],
    ],
    [
      'nothing',
      {},
      ['must have urlEnv or urlFile for an incoming webhook, or tokenEnv or tokenFile and channel for a bot'],
    ],
    [
      'both',
      { urlEnv: 'A', tokenEnv: 'B', channel: 'C0123456789' },
      ['must be an incoming webhook (urlEnv, urlFile) or a bot (tokenEnv, tokenFile), not both'],
    ],
    ['two addresses', { urlEnv: 'A', urlFile: 'b' }, ['must have exactly one of urlEnv, urlFile']],
    [
      'two tokens',
      { tokenEnv: 'A', tokenFile: 'b', channel: 'C0123456789' },
      ['must have exactly one of tokenEnv, tokenFile'],
    ],
    [
      'two signing secrets',
      { tokenEnv: 'A', channel: 'C0123456789', signingSecretEnv: 'B', signingSecretFile: 'c' },
      ['must have at most one of signingSecretEnv, signingSecretFile'],
    ],
    [
      'a bot without a channel',
      { tokenEnv: 'A' },
      ['channel must be the id of the channel in which the bot posts, such as C0123456789'],
    ],
    [
      'the name of a channel',
      { tokenEnv: 'A', channel: '#alerts' },
      [
        'channel must be the id of a channel such as C0123456789 (shown at the end of its details), not its name',
      ],
    ],
    [
      'what belongs to a bot at a webhook',
      { urlEnv: 'A', channel: 'C0123456789', signingSecretEnv: 'B' },
      [
        'channel belongs to a bot (tokenEnv or tokenFile); an incoming webhook has no use for it',
        'signingSecretEnv belongs to a bot (tokenEnv or tokenFile); an incoming webhook has no use for it',
      ],
    ],
    [
      'a token instead of its name',
      { tokenEnv: 'xoxb-1-2-3', channel: 'C0123456789' },
      ['tokenEnv must be the name of an environment variable, not the secret itself'],
    ],
    [
      'an address that is none',
      { tokenEnv: 'A', channel: 'C0123456789', api: 'slack.com' },
      [expect.stringMatching(/^api must be a URL/)],
    ],
    ['an unknown key', { urlEnv: 'A', colour: 'red' }, [expect.stringContaining('colour')]],
  ])('%s', (_name, spec, problems) => {
    expect(problemsOf(spec)).toEqual(problems);
  });

  test('names its secrets, and can be changed only by a bot', () => {
    const bot = benchReceiver({
      type: 'slack',
      tokenEnv: 'TOKEN',
      channel: 'C0123456789',
      signingSecretFile: '/run/secrets/signing',
    });
    const webhook = benchReceiver({ type: 'slack', urlEnv: 'URL' });
    expect(secretReferences(bot)).toEqual([{ env: 'TOKEN' }, { file: '/run/secrets/signing' }]);
    expect(secretReferences(webhook)).toEqual([{ env: 'URL' }]);
    expect([bot, webhook].map((each) => receiverTraits(each).updates)).toEqual([true, false]);
  });

  test('bots share a limit only where they share a channel', () => {
    const outbound = createOutboundClient({ privateDestinations: [] });
    const destination = (channel: string, token: string): string =>
      openChannel(benchReceiver({ type: 'slack', tokenEnv: 'TOKEN', channel }), () => token, { outbound })
        .destination;
    const all = [
      destination('C0123456789', 'xoxb-a'),
      destination('C0123456780', 'xoxb-a'),
      destination('C0123456789', 'xoxb-b'),
    ];
    outbound.close();
    expect(new Set(all).size).toBe(3);
    expect(all.join()).not.toMatch(/xoxb|C0123/);
  });
});

describe('an incoming webhook', () => {
  const running: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
  });

  async function start(): Promise<{ bench: HttpBench; channel: Channel }> {
    const bench = await startSlackWebhook();
    const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
    running.push(bench, outbound);
    return {
      bench,
      channel: openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', { outbound }),
    };
  }

  test('hears of openings, escalations and ends, and of nothing else', async () => {
    const { bench, channel } = await start();
    const first = notification();
    await channel.deliver(first);
    await channel.deliver(notification({ intent: { reason: 'escalated' } }));
    expect(await channel.deliver(acknowledgeOf(first, null))).toEqual({
      outcome: 'delivered',
      httpStatus: 0,
    });
    await channel.deliver(resolveOf(first, null));
    expect(bench.objects().map(({ state }) => state)).toEqual(['open', 'open', 'closed']);
    expect(JSON.stringify(bench.events())).not.toContain('tidewatch_acknowledge');
    expect(bench.problems()).toEqual([]);
  });

  test.each([
    [
      400,
      'invalid_payload',
      'rejected',
      'Slack refused the message (400): invalid_payload. This is a fault of Tidewatch',
    ],
    [
      403,
      'action_prohibited',
      'rejected',
      'Slack refused the message (403): action_prohibited. Ask an administrator',
    ],
    [404, 'no_service', 'rejected', 'Slack refused the message (404): no_service. The webhook was removed'],
    [
      410,
      'channel_is_archived',
      'rejected',
      'Slack refused the message (410): channel_is_archived. The channel is archived',
    ],
    [500, 'rollup_error', 'retry', 'Slack could not take the message (500): rollup_error.'],
    [200, '<html>Sign in</html>', 'retry', 'Slack gave an answer that does not confirm the message (200).'],
    [400, 'Long text with https://hooks.slack.com/a', 'rejected', 'Slack refused the message (400).'],
  ])('%i %s is %s', async (status, body, outcome, reason) => {
    const { bench, channel } = await start();
    bench.fail({ status, body });
    const result = await channel.deliver(notification());
    expect(result).toMatchObject({ outcome, httpStatus: status, reason: expect.stringContaining(reason) });
  });
});

import { describe, expect, test } from '@jest/globals';
import { describeChannelContract } from '../../fixtures/channel-contract.js';
import { CONSOLE_URL, everywhere, resolve, RUNBOOK, START, trigger } from '../../fixtures/notifications.js';
import { answering, startRecordingServer } from '../../fixtures/recording-server.js';
import { webhookBody } from './body.js';
import { webhook } from './webhook.js';

const PATH = '/hooks/S3cr3tS3cr3tS3cr3t';

const open = (origin: string, options = {}) =>
  webhook.open(
    { type: 'webhook', urlFile: '/run/secrets/hook' },
    () => `${origin}${PATH}?token=T0k3nT0k3n`,
    options,
  );

describeChannelContract({
  type: 'webhook',
  open,
  secrets: [PATH, 'T0k3nT0k3n'],
  success: { status: 200, body: '{}' },
  endlessSuccess: 'delivered',
  identityOf: (request) => (JSON.parse(request.body) as { dedupKey: string }).dedupKey,
});

describe('a webhook', () => {
  test('body and links are the documented ones', () => {
    const notification = trigger();
    expect(webhookBody(notification)).toEqual({
      version: '1',
      action: 'trigger',
      severity: 'page',
      dedupKey: notification.intent.dedupKey,
      incident: {
        id: notification.incident.id,
        generation: 1,
        sequence: 1,
        status: 'open',
        severity: 'page',
        summary: expect.stringContaining('20.1 times too fast'),
        project: 'default',
        service: 'ranker-api',
        region: 'eu-1',
        model: 'ranker',
        deploymentId: 'd-81',
        openedAt: '2026-11-22T10:00:00.000Z',
        updatedAt: '2026-11-22T10:00:00.000Z',
        resolvedAt: null,
        members: [
          {
            name: 'SLO/availability/page-fast',
            severity: 'page',
            summary: expect.stringContaining('20.1 times too fast'),
            facts: {
              'burn over 1h': '16.2',
              'burn over 5m': '20.1',
              'bad events': '612',
              'all events': '30,401',
              'budget left': '63 %',
            },
          },
        ],
        membersLeftOut: 0,
      },
      links: { runbook: RUNBOOK, console: CONSOLE_URL },
    });
  });

  test('a resolve has the end of the incident', () => {
    expect(webhookBody(resolve())).toMatchObject({
      action: 'resolve',
      incident: { status: 'resolved', sequence: 2, resolvedAt: '2026-11-22T10:00:01.000Z' },
    });
  });

  test('the id stays through attempts, the timestamp is that of the attempt', async () => {
    const server = await startRecordingServer();
    const channel = open(server.origin);
    const first = trigger();
    await channel.deliver(first);
    await channel.deliver({ ...first, attemptAt: first.attemptAt + 61_500 });
    await server.close();
    expect(
      server.requests.map((request) => [request.headers['webhook-id'], request.headers['webhook-timestamp']]),
    ).toEqual([
      [first.intent.id, String(START / 1_000 + 720)],
      [first.intent.id, String(START / 1_000 + 781)],
    ]);
    expect(server.requests[0]?.path).toBe(`${PATH}?token=T0k3nT0k3n`);
  });

  test.each(['a', '"', 'ж', '漢', '🔥'])(
    '%s, very many times and everywhere, makes a body of at most 20 KB',
    (character) => {
      const body = webhookBody(everywhere(character.repeat(3_000)));
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(20_000);
      expect(body.incident.members.length + body.incident.membersLeftOut).toBe(15);
    },
  );

  test.each([200, 201, 202, 204])('%i confirms', async (status) => {
    const server = await startRecordingServer();
    server.answer = answering(status);
    const result = await open(server.origin).deliver(trigger());
    await server.close();
    expect(result).toEqual({ outcome: 'delivered', httpStatus: status });
  });
});

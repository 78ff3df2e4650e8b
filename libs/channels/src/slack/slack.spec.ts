import { describe, expect, test } from '@jest/globals';
import { describeChannelContract } from '../../fixtures/channel-contract.js';
import { CONSOLE_URL, everywhere, resolve, trigger } from '../../fixtures/notifications.js';
import { answering, startRecordingServer } from '../../fixtures/recording-server.js';
import { slackMessage, type SlackMessage } from './blocks.js';
import { slack } from './slack.js';

const PATH = '/services/T0000TEAM/B000CHANNEL/S3cr3tS3cr3tS3cr3tS3cr3t';

const open = (origin: string, options = {}) =>
  slack.open({ type: 'slack', urlEnv: 'SLACK_URL' }, () => `${origin}${PATH}`, options);

describeChannelContract({
  type: 'slack',
  open,
  secrets: [PATH, 'T0000TEAM', 'B000CHANNEL', 'S3cr3tS3cr3tS3cr3tS3cr3t'],
  success: { status: 200, body: 'ok' },
  endlessSuccess: 'retry',
  identityOf: (request) => /Incident ([0-9a-f]{12})\./.exec(request.body)?.[1] ?? '',
});

/** Every text of a message, with the limit that Slack sets for its place. */
function textsOf(message: SlackMessage): { text: string; limit: number }[] {
  return [
    { text: message.text, limit: 40_000 },
    ...message.blocks.flatMap((block) => {
      switch (block.type) {
        case 'header':
          return [{ text: block.text.text, limit: 150 }];
        case 'section':
          return 'fields' in block
            ? block.fields.map(({ text }) => ({ text, limit: 2_000 }))
            : [{ text: block.text.text, limit: 3_000 }];
        case 'context':
          return block.elements.map(({ text }) => ({ text, limit: 3_000 }));
      }
    }),
  ];
}

describe('a Slack message', () => {
  test('says what burns, how fast, and what to do first', () => {
    const { text, blocks } = slackMessage(trigger());
    expect(text).toMatch(/^PAGE ranker-api, eu-1, model ranker: availability burns its 30d budget/);
    expect(blocks.map((block) => block.type)).toEqual(['header', 'section', 'section', 'section', 'context']);
    const [header, summary, facts, action, context] = textsByBlock({ text, blocks } as SlackMessage);
    expect(header).toEqual(['PAGE ranker-api, eu-1, model ranker']);
    expect(summary).toEqual([
      expect.stringContaining('20.1 times too fast (1h 16.2, 5m 20.1, page at 14.4); 63 % is left'),
    ]);
    expect(facts).toContain('*bad events*\n612');
    expect(action).toEqual([
      '*First:* follow the <https://runbooks.example.com/availability?tier=fast&amp;team=sre|runbook>. ' +
        `See the <${CONSOLE_URL}|incident in Tidewatch>.`,
    ]);
    expect(context).toEqual([
      expect.stringMatching(
        /^Open since 2026-11-22 10:00:00 UTC \(12m\)\. Deployment at opening: d-81\. Incident [0-9a-f]{12}\.$/,
      ),
    ]);
  });

  test('a resolve says from when to when', () => {
    const message = slackMessage(resolve());
    expect(message.text).toMatch(/^RESOLVED ranker-api/);
    expect(JSON.stringify(message.blocks)).toContain(
      'Open from 2026-11-22 10:00:00 UTC to 2026-11-22 10:00:01 UTC (1s).',
    );
  });

  test('other members are listed below the leading one', () => {
    const message = slackMessage(
      trigger(
        {},
        {
          tier: 'ticket-slow',
          member: 'SLO/availability/ticket-slow',
          severity: 'ticket',
          summary: 'slow burn 3.2',
        },
      ),
    );
    expect(JSON.stringify(message.blocks)).toContain(
      '• [ticket] SLO/availability/ticket-slow: slow burn 3.2',
    );
  });

  test.each([
    ['nothing', ''],
    ['long text', 'a'.repeat(5_000)],
    ['text that grows when escaped', '<&>'.repeat(2_000)],
    ['emoji', '🔥'.repeat(3_000)],
    ['right-to-left text', 'שלום '.repeat(1_000)],
  ])('%s everywhere stays within the limits of Block Kit', (_name, text) => {
    const message = slackMessage(everywhere(text));
    const texts = textsOf(message);
    for (const part of texts) {
      expect(part.text.length).toBeLessThanOrEqual(part.limit);
      expect(part.text.length).toBeGreaterThan(0);
      expect(part.text).not.toMatch(/&(?!amp;|lt;|gt;)|\p{Surrogate}/u);
    }
    expect(message.blocks.length).toBeLessThanOrEqual(50);
    const inBlocks = texts.slice(1).reduce((sum, part) => sum + part.text.length, 0);
    expect(inBlocks).toBeLessThanOrEqual(12_000);
    expect(message.blocks.every((block) => !('fields' in block) || block.fields.length <= 10)).toBe(true);
  });

  test.each(['<!channel>', '<@U012345>', '<https://evil.example.com|login>', 'a & b < c'])(
    '%s is shown and not obeyed',
    (text) => {
      for (const part of textsOf(slackMessage(everywhere(text, 2)))) {
        expect(
          part.text.replace(/<https:\/\/(tidewatch|runbooks)\.example\.com[^|<>]*\|[a-zA-Z ]+>/g, ''),
        ).not.toMatch(/[<>]/);
      }
    },
  );

  test('a runbook address cannot break out of its link', () => {
    const message = slackMessage(trigger({ runbook: 'https://runbooks.example.com/a|b>c<!channel>' }));
    expect(JSON.stringify(message.blocks)).not.toContain('<!channel>');
  });

  test('control characters and text reordering are taken out', () => {
    const message = slackMessage(trigger({ summary: 'a\u0000b\u001bc\u202ed' }));
    expect(JSON.stringify(message)).toContain('a b cd');
  });
});

describe('what Slack answers', () => {
  test.each([
    [400, 'invalid_payload', 'rejected', 'Slack refused the message (400): invalid_payload.'],
    [403, 'action_prohibited', 'rejected', 'Slack refused the message (403): action_prohibited.'],
    [410, 'channel_is_archived', 'rejected', 'Slack refused the message (410): channel_is_archived.'],
    [500, 'rollup_error', 'retry', 'Slack could not take the message (500): rollup_error.'],
    [200, '<html>Sign in</html>', 'retry', 'Slack gave an answer that does not confirm the message (200).'],
  ])('%i %s is %s', async (status, body, outcome, reason) => {
    const server = await startRecordingServer();
    server.answer = answering(status, body);
    const result = await open(server.origin).deliver(trigger());
    await server.close();
    expect(result).toMatchObject({ outcome, httpStatus: status, reason });
  });
});

function textsByBlock(message: SlackMessage): string[][] {
  return message.blocks.map((block) =>
    block.type === 'context'
      ? block.elements.map(({ text }) => text)
      : 'fields' in block
        ? block.fields.map(({ text }) => text)
        : [block.text.text],
  );
}

import { describe, expect, test } from '@jest/globals';
import type { IntentReason } from '@tidewatch/alerts';
import { carelessTexts, lengthProblem, textsIn } from '../../examples/stand-ins/src/slack-blocks.js';
import { escaped, link, MOST_BLOCK_TEXT, textLength } from '../../libs/channels/src/slack/block-kit.js';
import { slackMessage } from '../../libs/channels/src/slack/blocks.js';
import { isBroadcast, threadLine } from '../../libs/channels/src/slack/thread-line.js';
import {
  acknowledgeOf,
  everywhere,
  incidentNumber,
  member,
  notification,
  resolveOf,
  START,
  updateOf,
} from './notification.js';

const first = notification();
const types = (message: ReturnType<typeof slackMessage>): string[] => message.blocks.map(({ type }) => type);

describe('a Slack message', () => {
  test('says what is wrong, in numbers, what to do first and where to look', () => {
    const message = slackMessage(first);
    expect(message.text).toBe(
      'PAGE ranker-api, eu-1, model ranker: availability burns its 30d budget 20.1 times too fast (1h 16.2, 5m 20.1, ' +
        'page at 14.4); 63 % is left',
    );
    expect(message).toMatchObject({ unfurl_links: false, unfurl_media: false });
    expect(message.blocks.map((block) => textsIn(block))).toEqual([
      ['PAGE ranker-api, eu-1, model ranker'],
      [
        'availability burns its 30d budget 20.1 times too fast (1h 16.2, 5m 20.1, page at 14.4); 63 % is left',
      ],
      ['*burn over 1h*\n16.2', '*burn over 5m*\n20.1', '*bad events*\n612', '*budget left*\n63 %'],
      [
        '*First:* Roll ranker back to 1.4.1. Runbook: ' +
          '<https://runbooks.example.com/availability?tier=fast&amp;team=sre>\n' +
          '<https://tidewatch.example.com/incidents/1|Incident in Tidewatch> · ' +
          '<https://grafana.example.com/d/tidewatch?var-service=ranker-api|Grafana> · ' +
          '<https://tidewatch.example.com/traces?service=ranker-api|Traces>',
      ],
      [
        'Open since 2026-11-22 10:00:00 UTC (12m).',
        'Service ranker-api · Region eu-1 · Model ranker · Deployment d-81 · Owner sre',
        expect.stringMatching(/^Incident [0-9a-f]{12}$/),
      ],
    ]);
  });

  test('tells of deployments, a canary plan and samples', () => {
    const evidence = {
      firstStep: '',
      chart: null,
      canaryPlan: { candidate: '1.4.3', share: 0.05, hours: 24, stopRule: 'Stop when errors double' },
      sampleSet: 'ranker, region eu-1, 10:00 to 11:00 UTC',
    };
    const deployment = { deploymentId: 'd-81', kind: 'deploy', service: 'ranker-api', model: 'ranker' };
    const message = slackMessage(
      notification({
        incident: { members: { drift: member({ evidence, runbook: '' }) } },
        context: {
          deployments: [{ ...deployment, modelVersion: '1.4.2', region: 'eu-1', at: START - 720_000 }],
        },
      }),
    );
    expect(textsIn(message.blocks)).toContain(
      '*Deployments*\n• 12 min before: ranker 1.4.2 deployed (d-81)\n' +
        '*Try:* Give version 1.4.3 5 % of the traffic for 24 h. Stop when errors double.\n' +
        '*Samples:* ranker, region eu-1, 10:00 to 11:00 UTC',
    );
  });

  test('a resolve has neither numbers nor a first step', () => {
    const message = slackMessage(resolveOf(first, null), true);
    expect(message.text).toMatch(/^RESOLVED ranker-api/);
    expect(types(message)).toEqual(['header', 'section', 'section', 'section', 'context']);
    expect(textsIn(message.blocks)).toContain(
      'Open from 2026-11-22 10:00:00 UTC to 2026-11-22 10:15:00 UTC (15m).',
    );
    expect(textsIn(message.blocks).join()).not.toContain('First');
  });

  test('an acknowledgement says once who has it', () => {
    const message = slackMessage(acknowledgeOf(first, null));
    expect(message.text).toMatch(/^ACKNOWLEDGED ranker-api/);
    expect(textsIn(message.blocks).filter((text) => text.includes('ada'))).toEqual(['Acknowledged by ada.']);
  });

  test('shows a picture only where it has an address', () => {
    const chart = { alt: 'Burn <rate>', png: new Uint8Array(), url: '' };
    expect(types(slackMessage(notification({ context: { chart } })))).not.toContain('image');
    const url = 'https://tidewatch.example.com/charts/1.png';
    expect(slackMessage(notification({ context: { chart: { ...chart, url } } })).blocks).toContainEqual({
      type: 'image',
      image_url: url,
      alt_text: 'Burn &lt;rate&gt;',
    });
    const long = `${url}?${'a'.repeat(3_000)}`;
    expect(types(slackMessage(notification({ context: { chart: { ...chart, url: long } } })))).not.toContain(
      'image',
    );
  });
});

describe('buttons', () => {
  const buttonsOf = (...args: Parameters<typeof slackMessage>): string[] =>
    slackMessage(...args).blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.map(({ action_id: id, value }) => `${id} ${value}`) : [],
    );
  const { id } = first.incident;

  test.each<[name: string, given: Parameters<typeof slackMessage>, expected: string[]]>([
    ['an open incident', [first, true], [`tidewatch_acknowledge ${id}`, `tidewatch_resolve ${id}`]],
    ['without anybody who listens', [first, false], []],
    ['an acknowledged one', [acknowledgeOf(first, null), true], [`tidewatch_resolve ${id}`]],
    ['a resolved one', [resolveOf(first, null), true], []],
    [
      'a page that is over while a ticket goes on',
      [notification({ intent: { action: 'resolve', reason: 'deescalated' } }), true],
      [],
    ],
  ])('%s', (_name, given, expected) => {
    expect(buttonsOf(...given)).toEqual(expected);
  });
});

/** Every text that may be in a message, with the limit of its place. */
function placesOf({ text, blocks }: ReturnType<typeof slackMessage>): [text: string, limit: number][] {
  return [
    [text, 40_000],
    ...blocks.flatMap((block): [string, number][] => {
      switch (block.type) {
        case 'header':
          return [[block.text.text, 150]];
        case 'section':
          return 'fields' in block
            ? block.fields.map((field) => [field.text, 2_000])
            : [[block.text.text, 3_000]];
        case 'context':
          return block.elements.map((element) => [element.text, 3_000]);
        case 'image':
          return [[block.alt_text, 2_000]];
        case 'actions':
          return block.elements.map((element) => [element.text.text, 75]);
      }
    }),
  ];
}

describe('the limits of Block Kit', () => {
  test.each<[name: string, text: string]>([
    ['nothing', ''],
    ['long text', 'a'.repeat(100_000)],
    ['text that grows when escaped', '<&>'.repeat(2_000)],
    ['emoji', '🔥'.repeat(3_000)],
    ['right-to-left text', 'שלום עולם '.repeat(1_000)],
    ['combined characters', 'e\u0301'.repeat(2_000)],
    ['lines', 'a\n'.repeat(3_000)],
  ])('%s everywhere stays within them', (_name, text) => {
    const everything = everywhere(text);
    for (const given of [everything, updateOf(everything, null), resolveOf(everything, null)]) {
      const message = slackMessage(given, true);
      for (const [part, limit] of placesOf(message)) {
        expect(part.length).toBeLessThanOrEqual(limit);
        expect(part.length).toBeGreaterThan(0);
        expect(part).not.toMatch(/\p{Surrogate}/u);
      }
      expect(message.blocks.length).toBeLessThanOrEqual(50);
      expect(textLength(message.blocks)).toBeLessThanOrEqual(MOST_BLOCK_TEXT);
      expect(lengthProblem(message.blocks)).toBeNull();
      expect(carelessTexts(message)).toEqual([]);
      expect(threadLine(given).length).toBeLessThanOrEqual(3_000);
    }
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8].map((over) => [150 - 5 + over]))(
    'a header is cut only where it has to be: subject of %i',
    (length) => {
      const key = { project: 'p', service: 's'.repeat(length), region: '', model: '' };
      const header = textsIn(slackMessage(notification({ incident: { key } })).blocks)[0] ?? '';
      expect(header).toBe(length <= 145 ? `PAGE ${'s'.repeat(length)}` : `PAGE ${'s'.repeat(144)}…`);
    },
  );

  test('parts that go first, go first', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`${index} &`.repeat(60), '&'.repeat(99)]),
    );
    const members = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `m${index}`,
        member({ facts: wide, summary: '&'.repeat(900) }),
      ]),
    );
    const message = slackMessage(notification({ incident: { members } }), true);
    expect(types(message)).toEqual(expect.arrayContaining(['header', 'section', 'context', 'actions']));
    expect(textLength(message.blocks)).toBeLessThanOrEqual(MOST_BLOCK_TEXT);
  });
});

describe('escaping', () => {
  test.each<[text: string, limit: number, expected: string]>([
    ['a & b < c > d', 40, 'a &amp; b &lt; c &gt; d'],
    ['<!channel>', 40, '&lt;!channel&gt;'],
    ['abcd', 4, 'abcd'],
    ['abcde', 4, 'abc…'],
    ['ab&', 6, 'ab…'],
    ['ab&', 7, 'ab&amp;'],
    ['🔥🔥🔥', 6, '🔥🔥🔥'],
    ['🔥🔥🔥🔥', 6, '🔥🔥…'],
  ])('%s within %i', (text, limit, expected) => {
    expect(escaped(text, limit)).toBe(expected);
  });

  test.each([
    '<!channel>',
    '<!here|here>',
    '<@U012345>',
    '<#C012345>',
    '<https://evil.example.com|login>',
    '&lt;',
  ])('%s is shown and not obeyed', (text) => {
    const given = everywhere(text, 3);
    for (const told of [given, updateOf(given, null), resolveOf(given, null)]) {
      const texts = [...textsIn(slackMessage(told, true)), threadLine(told)];
      expect(carelessTexts({ text: texts.join('\n') })).toEqual([]);
      expect(texts.join()).not.toMatch(/<([!@#]|https:\/\/evil)/);
    }
  });

  test.each([
    ['https://a.example/b|c>d<!channel>', 'https://a.example/b%7Cc%3Ed%3C!channel%3E'],
    ['https://a.example/?a=1&b=2', 'https://a.example/?a=1&amp;b=2'],
  ])('an address cannot break out of its link: %s', (address, expected) => {
    expect(link(address, 'x')).toBe(`<${expected}|x>`);
  });

  test('no link is made of nothing, or of an address that is too long', () => {
    expect(link('', 'x')).toBe('');
    expect(link(`https://a.example/${'a'.repeat(1_600)}`, 'x')).toBe('');
  });
});

describe('a line in the thread', () => {
  test.each<[name: string, line: string, expected: unknown]>([
    ['an acknowledgement', threadLine(acknowledgeOf(first, null)), 'Acknowledged by ada.'],
    [
      'a resolve',
      threadLine(resolveOf(first, null)),
      '*RESOLVED* No rule fires any more. Open from 2026-11-22 10:00:00 UTC to 2026-11-22 10:15:00 UTC (15m).',
    ],
    [
      'news of rules says what they say',
      threadLine(updateOf(first, null)),
      expect.stringMatching(
        /^What fires has changed\. availability burns .*; the input age has drifted: KS 0\.31$/,
      ),
    ],
    [
      'a comment',
      threadLine(
        notification({
          intent: { action: 'update', reason: 'commented', by: 'ada', text: 'looks <bad>\nto me' },
        }),
      ),
      'ada says: looks &lt;bad&gt; to me',
    ],
    [
      'an escalation stands alone in the channel',
      threadLine(notification({ intent: { action: 'update', reason: 'escalated' } })),
      expect.stringMatching(
        /^\*PAGE\* ranker-api, eu-1, model ranker: It is a page now\. availability burns/,
      ),
    ],
  ])('%s', (_name, line, expected) => {
    expect(line).toEqual(expected);
    expect(line).not.toContain('\n');
  });

  test.each<[reason: IntentReason, expected: boolean]>([
    ['escalated', true],
    ['reopened', true],
    ['not-acknowledged', true],
    ['still-firing', true],
    ['repeated', true],
    ['suppression-ended', true],
    ['changed', false],
    ['commented', false],
    ['acknowledged', false],
    ['deescalated', false],
  ])('%s is shown in the channel: %s', (reason, expected) => {
    expect(isBroadcast({ ...first.intent, action: 'update', reason })).toBe(expected);
    expect(isBroadcast({ ...first.intent, action: 'resolve', reason })).toBe(false);
  });

  test('incidents do not mix', () => {
    const other = slackMessage(notification({ incident: incidentNumber(7) }));
    expect(other.text).toContain('service-7');
  });
});

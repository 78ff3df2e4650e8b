import { afterEach, describe, expect, test } from '@jest/globals';
import type { Channel } from '../../libs/channels/src/channel.js';
import { createOutboundClient } from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import { sizeOf, type TeamsMessage } from '../../libs/channels/src/teams/card.js';
import { incidentCard } from '../../libs/channels/src/teams/incident-card.js';
import { reportCard } from '../../libs/channels/src/teams/report-card.js';
import type { HttpBench } from './http-bench.js';
import { everywhere, member, notification, resolveOf, START, updateOf } from './notification.js';
import { startTeams } from './teams.bench.js';

const LIMIT = 28 * 1_024;
const first = notification();
const cardOf = (message: TeamsMessage): TeamsMessage['attachments'][0]['content'] =>
  message.attachments[0].content;
const linesOf = (message: TeamsMessage): string[] =>
  cardOf(message).body.map((element) =>
    element.type === 'Image'
      ? `[${element.altText}](${element.url})`
      : element.inlines.map(({ text }) => text).join(''),
  );

describe('a card', () => {
  test('says what is wrong, in numbers, what to do first and where to look', () => {
    const message = incidentCard(first);
    expect(linesOf(message)).toEqual([
      'PAGE ranker-api, eu-1, model ranker',
      'availability burns its 30d budget 20.1 times too fast (1h 16.2, 5m 20.1, page at 14.4); 63 % is left',
      'burn over 1h: 16.2',
      'burn over 5m: 20.1',
      'bad events: 612',
      'budget left: 63 %',
      'First: Roll ranker back to 1.4.1. Runbook: (see the button below)',
      expect.stringMatching(
        /^Open since 2026-11-22 10:00:00 UTC \(12m\)\. Service ranker-api · Region eu-1 · .* · Incident [0-9a-f]{12}$/,
      ),
    ]);
    expect(cardOf(message).actions?.map(({ title, url }) => `${title} ${url}`)).toEqual([
      'Runbook https://runbooks.example.com/availability?tier=fast&team=sre',
      'Incident in Tidewatch https://tidewatch.example.com/incidents/1',
      'Grafana https://grafana.example.com/d/tidewatch?var-service=ranker-api',
      'Traces https://tidewatch.example.com/traces?service=ranker-api',
    ]);
    expect(cardOf(message)).toMatchObject({
      version: '1.4',
      fallbackText: expect.stringMatching(/^PAGE ranker-api/),
    });
  });

  test.each([
    ['a page', first, 'attention'],
    [
      'a ticket',
      notification({ incident: { severity: 'ticket' }, intent: { severity: 'ticket' } }),
      'warning',
    ],
    ['an end', resolveOf(first, null), 'good'],
  ])('%s has its colour', (_name, given, color) => {
    expect(cardOf(incidentCard(given)).body[0]).toMatchObject({ inlines: [{ color }] });
  });

  test('a resolve has neither numbers nor a first step', () => {
    const lines = linesOf(incidentCard(resolveOf(first, null)));
    expect(lines[0]).toMatch(/^RESOLVED/);
    expect(lines.join('\n')).not.toMatch(/burn over|First:/);
    expect(lines.join('\n')).toContain('Open from 2026-11-22 10:00:00 UTC to 2026-11-22 10:15:00 UTC (15m).');
  });

  test('shows other members, deployments, a canary plan, samples and a picture', () => {
    const evidence = {
      firstStep: '',
      chart: null,
      canaryPlan: { candidate: '1.4.3', share: 0.05, hours: 24, stopRule: '' },
      sampleSet: 'ranker, region eu-1',
    };
    const deployment = { deploymentId: 'd-81', kind: 'deploy', service: 'ranker-api', model: 'ranker' };
    const url = 'https://tidewatch.example.com/charts/1.png';
    const lines = linesOf(
      incidentCard(updateOf(notification({ incident: { members: { a: member({ evidence }) } } }), null)),
    );
    expect(lines).toContain('• [ticket] DriftMonitor/ranker-inputs: the input age has drifted: KS 0.31');
    expect(lines).toContain('Try: Give version 1.4.3 5 % of the traffic for 24 h.');
    expect(lines).toContain('Samples: ranker, region eu-1');
    const others = linesOf(
      incidentCard(
        notification({
          context: {
            deployments: [{ ...deployment, modelVersion: '1.4.2', region: 'eu-1', at: START - 720_000 }],
            chart: { alt: '', png: new Uint8Array(), url },
          },
        }),
      ),
    );
    expect(others).toContain('• 12 min before: ranker 1.4.2 deployed (d-81)');
    expect(others).toContain(`[Chart](${url})`);
  });

  test.each([
    '[login](https://evil.example.com)',
    '**bold** _it_ `code` # h',
    '<at>everyone</at>',
    '{{DATE(2026-11-22T10:00:00Z)}}',
  ])('%s is shown as it is', (text) => {
    const message = incidentCard(everywhere(text, 3));
    expect(linesOf(message).join('\n')).toContain(text);
    const kinds = new Set(cardOf(message).body.map(({ type }) => type));
    // The other text elements read Markdown.
    expect([...kinds].filter((kind) => kind !== 'RichTextBlock' && kind !== 'Image')).toEqual([]);
  });
});

describe('28 KB', () => {
  test.each<[name: string, text: string]>([
    ['nothing', ''],
    ['long text', 'a'.repeat(100_000)],
    ['emoji', '🔥'.repeat(3_000)],
    ['text that grows in JSON', '"\\\n'.repeat(3_000)],
    ['right-to-left text', 'שלום '.repeat(3_000)],
  ])('%s everywhere stays within them, and says what matters', (_name, text) => {
    for (const given of [everywhere(text), resolveOf(everywhere(text), null)]) {
      const message = incidentCard(given);
      expect(sizeOf(message)).toBeLessThanOrEqual(LIMIT);
      expect(linesOf(message)[0]).toMatch(/^(PAGE|RESOLVED)/);
      expect(JSON.stringify(message)).not.toMatch(/\\ud[89a-f]/i);
      expect(cardOf(message).body.every((each) => each.type === 'Image' || each.inlines.length > 0)).toBe(
        true,
      );
    }
  });

  test('a report is cut with a note, and one that fits is not', () => {
    const report = (rows: number): TeamsMessage =>
      reportCard({
        id: 'digest:weekly',
        title: 'Week 47',
        summary: 'One page.',
        sections: [
          {
            heading: 'Burn',
            paragraphs: ['Nothing burned.'],
            table: {
              columns: ['SLO', 'budget'],
              rows: Array.from({ length: rows }, (_, index) => [`slo-${index}`, '12.5 %']),
            },
          },
        ],
        console: 'https://tidewatch.example.com/',
        attemptAt: START,
      });
    expect(linesOf(report(3))).toEqual([
      'Week 47',
      'One page.',
      'Burn',
      'Nothing burned.',
      'SLO\u00a0\u00a0\u00a0\u00a0budget',
      'slo-0\u00a0\u00a012.5 %',
      'slo-1\u00a0\u00a012.5 %',
      'slo-2\u00a0\u00a012.5 %',
    ]);
    const long = report(2_000);
    expect(sizeOf(long)).toBeLessThanOrEqual(LIMIT);
    expect(sizeOf(long)).toBeGreaterThan(LIMIT - 300);
    expect(linesOf(long).at(-1)).toBe('The report is longer and was cut here.');
  });
});

describe('what a workflow answers', () => {
  const running: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
  });

  async function start(): Promise<{ bench: HttpBench; channel: Channel }> {
    const bench = await startTeams();
    const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
    running.push(bench, outbound);
    return {
      bench,
      channel: openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', { outbound }),
    };
  }

  test('202 and 200 confirm', async () => {
    const { bench, channel } = await start();
    expect(await channel.deliver(first)).toEqual({ outcome: 'delivered', httpStatus: 202 });
    bench.fail({ status: 200, body: '1' });
    expect(await channel.deliver(first)).toEqual({ outcome: 'delivered', httpStatus: 200 });
    expect(channel.limit).toEqual({ perSecond: 2, burst: 4 });
  });

  test.each([
    [400, 'WorkflowTriggerIsNotEnabled', 'Turn the workflow on again.'],
    [404, 'WorkflowNotFound', 'create a new one and store its address.'],
    [401, 'DirectApiAuthorizationRequired', 'copy it from the workflow again.'],
    [400, 'SomethingElse', 'Teams refused the message (400).'],
  ])('%i %s: what to do', async (status, code, advice) => {
    const { bench, channel } = await start();
    const body = JSON.stringify({ error: { code, message: `at ${bench.url}` } });
    bench.fail({ status, body });
    const result = await channel.deliver(first);
    expect(result).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining(advice) });
    expect(JSON.stringify(result)).not.toContain(bench.url);
  });
});

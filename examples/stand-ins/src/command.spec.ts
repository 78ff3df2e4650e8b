import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseCommand, runCommand } from './command.js';

describe('parseCommand', () => {
  test.each<[args: string[], expected: unknown]>([
    [[], { pagerdutyPort: 0, slackPort: 0, record: null }],
    [
      ['--pagerduty-port', '9001', '--slack-port=9002', '--record', 'a.ndjson'],
      { pagerdutyPort: 9001, slackPort: 9002, record: 'a.ndjson' },
    ],
    [['--slack-port', 'x'], '--slack-port must be a port from 0 to 65535, and is x'],
    [['--pagerduty-port', '70000'], '--pagerduty-port must be a port from 0 to 65535, and is 70000'],
    [['--port', '1'], expect.stringContaining("'--port'")],
  ])('%j', (args, expected) => {
    expect(parseCommand(args)).toEqual(expected);
  });
});

describe('runCommand', () => {
  test('says where it listens, prints one line per event and records it, without control characters', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stand-ins-'));
    const record = join(folder, 'events.ndjson');
    const lines: string[] = [];
    const running = await runCommand({ pagerdutyPort: 0, slackPort: 0, record }, (line) => lines.push(line));
    const post = (url: string, body: unknown): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const payload = { summary: 'down\u001b[2J\nnow', source: 'ranker-api', severity: 'warning' };
    await post(running.pagerduty.url, {
      routing_key: 'k'.repeat(32),
      event_action: 'trigger',
      dedup_key: 'a',
      payload,
    });
    await post(running.slack.url, { text: 'PAGE down' });
    await running.close();
    const recorded = readFileSync(record, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    rmSync(folder, { recursive: true });

    expect(lines).toEqual([
      `[PagerDuty] listening on ${running.pagerduty.url}`,
      `[Slack] listening on ${running.slack.url}`,
      '[PagerDuty] TRIGGER warning  down [2J now',
      '[Slack] PAGE down',
    ]);
    expect(recorded).toEqual([
      expect.objectContaining({ kind: 'pagerduty', effect: 'opened', dedupKey: 'a', severity: 'warning' }),
      expect.objectContaining({ kind: 'slack', effect: 'posted', summary: 'PAGE down' }),
    ]);
    expect(JSON.stringify(recorded)).not.toContain('k'.repeat(32));
  });

  test('a taken port leaves nothing running', async () => {
    const first = await runCommand({ pagerdutyPort: 0, slackPort: 0, record: null }, () => undefined);
    const taken = { pagerdutyPort: 0, slackPort: first.slack.port, record: null };
    await expect(runCommand(taken, () => undefined)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
  });
});

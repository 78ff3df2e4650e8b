import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseCommand, runCommand } from './command.js';
import type { StandInKind } from './services.js';

describe('parseCommand', () => {
  test.each<[args: string[], expected: unknown]>([
    [[], { ports: { pagerduty: 0, slack: 0 }, record: null }],
    [
      ['--pagerduty-port', '9001', '--slack-port=9002', '--record', 'a.ndjson'],
      { ports: { pagerduty: 9001, slack: 9002 }, record: 'a.ndjson' },
    ],
    [
      ['--webhook-port', '9003', '--slack-api-port', '0'],
      { ports: { 'slack-api': 0, webhook: 9003 }, record: null },
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
    const ports = { pagerduty: 0, slack: 0, webhook: 0 };
    const running = await runCommand({ ports, record }, (line) => lines.push(line));
    const urlOf = (kind: StandInKind): string => running.standIns[kind]?.url ?? '';
    const post = (url: string, body: unknown): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const payload = { summary: 'down\u001b[2J\nnow', source: 'ranker-api', severity: 'warning' };
    await post(urlOf('pagerduty'), {
      routing_key: 'k'.repeat(32),
      event_action: 'trigger',
      dedup_key: 'a',
      payload,
    });
    await post(urlOf('slack'), { text: 'PAGE down' });
    await running.close();
    const recorded = readFileSync(record, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    rmSync(folder, { recursive: true });

    expect(lines).toEqual([
      `[PagerDuty] listening on ${urlOf('pagerduty')}`,
      `[Slack] listening on ${urlOf('slack')}`,
      `[Webhook] listening on ${urlOf('webhook')}`,
      '[PagerDuty] OPENED warning  down [2J now',
      '[Slack] POSTED  PAGE down',
    ]);
    expect(recorded).toEqual([
      expect.objectContaining({ kind: 'pagerduty', effect: 'opened', dedupKey: 'a', severity: 'warning' }),
      expect.objectContaining({ kind: 'slack', effect: 'posted', summary: 'PAGE down' }),
    ]);
    expect(JSON.stringify(recorded)).not.toContain('k'.repeat(32));
  });

  test('a taken port leaves nothing running', async () => {
    const first = await runCommand({ ports: { slack: 0 }, record: null }, () => undefined);
    const taken = { ports: { pagerduty: 0, slack: first.standIns.slack?.port ?? 0 }, record: null };
    await expect(runCommand(taken, () => undefined)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
  });
});

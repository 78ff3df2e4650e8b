import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';

const running: { kill(): void }[] = [];
afterEach(() => running.splice(0).forEach((each) => each.kill()));

/** Runs the quickstart on free ports, and gives its exit code and what it printed. */
async function quickstart(...args: string[]): Promise<{ code: number; output: string; pid: number }> {
  const child = spawn(process.execPath, ['scripts/quickstart.mjs', ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TIDEWATCH_HTTP_PORT: '0',
      TIDEWATCH_OTLP_HTTP_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push({ kill: () => child.kill('SIGTERM') });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  return { code, output, pid: child.pid ?? 0 };
}

test('the quickstart ends with 0 once a page and a ticket were delivered, and leaves nothing behind', async () => {
  const { code, output, pid } = await quickstart('--once');
  expect(output).toMatch(/Page delivered [\d.]+ s and ticket [\d.]+ s after the bad deploy/);
  expect(code).toBe(0);
  expect(output).toMatch(/\[PagerDuty\] TRIGGER critical .*ranker/);
  expect(output).toMatch(/\[Slack\] TICKET .*fraud-inputs/);
  // One outage, one page: later rounds and further tiers of the same incident add none.
  expect(output.match(/\[PagerDuty\] TRIGGER/g)).toHaveLength(1);
  const { pageSeconds, ticketSeconds } = JSON.parse(
    /\{"event":"alerted".*\}/.exec(output)?.[0] ?? '{}',
  ) as Record<string, number>;
  expect(Math.max(pageSeconds ?? Infinity, ticketSeconds ?? Infinity)).toBeLessThanOrEqual(180);
  expect(readdirSync('data')).not.toContain(`quickstart-${pid}`);
}, 300_000);

import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../harness/test-server.js';

/** The quickstart on free ports, and what it has printed so far. */
interface Quickstart {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  readonly output: () => string;
}

const running: ChildProcess[] = [];
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGTERM')));

function quickstart(...args: string[]): Quickstart {
  const child = spawn(process.execPath, ['scripts/quickstart.mjs', ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      TIDEWATCH_HTTP_PORT: '0',
      TIDEWATCH_OTLP_HTTP_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  return { child, ended, output: () => text };
}

/** The children of a process. */
function partsOf(pid: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return Number(parent) === pid ? [{ pid: Number(name), command }] : [];
      } catch {
        // The process ended while we looked.
        return [];
      }
    });
}

/** One outage is one alert and one message, which later rounds, further tiers and the end change in place. */
function expectOnePage(output: string): void {
  const alert = [...output.matchAll(/\[PagerDuty\] (?!CHANGE)(\w+) .*/g)];
  const effects = alert.map(([, effect]) => effect);
  expect(effects.filter((effect) => effect !== 'UPDATED')).toEqual(['OPENED', 'RESOLVED']);
  expect(effects.at(-1)).toBe('RESOLVED');
  expect(alert.map(([line]) => line)).toEqual(effects.map(() => expect.stringContaining('ranker-api')));
  const message = [...output.matchAll(/\[Slack\] (\w+) {2}(PAGE|RESOLVED) ranker-api/g)];
  expect(message.map(([, effect]) => effect)).toEqual(['POSTED', ...message.slice(1).map(() => 'UPDATED')]);
  const labels = message.map(([, , label]) => label);
  expect(labels.slice(0, -1)).toEqual(labels.slice(0, -1).map(() => 'PAGE'));
  expect(labels.at(-1)).toBe('RESOLVED');
  expect(output.match(/\[Slack\] POSTED {2}PAGE/g)).toHaveLength(1);
}

test('Ctrl-C stops all parts and leaves nothing behind', async () => {
  const { child, ended, output } = quickstart();
  await eventually('the fleet', async () => output().includes('BASELINE'), 60_000);
  const parts = partsOf(child.pid ?? 0);
  expect(parts).toHaveLength(3);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(partsOf(child.pid ?? 0)).toEqual([]);
  expect(readdirSync('data')).not.toContain(`quickstart-${child.pid}`);
}, 120_000);

test('a part that dies ends the quickstart with 1, saying which', async () => {
  const { child, ended, output } = quickstart('--once');
  const server = await eventually(
    'the server',
    async () =>
      output().includes('Send data') &&
      partsOf(child.pid ?? 0).find(({ command }) => command.includes('apps/server')),
    60_000,
  );
  process.kill(server.pid, 'SIGKILL');
  expect(await ended).toBe(1);
  expect(output()).toMatch(/The server ended unexpectedly \(SIGKILL\)/);
}, 120_000);

test('the quickstart ends with 0 once two tickets were delivered and a page was updated in place to its end, and leaves nothing behind', async () => {
  const run = quickstart('--once');
  const code = await run.ended;
  const output = run.output();
  expect(output).toMatch(
    /The page lasted \d+ s and ended \d+ s after the rollback\. It was one alert in PagerDuty/,
  );
  expect(code).toBe(0);
  expectOnePage(output);
  expect(output).toMatch(/\[Slack\] POSTED {2}TICKET .*fraud-inputs/);
  // The evening's images: the ticket names the embedding, what a person would see, and the group of images that grew.
  const ticket = /\[Slack\] POSTED {2}TICKET vision-api.*/.exec(output)?.[0] ?? '';
  expect(ticket).toMatch(/vision-frames: \d+ of \d+ drifted against .*: frame /);
  const strongest = /Image features that changed most: (.*?\))\. Cluster/.exec(ticket)?.[1] ?? '';
  expect([...strongest.matchAll(/(\w+) \(D = /g)].map(([, feature]) => feature).sort()).toEqual([
    'brightness',
    'contrast',
    'sharpness',
  ]);
  expect(ticket).toMatch(
    /Cluster \d+ grew from [\d.]+ % to [\d.]+ % of the vectors, such as prediction p-defect-detector-/,
  );
  // What an SRE would send to a colleague, of every objective.
  const sentences = [...output.matchAll(/^slo +│ (.*)$/gm)].map(([, sentence]) => sentence);
  expect(sentences).toHaveLength(4);
  expect(sentences).toContainEqual(
    expect.stringMatching(
      /^Ranker answers: [\d.]+ % good over the last 30 days against 99\.99 %; .*burns [\d.]+ times too fast/,
    ),
  );
  const { pageSeconds, ticketSeconds, embeddingSeconds, resolvedSeconds } = JSON.parse(
    /\{"event":"alerted".*\}/.exec(output)?.[0] ?? '{}',
  ) as Record<string, number>;
  for (const seconds of [pageSeconds, ticketSeconds, embeddingSeconds, resolvedSeconds]) {
    expect(seconds ?? Infinity).toBeLessThanOrEqual(180);
  }
  expect(resolvedSeconds).toBeGreaterThan(pageSeconds ?? Infinity);
  expect(readdirSync('data')).not.toContain(`quickstart-${run.child.pid}`);
}, 300_000);

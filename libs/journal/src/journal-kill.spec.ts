import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { compileJournal } from '../fixtures/compiled-journal.js';
import { newFolder, removeFolders } from '../fixtures/journal-run.js';

afterAll(removeFolders);

const PROGRAM = fileURLToPath(new URL('../fixtures/append-until-killed.mjs', import.meta.url));
/** After how many acknowledgements each process is killed: soon after the start, in the middle, after some segments. */
const CYCLES = [1, 40, 700, 3, 300];

/** Runs the program and kills it after `acknowledgements`; the numbers it sent and those that were acknowledged. */
async function cycle(args: readonly string[], acknowledgements: number) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let seen = 0;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    output += text;
    seen += text.split('a ').length - 1;
    if (seen >= acknowledgements) {
      child.kill('SIGKILL');
    }
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const numbers = (letter: string) =>
    [...output.matchAll(new RegExp(`^${letter} (\\d+)$`, 'gm'))].map((match) => Number(match[1]));
  return { sent: numbers('s'), acknowledged: numbers('a'), code, signal };
}

test('killed again and again, with clients that resend: everything acknowledged is stored, nothing twice', async () => {
  const [program, dir] = [newFolder(), newFolder()];
  const stored = join(program, 'stored.jsonl');
  const args = [compileJournal(program), join(dir, 'journal'), stored];
  const acknowledged = new Set<number>();
  const unanswered = new Set<number>();
  let next = 0;
  const note = (result: { sent: number[]; acknowledged: number[] }) => {
    result.sent.forEach((n) => unanswered.add(n));
    result.acknowledged.forEach((n) => acknowledged.add(n) && unanswered.delete(n));
    next = Math.max(next, ...result.sent.map((n) => n + 1));
  };
  for (const acknowledgements of CYCLES) {
    const result = await cycle([...args, String(next), ...[...unanswered].map(String)], acknowledgements);
    expect(result.signal).toBe('SIGKILL');
    note(result);
  }
  const last = await cycle([...args, '-1', ...[...unanswered].map(String)], Infinity);
  expect(last.code).toBe(0);
  note(last);
  const batches = new Map<string, string>();
  for (const line of readFileSync(stored, 'utf8').trim().split('\n')) {
    const { token, rows } = JSON.parse(line) as { token: string; rows: string };
    expect(batches.get(token) ?? rows).toBe(rows);
    batches.set(token, rows);
  }
  const numbers = [...batches.values()].flatMap((rows) => rows.split(';').slice(0, -1).map(Number));
  expect(unanswered.size).toBe(0);
  expect(acknowledged.size).toBeGreaterThan(1000);
  expect(numbers.sort((a, b) => a - b)).toEqual([...acknowledged].sort((a, b) => a - b));
});

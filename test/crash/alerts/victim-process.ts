import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LastWords } from './step-counter.js';
import type { VictimTask } from './victim-task.js';

const MAIN = join(process.cwd(), 'dist/test/crash/alerts/victim-main.js');
/** The script takes seconds; what takes longer hangs. */
const PATIENCE_MS = 120_000;

/**
 * Runs the built victim until it ends.
 *
 * @returns the step at which it died, or `null` when it played to the end
 * @throws Error when it failed, or hung, with what it said
 */
export async function runVictim(task: VictimTask): Promise<string | null> {
  const child = spawn(process.execPath, [MAIN, JSON.stringify(task)], {
    env: { PATH: '/usr/bin:/bin', UV_THREADPOOL_SIZE: '4' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let words = '';
  child.stdout.on('data', (chunk: Buffer) => (words += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, PATIENCE_MS);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  );
  clearTimeout(timer);
  if (signal === 'SIGKILL' && words !== '') {
    return (JSON.parse(words) as LastWords).killedAt;
  }
  if (code === 0) {
    return null;
  }
  const how = isLate ? `hung for ${PATIENCE_MS / 1_000} s` : `ended with ${signal ?? String(code)}`;
  throw new Error(`A victim ${how}: ${said.slice(0, 2_000)}`);
}

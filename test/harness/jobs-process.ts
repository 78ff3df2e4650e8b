import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LeaseTask, WorkerTask } from './jobs-main.js';

const MAIN = join(process.cwd(), 'dist/test/harness/jobs-main.js');

/** A running {@link startJobsProcess}. */
export interface JobsProcess {
  readonly child: ChildProcess;
  /** What it has reported so far. */
  readonly lines: readonly Record<string, unknown>[];
  /** Resolves with the first report that has this field; rejects when the process ends before. */
  reported(field: string): Promise<Record<string, unknown>>;
  kill(): Promise<void>;
}

/** Starts the built `jobs-main` in a process of its own. */
export function startJobsProcess(what: 'worker', task: WorkerTask): JobsProcess;
export function startJobsProcess(what: 'lease', task: LeaseTask): JobsProcess;
export function startJobsProcess(what: string, task: object): JobsProcess {
  const child = spawn(process.execPath, [MAIN, what, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: '/usr/bin:/bin' },
  });
  const lines: Record<string, unknown>[] = [];
  const watchers = new Set<() => void>();
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString()}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((part) => JSON.parse(part) as Record<string, unknown>));
    watchers.forEach((watch) => watch());
  });
  const exited = once(child, 'exit');
  return {
    child,
    lines,
    reported: (field) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          const found = lines.find((line) => field in line);
          if (found !== undefined) {
            watchers.delete(watch);
            resolve(found);
          }
        };
        watchers.add(watch);
        void exited.then(() => reject(new Error(`The process ended before it reported ${field}.`)));
        watch();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(process.cwd(), 'dist/apps/server/src/main.js');

/** The built server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** What it has printed so far, both streams. */
  output(): string;
  /** Resolves with the exit code, or -1 when a signal ended it. */
  readonly ended: Promise<number>;
  /** Resolves when `pattern` has been printed; rejects when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `dist/apps/server/src/main.js` with nothing in its environment but `environment` and the path. */
export function startProcess(environment: Readonly<Record<string, string>>, cwd: string): ServerProcess {
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: '/usr/bin:/bin', UV_THREADPOOL_SIZE: '16', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      watchers.forEach((watch) => watch());
    });
  }
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return {
    child,
    output: () => text,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          const found = pattern.exec(text);
          if (found !== null) {
            watchers.delete(watch);
            resolve(found);
          }
        };
        watchers.add(watch);
        void ended.then((code) =>
          reject(new Error(`The server ended with ${code} before it printed ${pattern}:\n${text}`)),
        );
        watch();
      }),
  };
}

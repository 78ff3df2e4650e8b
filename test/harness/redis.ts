import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where Debian's package `redis-server` puts it. */
const PROGRAM = '/usr/bin/redis-server';

/** A Redis of its own, in memory only. */
export interface TestRedis {
  /** `redis://127.0.0.1:PORT`, with the password when there is one. */
  readonly url: string;
  readonly port: number;
  /** Ends it as a power cut does. What it held is gone. */
  kill(): Promise<void>;
  /** Starts an empty one on the same port. */
  start(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

/** Options of {@link startRedis}. */
export interface TestRedisOptions {
  readonly password?: string;
  /** More arguments of the program. */
  readonly settings?: readonly string[];
}

/**
 * Starts Redis on a free loopback port.
 *
 * @throws Error that says what to install when there is none: a test without it would say nothing about queues
 */
export async function startRedis({ password, settings = [] }: TestRedisOptions = {}): Promise<TestRedis> {
  if (!existsSync(PROGRAM)) {
    throw new Error(
      `There is no ${PROGRAM}. Install it: apt-get install -y --no-install-recommends redis-server`,
    );
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'tidewatch-redis-'));
  const port = await freePort();
  const login = password === undefined ? [] : ['--requirepass', password];
  const launch = (): Promise<ChildProcess> =>
    launchRedis(['--port', String(port), '--dir', directory, ...login, ...settings]);
  let child: ChildProcess | null = await launch();
  const kill = async (): Promise<void> => {
    const running = child;
    child = null;
    if (running !== null && running.exitCode === null && running.signalCode === null) {
      const exited = once(running, 'exit');
      running.kill('SIGKILL');
      await exited;
    }
  };
  return {
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    kill,
    start: async () => {
      child ??= await launch();
    },
    stop: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function launchRedis(settings: readonly string[]): Promise<ChildProcess> {
  const child = spawn(PROGRAM, ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('Ready to accept connections')) {
        resolve();
      }
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Redis ended with ${String(code)}:\n${log}`)));
  });
  return child;
}

/** A port that was free a moment ago. Redis cannot choose one itself: to it, 0 means none. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

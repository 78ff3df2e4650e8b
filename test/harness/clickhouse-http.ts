import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A running stand-in for a ClickHouse server. */
export interface ClickHouseHttp {
  /** `http://127.0.0.1:PORT`, with user and password when they were asked for. */
  readonly url: string;
  /** From now on every answer takes this much longer. */
  delay(milliseconds: number): void;
  /** Whether everything is answered with 503 from now on. */
  refuse(refusing: boolean): void;
  /** Kills the process and removes its data. */
  stop(): Promise<void>;
}

const SERVER = path.join(process.cwd(), 'test/harness/clickhouse-http-server.mjs');

/**
 * Starts ClickHouse's HTTP interface on a free loopback port, in a process of its own with data of its own.
 *
 * @param credentials When given, any other user or password is refused with error 516, as by the server.
 */
export async function startClickHouseHttp(credentials?: {
  readonly user: string;
  readonly password: string;
}): Promise<ClickHouseHttp> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tidewatch-clickhouse-'));
  const login = credentials === undefined ? [] : [credentials.user, credentials.password];
  const child = spawn(process.execPath, [SERVER, dataDir, ...login], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '', UV_THREADPOOL_SIZE: '16' },
  });
  const exited = once(child, 'exit');
  const port = await Promise.race([
    readPort(child.stdout!),
    exited.then(([code]) => {
      throw new Error(`The ClickHouse stand-in exited with ${String(code)} before it listened.`);
    }),
  ]);
  const userInfo = credentials === undefined ? '' : `${credentials.user}:${credentials.password}@`;
  return {
    url: `http://${userInfo}127.0.0.1:${port}`,
    delay: (delayMs) => void child.send({ delayMs }),
    refuse: (refuse) => void child.send({ refuse }),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function readPort(output: NodeJS.ReadableStream): Promise<number> {
  const lines = createInterface({ input: output });
  const [line] = (await once(lines, 'line')) as [string];
  return (JSON.parse(line) as { port: number }).port;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { figure, type Figure } from './figure.js';

const RUNS = 5;
const MAIN = join(process.cwd(), 'dist/apps/server/src/main.js');
/** The engine alone: open a fresh directory, answer one query. What the server costs beyond this is our own doing. */
const ENGINE_ALONE = `
  import { createClient } from '@clickhouse/client';
  import { createChdbConnection } from 'chdb/connection';
  const client = createClient({ connection: createChdbConnection({ path: process.argv[1] }) });
  await (await client.query({ query: 'SELECT 1', format: 'JSONEachRow' })).json();
  console.log('is ready');
  setInterval(() => {}, 1000);
`;

/** Milliseconds from spawn until "is ready" is printed, and resident memory in MB after it has settled. */
interface Start {
  readonly readyMs: number;
  readonly residentMb: number;
}

/** `start-ready` and `idle-rss`: the built server on an empty directory, beside the embedded engine alone. */
export async function benchServerStart(): Promise<Figure[]> {
  const server: Start[] = [];
  const engine: Start[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    server.push(await measure((dataDir) => [['--enable-source-maps', MAIN], dataDir]));
    engine.push(
      await measure((dataDir) => [['--input-type=module', '--eval', ENGINE_ALONE, dataDir], dataDir]),
    );
  }
  return [
    figure({
      name: 'start-ready',
      value: median(server.map((start) => start.readyMs)) / 1_000,
      unit: 's',
      baseline: median(engine.map((start) => start.readyMs)) / 1_000,
      baselineName: 'the embedded engine alone, opened and asked SELECT 1',
      floor: { atMost: 3 },
    }),
    figure({
      name: 'idle-rss',
      value: median(server.map((start) => start.residentMb)),
      unit: 'MB',
      baseline: median(engine.map((start) => start.residentMb)),
      baselineName: 'the embedded engine alone, opened and asked SELECT 1',
      floor: { atMost: 600 },
    }),
  ];
}

async function measure(command: (dataDir: string) => [string[], string]): Promise<Start> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-bench-'));
  const [args] = command(dataDir);
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: {
      PATH: '/usr/bin:/bin',
      UV_THREADPOOL_SIZE: '16',
      TIDEWATCH_DATA_DIR: dataDir,
      TIDEWATCH_HTTP_PORT: '0',
      TIDEWATCH_OTLP_HTTP_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await printed(child, 'is ready');
  const readyMs = performance.now() - startedAt;
  // Start-up garbage is collected and the first evaluation rounds have run by then.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  const residentMb = residentMegabytes(child.pid ?? 0);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
  return { readyMs, residentMb };
}

function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(text)) {
        resolve();
      }
    });
    child.once('exit', (code) => reject(new Error(`The process ended with ${code} before it was ready.`)));
  });
}

/** VmRSS of /proc/PID/status, which Linux gives in KiB. */
function residentMegabytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kib) * 1_024) / 1_000_000;
}

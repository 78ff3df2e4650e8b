import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, residentMegabytes } from './process-usage.js';
import { parsePrometheusText, type ExposedSample } from './prometheus-text.js';
import { quietPort } from './quiet-port.js';
import { onTwoCores } from './two-cores.js';

/** Signals as the server's own metrics name them. */
export type MeasuredSignal = 'metrics' | 'traces' | 'logs' | 'predictions';
/** What became of items, as the server's own metrics name it. */
export type Outcome = 'received' | 'stored' | 'rejected' | 'duplicate';

/** Where the parts of a server listen. */
export interface ServerPorts {
  readonly http: number;
  readonly otlp: number;
  readonly grpc: number;
}

/** The built server in a process of its own, watched from outside. */
export interface MeasuredServer {
  readonly pid: number;
  readonly host: string;
  readonly ports: ServerPorts;
  /** Resolves when it answers requests; rejects with its output when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves with the exit code, or -1 when a signal ended it. */
  readonly ended: Promise<number>;
  output(): string;
  cpuSeconds(): number;
  residentMegabytes(when?: 'now' | 'peak'): number;
  /** Items of a signal by outcome since the start, and those that are neither stored nor refused yet. */
  items(signal: MeasuredSignal): Promise<Readonly<Record<Outcome | 'pending', number>>>;
  /** Every sample of `GET /metrics`. */
  exposed(): Promise<readonly ExposedSample[]>;
  /** Ends it with SIGKILL, or as Ctrl-C does. */
  end(how: 'SIGKILL' | 'SIGINT'): Promise<number>;
}

export interface MeasuredServerOptions {
  readonly dataDir: string;
  /** The folder that holds the build. Default: `dist`. */
  readonly dist?: string;
  /** Default: free ones. */
  readonly ports?: ServerPorts;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Three free ports for a server, to be used again when it is restarted. */
export async function serverPorts(): Promise<ServerPorts> {
  return { http: await quietPort(), otlp: await quietPort(), grpc: await quietPort() };
}

/** Starts the built server on two cores, with nothing in its environment but what is given. */
export async function startMeasuredServer(options: MeasuredServerOptions): Promise<MeasuredServer> {
  const ports = options.ports ?? (await serverPorts());
  const main = join(options.dist ?? join(process.cwd(), 'dist'), 'apps/server/src/main.js');
  const [command, args] = onTwoCores(process.execPath, ['--enable-source-maps', main]);
  const child = spawn(command, args, {
    cwd: options.dataDir,
    env: {
      PATH: '/usr/bin:/bin',
      UV_THREADPOOL_SIZE: '16',
      TIDEWATCH_DATA_DIR: options.dataDir,
      TIDEWATCH_HTTP_PORT: String(ports.http),
      TIDEWATCH_OTLP_HTTP_PORT: String(ports.otlp),
      TIDEWATCH_OTLP_GRPC_PORT: String(ports.grpc),
      TIDEWATCH_LOG_LEVEL: 'warn',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('is ready')) {
          resolve();
        }
      });
    }
    void ended.then((code) =>
      reject(new Error(`The server ended with ${code} before it was ready:\n${text}`)),
    );
  });
  // Whoever kills it during start-up does not wait for it to be ready.
  ready.catch(() => undefined);
  const pid = child.pid ?? 0;
  return {
    pid,
    host: '127.0.0.1',
    ports,
    ready,
    ended,
    output: () => text,
    cpuSeconds: () => cpuSeconds(pid),
    residentMegabytes: (when) => residentMegabytes(pid, when),
    items: async (signal) => itemsOf(await exposedBy(ports.http), signal),
    exposed: () => exposedBy(ports.http),
    end: (how) => {
      child.kill(how);
      return ended;
    },
  };
}

async function exposedBy(port: number): Promise<readonly ExposedSample[]> {
  return parsePrometheusText(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

/** What the samples of one reading say of a signal; the counts of one reading belong to the same moment. */
export function itemsOf(
  exposed: readonly ExposedSample[],
  signal: MeasuredSignal,
): Readonly<Record<Outcome | 'pending', number>> {
  const samples = exposed.filter(({ labels }) => labels['signal'] === signal);
  const total = (outcome: Outcome) =>
    samples.find(
      ({ name, labels }) => name === 'tidewatch_ingest_items_total' && labels['outcome'] === outcome,
    )?.value ?? 0;
  return {
    received: total('received'),
    stored: total('stored'),
    rejected: total('rejected'),
    duplicate: total('duplicate'),
    pending: samples.find(({ name }) => name === 'tidewatch_ingest_items_pending')?.value ?? 0,
  };
}

/**
 * Waits until every accepted item of a signal is stored, and says when that was, ms since the epoch. Only the first
 * server of a data directory has counted all of them: counters begin at zero with each process.
 *
 * @throws Error with the counters when it takes longer than `limitMs`.
 */
export async function waitUntilStored(
  server: MeasuredServer,
  signal: MeasuredSignal,
  accepted: number,
  limitMs: number,
): Promise<number> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const items = await server.items(signal);
    if (items.stored + items.rejected >= accepted && items.pending === 0) {
      return Date.now();
    }
    if (Date.now() > deadline) {
      throw new Error(`${accepted} items of ${signal} were accepted, but: ${JSON.stringify(items)}`);
    }
    await sleep(50);
  }
}

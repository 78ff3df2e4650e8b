import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, readRules, secretVariables, type Environment } from '@tidewatch/config';
import { pino, type Logger } from 'pino';
import { startServer, type RunningServer } from '../../apps/server/src/server.js';

/** A real server in this process, on free ports and a directory of its own. */
export interface TestServer {
  readonly server: RunningServer;
  readonly api: string;
  readonly otlp: string;
  /** `HOST:PORT`. */
  readonly otlpGrpc: string;
  readonly dataDir: string;
  readonly rulesDir: string;
  /** Resolves when everything that has been answered so far is stored in ClickHouse. */
  stored(): Promise<void>;
  /** Stops the server. Its directory stays for a restart; {@link removeFolders} takes it away. */
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** Rule files by name. */
  readonly rules?: Readonly<Record<string, string>>;
  readonly environment?: Environment;
  /** The directory of an earlier server, to start again on. */
  readonly dataDir?: string;
  /** Takes every line that the process logs, the least important ones included; without it nothing is logged. */
  readonly onLog?: (line: string) => void;
}

const folders: string[] = [];

/** Makes a folder that {@link removeFolders} takes away again. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tidewatch-${name}-`));
  folders.push(folder);
  return folder;
}

/** Takes away all folders made here; call it in `afterAll`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts the server as `main` does, but on free ports and without touching the process's environment. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? temporaryFolder('data');
  const rulesDir = temporaryFolder('rules');
  for (const [name, text] of Object.entries(options.rules ?? {})) {
    writeFileSync(join(rulesDir, name), text);
  }
  const environment: Environment = {
    TIDEWATCH_DATA_DIR: dataDir,
    TIDEWATCH_RULES_DIR: rulesDir,
    TIDEWATCH_HTTP_PORT: '0',
    TIDEWATCH_OTLP_HTTP_PORT: '0',
    TIDEWATCH_OTLP_GRPC_PORT: '0',
    // Receivers of tests are on this machine.
    TIDEWATCH_PRIVATE_DESTINATIONS: '127.0.0.1',
    ...options.environment,
  };
  const rules = readRules(rulesDir, true);
  const config = readConfig(environment, secretVariables(rules));
  const server = await startServer({
    config,
    rules,
    environment,
    logger: loggerTo(options.onLog),
    root: process.cwd(),
  });
  return {
    server,
    api: server.endpoints.api,
    otlp: server.endpoints.otlpHttp,
    otlpGrpc: server.endpoints.otlpGrpc.replace('http://', ''),
    dataDir,
    rulesDir,
    stored: async () => server.ingest?.journal.flushed(),
    stop: () => server.stop(),
  };
}

function loggerTo(onLog: TestServerOptions['onLog']): Logger {
  return onLog === undefined ? pino({ level: 'silent' }) : pino({ level: 'trace' }, { write: onLog });
}

/** Asks again until `probe` gives something, or fails after `limitMs` saying what was awaited. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`Waited ${limitMs} ms for ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { seededRandom } from '@tidewatch/core';
import { metricsBody } from '../crash/exporter-bodies.js';
import { HttpConnection } from '../load/http-connection.js';
import { startMeasuredServer, waitUntilStored, type MeasuredServer } from '../load/measured-server.js';
import { withHead } from '../load/request-template.js';
import { hostilePayloads, mutatedPayloads, type HostilePayload } from './hostile-payloads.js';

/** How much malice. */
export interface HostileOptions {
  /** Number of mutated payloads, beside the bombs and giants. */
  readonly mutations: number;
  readonly seed: number;
  readonly dist?: string;
}

/** What came of it. */
export interface HostileResult {
  /** Status by name of each bomb, nest or giant; 0 when the connection ended without an answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** Number of mutated payloads by status. */
  readonly mutationAnswers: Readonly<Record<string, number>>;
  /** Longest time that the server's event loop was held up while serving them, ms, and by which payload. */
  readonly longestStall: { readonly stallMs: number; readonly during: string };
  /** Whether a good request was stored afterwards. */
  readonly storesAfterwards: boolean;
  readonly residentPeakMb: number;
}

const CONNECTIONS = 8;
const PROBE = join(process.cwd(), 'test/faults/event-loop-probe.mjs');

/** Sends hostile payloads to a server of its own and watches its event loop from inside. */
export async function runHostile(options: HostileOptions): Promise<HostileResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-hostile-'));
  const probeFile = join(dataDir, 'stalls.ndjson');
  const server = await startMeasuredServer({
    dataDir,
    ...(options.dist === undefined ? {} : { dist: options.dist }),
    environment: {
      TIDEWATCH_ROLES: 'ingest,query',
      NODE_OPTIONS: `--import=${pathToFileURL(PROBE).href}`,
      EVENT_LOOP_PROBE_FILE: probeFile,
    },
  });
  try {
    await server.ready;
    // The first good request runs code for the first time; that it takes longer says nothing about what follows.
    await sendGood(server, 0);
    const times: SentAt[] = [];
    const answers = await sendHostile(server, times);
    const mutationAnswers = await sendMutated(server, options, times);
    const storesAfterwards = await sendGood(server, 1);
    return {
      answers,
      mutationAnswers,
      longestStall: longestStall(probeFile, times),
      storesAfterwards,
      residentPeakMb: server.residentMegabytes('peak'),
    };
  } finally {
    await server.end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface SentAt {
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/** One at a time, so that a stall can be laid at a payload's door. */
async function sendHostile(server: MeasuredServer, times: SentAt[]): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (const payload of hostilePayloads()) {
    const from = Date.now();
    answers[payload.name] = await send(new HttpConnection(targetOf(server)), server, payload);
    times.push({ from, to: Date.now(), name: payload.name });
  }
  return answers;
}

async function sendMutated(
  server: MeasuredServer,
  { mutations, seed }: HostileOptions,
  times: SentAt[],
): Promise<Record<string, number>> {
  const payloads = mutatedPayloads(seededRandom(seed));
  const answers: Record<string, number> = {};
  const from = Date.now();
  let left = mutations;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const connection = new HttpConnection(targetOf(server));
      while (left > 0) {
        left -= 1;
        const status = await send(connection, server, payloads.next().value);
        answers[status] = (answers[status] ?? 0) + 1;
      }
      connection.close();
    }),
  );
  times.push({ from, to: Date.now(), name: 'mutated payloads' });
  return answers;
}

async function sendGood(server: MeasuredServer, first: number): Promise<boolean> {
  const before = await server.items('metrics');
  const timeMs = Date.now();
  const body = metricsBody({ exporter: 'good', first, count: 1, timeMs, startedAt: timeMs - 1_000 });
  const headers = { 'Content-Type': 'application/x-protobuf' };
  const connection = new HttpConnection(targetOf(server));
  const status = await send(connection, server, { name: 'good', path: '/v1/metrics', headers, body });
  connection.close();
  await waitUntilStored(server, 'metrics', before.stored + before.rejected + 2, 30_000);
  return status === 200;
}

async function send(
  connection: HttpConnection,
  server: MeasuredServer,
  { path, headers, body }: HostilePayload,
): Promise<number> {
  try {
    const { bytes } = withHead({ ...targetOf(server), path }, headers, body);
    return (await connection.request(bytes)).status;
  } catch {
    return 0;
  }
}

function targetOf({ host, ports }: MeasuredServer): { host: string; port: number } {
  return { host, port: ports.otlp };
}

function longestStall(
  probeFile: string,
  times: readonly SentAt[],
): { readonly stallMs: number; readonly during: string } {
  const lines = existsSync(probeFile) ? readFileSync(probeFile, 'utf8').split('\n') : [];
  const stalls = lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { at: number; stallMs: number })
    .flatMap(({ at, stallMs }) => {
      // `at` is the end of the stall.
      const sent = times.find(({ from, to }) => at >= from && at - stallMs <= to);
      return sent === undefined ? [] : [{ stallMs, during: sent.name }];
    });
  return stalls.sort((a, b) => b.stallMs - a.stallMs)[0] ?? { stallMs: 0, during: 'nothing' };
}

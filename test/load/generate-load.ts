import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection, type HttpAnswer } from './http-connection.js';
import { Latencies, type LatencySummary } from './latencies.js';
import { metricsRequest } from './metrics-request.js';
import { remoteWriteRequest } from './remote-write-request.js';
import type { RequestTemplate } from './request-template.js';
import { spansRequest } from './spans-request.js';

/** What to send, how fast, and for how long. */
export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly kind: 'metrics' | 'spans' | 'remote-write';
  /** Exporters, each with a connection, series and one outstanding request of its own. */
  readonly connections: number;
  readonly itemsPerRequest: number;
  /** All connections together; `null` sends as fast as answers come. */
  readonly itemsPerSecond: number | null;
  readonly seconds: number;
  /** How long requests that were not accepted when the time is up are tried further. Default: 30. */
  readonly patienceSeconds?: number;
}

/** What came of it. */
export interface LoadResult {
  /** Items in requests that were answered 200 (or 204), each request counted once however often it was sent. */
  readonly acceptedItems: number;
  /** Items in requests that were never accepted: given up after the patience, or refused for good. */
  readonly unacceptedItems: number;
  /** 200s that carry a partial success or a warning. */
  readonly partialAnswers: number;
  /** Number of answers by status; `0` is a connection that failed before the answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** 503s without `Retry-After`: a client would not know when to come back. */
  readonly refusalsWithoutRetryAfter: number;
  /** When the first answer came that was not a success, ms since the epoch; `null` when there was none. */
  readonly firstRefusalAt: number | null;
  /** From the first request until the last accepted answer. */
  readonly seconds: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /**
   * Answer times of accepted requests. With a rate they count from when the request was due: a stall then shows in every
   * request that it held up, not only in those that were on their way.
   */
  readonly latencyMs: LatencySummary;
  /** Processor time of this process. */
  readonly cpuSeconds: number;
}

/** Answers after which the same body is sent again, as the OTLP specification has them. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const RETRY_MS = 100;

/** Sends load from this process and resolves when every request was accepted or given up. */
export async function generateLoad(options: LoadOptions): Promise<LoadResult> {
  const totals = new Totals();
  const cpuBefore = process.cpuUsage();
  const startedAt = Date.now();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: options.connections }, (_, exporter) =>
      runExporter(options, exporter, start, totals),
    ),
  );
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ...totals.counts,
    answers: totals.answers,
    firstRefusalAt: totals.firstRefusalAt,
    seconds: (totals.lastAcceptedAt - start) / 1_000,
    startedAt,
    endedAt: startedAt + (totals.lastAcceptedAt - start),
    latencyMs: totals.latencies.summary(),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

class Totals {
  readonly counts = { acceptedItems: 0, unacceptedItems: 0, partialAnswers: 0, refusalsWithoutRetryAfter: 0 };
  readonly answers: Record<string, number> = {};
  readonly latencies = new Latencies();
  lastAcceptedAt = performance.now();
  firstRefusalAt: number | null = null;

  answered(status: number): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
  }
}

async function runExporter(
  options: LoadOptions,
  exporter: number,
  start: number,
  totals: Totals,
): Promise<void> {
  const connection = new HttpConnection(options);
  const template = templateOf(options, exporter);
  const end = start + options.seconds * 1_000;
  const giveUpAt = end + (options.patienceSeconds ?? 30) * 1_000;
  const interval =
    options.itemsPerSecond === null
      ? null
      : (options.connections * options.itemsPerRequest * 1_000) / options.itemsPerSecond;
  let due = start + (interval === null ? 0 : (interval * exporter) / options.connections);
  let time = 0;
  while (due < end) {
    const early = due - performance.now();
    if (interval !== null && early > 0) {
      await sleep(early);
    }
    // A series has one point per time: times only ever go up, even when the clock does not.
    time = Math.max(time + 1, Date.now());
    template.stamp(time);
    await deliver(
      connection,
      template,
      { due: interval === null ? performance.now() : due, giveUpAt },
      totals,
    );
    due = interval === null ? performance.now() : due + interval;
  }
  connection.close();
}

/** Sends one body until it is accepted, refused for good, or given up. */
async function deliver(
  connection: HttpConnection,
  template: RequestTemplate,
  { due, giveUpAt }: { readonly due: number; readonly giveUpAt: number },
  totals: Totals,
): Promise<void> {
  for (;;) {
    const answer = await attempt(connection, template.bytes);
    totals.answered(answer?.status ?? 0);
    const now = performance.now();
    if (answer?.status === 200 || answer?.status === 204) {
      totals.latencies.add(now - due);
      totals.lastAcceptedAt = now;
      totals.counts.acceptedItems += template.items;
      totals.counts.partialAnswers += answer.body.length > 0 ? 1 : 0;
      return;
    }
    totals.firstRefusalAt ??= Date.now();
    if (answer?.status === 503 && answer.retryAfterMs === null) {
      totals.counts.refusalsWithoutRetryAfter += 1;
    }
    if ((answer !== null && !RETRYABLE.has(answer.status)) || now > giveUpAt) {
      totals.counts.unacceptedItems += template.items;
      return;
    }
    await sleep(answer?.retryAfterMs ?? RETRY_MS);
  }
}

async function attempt(connection: HttpConnection, bytes: Uint8Array): Promise<HttpAnswer | null> {
  try {
    return await connection.request(bytes);
  } catch {
    return null;
  }
}

function templateOf(options: LoadOptions, exporter: number): RequestTemplate {
  const points = options.itemsPerRequest;
  switch (options.kind) {
    case 'metrics':
      return metricsRequest(options, { exporter, points });
    case 'remote-write':
      return remoteWriteRequest(options, { exporter, points });
    case 'spans':
      return spansRequest(options, exporter, points);
  }
}

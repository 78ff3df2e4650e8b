import { decodeLogs, decodeTraces, type LogBatch, type SpanBatch } from '@tidewatch/otlp';
import type { Store } from '@tidewatch/store';
import { storeBlocks } from './store-blocks.js';

/** A span; times in milliseconds. */
export interface SpanSample {
  readonly at: number;
  readonly durationMs?: number;
  readonly id: number;
  readonly name?: string;
  /** OTLP's number; 2 is a server. */
  readonly kind?: number;
  readonly parent?: number;
  /** 0 unset, 1 ok, 2 error. */
  readonly status?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly resource?: Readonly<Record<string, string>>;
}

/** A log record; time in milliseconds. */
export interface LogSample {
  readonly at: number;
  readonly severity?: number;
  readonly severityText?: string;
  readonly body?: string;
  readonly event?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly resource?: Readonly<Record<string, string>>;
}

const RANKER = { 'service.name': 'ranker' };

function keyValues(attributes: Readonly<Record<string, string>> = {}): unknown[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** Exact to the nanosecond: the epoch in nanoseconds is beyond what a double holds. */
function nano(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1_000_000)));
}

function hex(id: number, length: number): string {
  return id.toString(16).padStart(length, '0');
}

/** Every time is accepted. */
const times = { earliest: 0, latest: 4_000_000_000_000 };

/** The spans as a decoded request; each has a trace of its own. */
export function spanBatch(spans: readonly SpanSample[]): SpanBatch {
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: keyValues(span.resource ?? RANKER) },
    scopeSpans: [
      {
        spans: [
          {
            traceId: hex(span.id, 32),
            spanId: hex(span.id, 16),
            parentSpanId: span.parent === undefined ? '' : hex(span.parent, 16),
            name: span.name ?? 'POST /predict',
            kind: span.kind ?? 2,
            startTimeUnixNano: nano(span.at),
            endTimeUnixNano: String(BigInt(nano(span.at)) + BigInt(nano(span.durationMs ?? 0))),
            status: { code: span.status ?? 0 },
            attributes: keyValues(span.attributes),
          },
        ],
      },
    ],
  }));
  return decodeTraces(Buffer.from(JSON.stringify({ resourceSpans })), 'json', { times });
}

/** The records as a decoded request. */
export function logBatch(logs: readonly LogSample[]): LogBatch {
  const resourceLogs = logs.map((log) => ({
    resource: { attributes: keyValues(log.resource ?? RANKER) },
    scopeLogs: [
      {
        logRecords: [
          {
            timeUnixNano: nano(log.at),
            severityNumber: log.severity ?? 0,
            severityText: log.severityText ?? '',
            body: { stringValue: log.body ?? '' },
            eventName: log.event ?? '',
            attributes: keyValues(log.attributes),
          },
        ],
      },
    ],
  }));
  return decodeLogs(Buffer.from(JSON.stringify({ resourceLogs })), 'json', { times, now: 0 });
}

/** Stores spans. */
export function storeSpans(store: Store, project: string, spans: readonly SpanSample[]): Promise<void> {
  return storeBlocks(store, store.traces.encode(project, spanBatch(spans)), project);
}

/** Stores log records. */
export function storeLogs(store: Store, project: string, logs: readonly LogSample[]): Promise<void> {
  return storeBlocks(store, store.logs.encode(project, logBatch(logs)), project);
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeMetrics, SeriesCache } from '@tidewatch/otlp';
import type { MetricSeries } from '@tidewatch/otlp';

/** One received counter or histogram point; `value` is the count of a histogram. Times in milliseconds. */
export interface ReceivedPoint {
  readonly series: MetricSeries;
  readonly start: number;
  readonly at: number;
  readonly value: number;
}

/** A call to anything that is not OTLP. */
export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A server that plays Tidewatch: it takes everything, and keeps it for the test to look at. */
export interface OtlpReceiver {
  readonly url: string;
  readonly points: ReceivedPoint[];
  readonly calls: ReceivedCall[];
  readonly traceRequests: { count: number };
  /** Content types of the metric requests of each service. */
  readonly encodings: Map<string, Set<string>>;
  close(): Promise<void>;
}

const milliseconds = (nano: bigint | undefined): number => Number((nano ?? 0n) / 1_000n) / 1_000;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function keepMetrics(receiver: OtlpReceiver, body: Buffer, contentType: string): void {
  const batch = decodeMetrics(body, contentType === 'application/json' ? 'json' : 'protobuf', {
    cache: new SeriesCache({ maxBytes: 16_777_216, limits: { perMetric: 10_000, perProject: 100_000 } }),
    // History and the present: nothing that the fleet sends may be refused.
    times: { earliest: 0, latest: Date.now() + 60_000 },
    day: Math.floor(Date.now() / 86_400_000),
  });
  if (batch.rejections.length > 0) {
    throw new Error(`Refused: ${JSON.stringify(batch.rejections)}`);
  }
  const seriesOf = (index: number | undefined): MetricSeries => {
    const series = batch.series[index ?? -1];
    if (series === undefined) {
      throw new Error('A point without a series.');
    }
    const encodings = receiver.encodings.get(series.serviceName) ?? new Set();
    receiver.encodings.set(series.serviceName, encodings.add(contentType));
    return series;
  };
  for (const columns of [batch.numbers, batch.histograms]) {
    for (let row = 0; row < columns.length; row += 1) {
      const value =
        'count' in columns
          ? Number(columns.count[row])
          : columns.isInt[row] === 1
            ? Number(columns.valueInt[row])
            : (columns.value[row] ?? NaN);
      receiver.points.push({
        series: seriesOf(columns.seriesIndex[row]),
        start: milliseconds(columns.startTimeUnixNano[row]),
        at: milliseconds(columns.timeUnixNano[row]),
        value,
      });
    }
  }
}

async function answer(
  receiver: OtlpReceiver,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const path = request.url ?? '';
  const contentType = request.headers['content-type'] ?? '';
  if (path === '/v1/metrics') {
    keepMetrics(receiver, body, contentType);
    response.setHeader('content-type', contentType).end(contentType === 'application/json' ? '{}' : '');
  } else if (path === '/v1/traces') {
    receiver.traceRequests.count += 1;
    // ExportTraceServiceResponse { partial_success: { rejected_spans: 1, error_message: "no" } }
    response
      .setHeader('content-type', 'application/x-protobuf')
      .end(Buffer.from([10, 6, 8, 1, 18, 2, 0x6e, 0x6f]));
  } else {
    if (request.method !== 'GET') {
      receiver.calls.push({ method: request.method ?? '', path, body: body.toString('utf8') });
    }
    response.setHeader('content-type', 'application/json').end('{"accepted": 1, "rejected": []}');
  }
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<OtlpReceiver> {
  const server = createServer((request, response) => {
    answer(receiver, request, response).catch((error: Error) => {
      response.statusCode = 400;
      response.end(error.message);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    points: [],
    calls: [],
    traceRequests: { count: 0 },
    encodings: new Map(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/**
 * Sum of the increments of one series over its points, by the rules of OTLP: a delta point adds its value; a
 * cumulative point adds the difference to the one before, or its whole value where the start time changed.
 */
export function totalIncrease(points: readonly ReceivedPoint[]): number {
  const sorted = [...points].sort((a, b) => a.at - b.at);
  let total = 0;
  sorted.forEach((point, index) => {
    const before = sorted[index - 1];
    const isFresh =
      point.series.temporality === 'delta' || before === undefined || before.start !== point.start;
    total += isFresh ? point.value : point.value - before.value;
  });
  return total;
}

/** The points of a metric of a service, by series. */
export function pointsBySeries(
  points: readonly ReceivedPoint[],
  service: string,
  metric: string,
): Map<bigint, ReceivedPoint[]> {
  const found = new Map<bigint, ReceivedPoint[]>();
  for (const point of points) {
    if (point.series.serviceName === service && point.series.metricName === metric) {
      found.set(point.series.hash, [...(found.get(point.series.hash) ?? []), point]);
    }
  }
  return found;
}

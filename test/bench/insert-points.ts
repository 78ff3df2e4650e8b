import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '@tidewatch/core';
import type { MetricBatch, MetricSeries, NumberPoints } from '@tidewatch/otlp';
import { median } from 'simple-statistics';
// The first version's rows are no longer written by the store; its writer of rows is.
import { RowBinaryWriter } from '../../libs/store/src/row-binary.js';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { sealedBatch } from '../harness/store-blocks.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { withEmbeddedStore } from './embedded-store.js';
import { figure, type Figure } from './figure.js';

const SERIES = 20_000;
const METRICS = 20;
const REQUESTS = 1_000;
const POINTS_PER_REQUEST = 1_000;
const ROWS = REQUESTS * POINTS_PER_REQUEST;
const RUNS = 3;
const START = Date.UTC(2026, 10, 20, 10);

/**
 * `insert-points`: rows stored per CPU-second of everything between a decoded request and a durable part (encoding,
 * assembling, the engine's insert), in batches of 1,000 requests of 1,000 points, against the first version's way:
 * rows instead of columns, and duplicates searched for while inserting. Merges, which both need alike, are stopped.
 */
export async function benchInsertPoints(): Promise<Figure[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tidewatch-insert-points-'));
  try {
    return await withEmbeddedStore(async (backend) => {
      await backend.raw('SYSTEM STOP MERGES');
      const ours: number[] = [];
      const baseline: number[] = [];
      const series = manySeries();
      for (let run = -1; run < RUNS; run++) {
        const requests = Array.from({ length: REQUESTS }, (_, index) =>
          request(series, (run + 1) * REQUESTS + index),
        );
        const columns = await cpuSeconds(() => storeColumns(backend, requests));
        const rows = await cpuSeconds(() => storeRows(backend, requests, path.join(directory, 'rows')));
        if (run >= 0) {
          ours.push(ROWS / columns);
          baseline.push(ROWS / rows);
        }
      }
      return [
        figure({
          name: 'insert-points',
          value: median(ours),
          unit: 'rows/CPU-s',
          baseline: median(baseline),
          baselineName: "the first version's rows",
          floor: { atLeast: 2_000_000 },
        }),
      ];
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function manySeries(): MetricSeries[] {
  const random = seededRandom(1);
  return Array.from({ length: SERIES }, (_, index) =>
    metricSeries({
      hash: BigInt(Math.floor(random() * 2 ** 32)) * 2n ** 32n + BigInt(index),
      metricName: `inference.requests.${index % METRICS}`,
    }),
  );
}

/** Request `number`: one point of each of 1,000 series, integers and doubles in turn. */
function request(series: readonly MetricSeries[], number: number): MetricBatch {
  const first = (number * POINTS_PER_REQUEST) % SERIES;
  const at = BigInt(START + number) * 1_000_000n;
  const length = POINTS_PER_REQUEST;
  const isInt = Uint8Array.from({ length }, (_, index) => index % 2);
  const values = Float64Array.from({ length }, (_, index) =>
    isInt[index] === 1 ? number * 100 + index : ((number * 7919 + index * 104_729) % 100_000) / 1000,
  );
  const numbers: NumberPoints = {
    length,
    seriesIndex: Uint32Array.from({ length }, (_, index) => index),
    timeUnixNano: new BigInt64Array(length).fill(at),
    startTimeUnixNano: new BigInt64Array(length).fill(BigInt(START) * 1_000_000n),
    flags: new Uint32Array(length),
    value: values,
    valueInt: BigInt64Array.from({ length }, (_, index) =>
      isInt[index] === 1 ? BigInt(values[index]!) : 0n,
    ),
    isInt,
  };
  return { ...metricBatch([]), series: series.slice(first, first + length), numbers, accepted: length };
}

async function storeColumns(backend: OpenBackend, requests: readonly MetricBatch[]): Promise<void> {
  const blocks = requests.flatMap((batch) => backend.store.metrics.encode('default', batch));
  await backend.store.ingest.sink.insert(
    sealedBatch(blocks.filter(({ layout }) => layout.startsWith('metric_points/'))),
  );
}

const COLUMNS = [
  ['Project', 'LowCardinality(String)'],
  ['MetricName', 'LowCardinality(String)'],
  ['SeriesHash', 'UInt64'],
  ['TimeUnix', "DateTime64(9, 'UTC')"],
  ['StartTimeUnix', "DateTime64(9, 'UTC')"],
  ['ValueDouble', 'Float64'],
  ['ValueInt', 'Int64'],
  ['ValueKind', "Enum8('double' = 0, 'int' = 1)"],
  ['Flags', 'UInt32'],
] as const;

async function storeRows(
  backend: OpenBackend,
  requests: readonly MetricBatch[],
  file: string,
): Promise<void> {
  await writeFile(file, Buffer.concat(requests.map(encodeRows)));
  const structure = COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ');
  await backend.raw(
    `INSERT INTO metric_points (${COLUMNS.map(([name]) => name).join(', ')})
     SETTINGS max_threads = 1, max_insert_threads = 1, optimize_on_insert = 1
     SELECT * FROM file('${file}', 'RowBinary', '${structure.replaceAll("'", "\\'")}')`,
  );
}

function encodeRows({ series, numbers }: MetricBatch): Buffer {
  const prefixes = series.map(({ metricName, hash }) => {
    const writer = new RowBinaryWriter(64);
    writer.text('default');
    writer.text(metricName);
    writer.uint64(hash);
    return writer.finish();
  });
  const writer = new RowBinaryWriter(numbers.length * 96);
  for (let index = 0; index < numbers.length; index++) {
    writer.raw(prefixes[numbers.seriesIndex[index]!]!);
    writer.int64(numbers.timeUnixNano[index]!);
    writer.int64(numbers.startTimeUnixNano[index]!);
    writer.float64(numbers.value[index]!);
    writer.int64(numbers.valueInt[index]!);
    writer.uint8(numbers.isInt[index]!);
    writer.uint32(numbers.flags[index]!);
  }
  return writer.finish();
}

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

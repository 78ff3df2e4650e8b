import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, readRules } from '@tidewatch/config';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { parsePredictions } from '@tidewatch/samples';
import type { Store } from '@tidewatch/store';
import { pino } from 'pino';
import { quantile } from 'simple-statistics';
import { startServer } from '../../apps/server/src/server.js';
import { storeBlocks } from '../harness/store-blocks.js';
import { figure, type Figure } from './figure.js';

const SAMPLES = 600_000;
const FEATURES = 8;
const BLOCK = 20_000;
const HEAVY_QUERIES = 4;
const REQUESTS = 200;
const POINTS_PER_REQUEST = 100;
const HOUR_MS = 3_600_000;

/**
 * `answer-beside-queries`: 99th percentile of the time until an OTLP request is answered while four heavy queries run
 * without pause. A request holds 100 points and is answered after its insert is synced. The heavy query is the one a
 * drift monitor asks: a hash sample of all features over 600,000 predictions.
 */
export async function benchAnswerBesideQueries(): Promise<Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-bench-'));
  const environment = {
    TIDEWATCH_DATA_DIR: dataDir,
    TIDEWATCH_HTTP_PORT: '0',
    TIDEWATCH_OTLP_HTTP_PORT: '0',
  };
  const rules = readRules(join(dataDir, 'no-rules'), false);
  const server = await startServer({
    config: readConfig(environment),
    rules,
    environment,
    logger: pino({ level: 'error' }),
  });
  try {
    await seed(server.store);
    await answerTimes(server.endpoints.otlpHttp, 20);
    const alone = await answerTimes(server.endpoints.otlpHttp, REQUESTS);
    const queries = startHeavyQueries(server.store);
    const beside = await answerTimes(server.endpoints.otlpHttp, REQUESTS);
    const finished = await queries.stop();
    if (finished < HEAVY_QUERIES) {
      throw new Error(`Only ${finished} heavy queries finished beside the requests; nothing was measured.`);
    }
    return [
      figure({
        name: 'answer-beside-queries',
        value: quantile(beside, 0.99),
        unit: 'ms',
        baseline: quantile(alone, 0.99),
        baselineName: 'the same requests without queries beside them',
        floor: { atMost: 250 },
      }),
    ];
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function seed(store: Store): Promise<void> {
  const random = seededRandom(1);
  const now = Date.now();
  for (let start = 0; start < SAMPLES; start += BLOCK) {
    const rows = Array.from({ length: BLOCK }, (_, index) => ({
      model: 'ranker',
      timestamp: now - ((start + index) / SAMPLES) * 2 * HOUR_MS,
      features: Object.fromEntries(
        Array.from({ length: FEATURES }, (_unused, feature) => [`f${feature}`, seededNormal(random)]),
      ),
    }));
    const body = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));
    const parsed = parsePredictions(body, {
      contentType: 'application/x-ndjson',
      project: 'default',
      now,
      newId: randomUUID,
    });
    await storeBlocks(store, store.predictions.encode('default', parsed.rows));
  }
}

function startHeavyQueries(store: Store): { stop(): Promise<number> } {
  let running = true;
  let finished = 0;
  const loops = Array.from({ length: HEAVY_QUERIES }, async () => {
    while (running) {
      const now = Date.now();
      await store.features.featureSamples('default', 'ranker', { from: now - 3 * HOUR_MS, to: now });
      finished += 1;
    }
  });
  return {
    async stop() {
      running = false;
      await Promise.all(loops);
      return finished;
    },
  };
}

async function answerTimes(endpoint: string, requests: number): Promise<number[]> {
  const times: number[] = [];
  for (let request = 0; request < requests; request += 1) {
    const body = metricsBody(Date.now());
    const startedAt = performance.now();
    const response = await fetch(`${endpoint}/v1/metrics`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    await response.arrayBuffer();
    times.push(performance.now() - startedAt);
    if (response.status !== 200) {
      throw new Error(`A request was answered ${response.status}.`);
    }
  }
  return times;
}

function metricsBody(now: number): string {
  const dataPoints = Array.from({ length: POINTS_PER_REQUEST }, (_, index) => ({
    timeUnixNano: `${now}000000`,
    startTimeUnixNano: `${now - 5_000}000000`,
    asInt: '1',
    attributes: [{ key: 'route', value: { stringValue: `/r/${index}` } }],
  }));
  const metric = {
    name: 'inference.requests',
    sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints },
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'ranker-api' } }] };
  return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] });
}

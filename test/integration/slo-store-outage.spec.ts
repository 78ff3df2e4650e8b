import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { floorTime } from '@tidewatch/core';
import { DEFAULT_TIERS } from '@tidewatch/slo';
import { openStore, type Store } from '@tidewatch/store';
import { sliceKeysOf } from '../../apps/server/src/evaluate/slice-key.js';
import { startClickHouseHttp, type ClickHouseHttp } from '../harness/clickhouse-http.js';
import { metricBatch, type NumberSample } from '../harness/metric-batch.js';
import { SloRounds } from '../harness/slo-rounds.js';
import { newProject, projectSlo, ratio, steady } from '../harness/slo-traffic.js';
import { STORE_DEFAULTS } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = floorTime(Date.now(), MINUTE) - 30 * MINUTE + 20 * SECOND;

/** Their windows and a day are enough for what comes two hours late. */
const PAGES = DEFAULT_TIERS.filter(({ severity }) => severity === 'page');

/** Stands between the store and ClickHouse, and lets through what it is told to. */
class Gate {
  blocked: RegExp | null = null;
  refused = 0;
  url = '';
  private readonly server: Server;

  constructor(target: string) {
    this.server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks);
        const text = decodeURIComponent((incoming.url ?? '').replaceAll('+', ' ')) + body.toString('latin1');
        if (this.blocked?.test(text) === true) {
          this.refused++;
          incoming.socket.destroy();
          return;
        }
        const { method, headers, url } = incoming;
        const forwarded = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        });
        forwarded.on('error', () => outgoing.destroy());
        forwarded.end(body);
      });
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let clickHouse: ClickHouseHttp;
let gate: Gate;
let store: Store;
beforeAll(async () => {
  clickHouse = await startClickHouseHttp();
  gate = new Gate(clickHouse.url);
  await gate.open();
  store = await openStore({ ...STORE_DEFAULTS, mode: { kind: 'server', url: gate.url } });
}, 60_000);
afterAll(async () => {
  await store.close();
  await gate.close();
  await clickHouse.stop();
});

const send = (project: string, points: readonly NumberSample[]) =>
  storeMetrics(store, project, metricBatch(points));

describe.each([
  ['at all', /./],
  ['to look for what came', /ingest_batches/],
  ['to count', /metric_points/],
  ['to read slices', /FROM slo_slices/],
  ['to write slices', /INSERT INTO slo_slices/],
  ['to read corrections', /slo_corrections/],
  ['to write verdicts', /INSERT INTO verdicts/],
])('a round in which the store cannot be reached %s', (_what, blocked) => {
  test('is made up for by the next, exactly', async () => {
    const project = newProject();
    await send(project, steady('requests', NOW - HOUR, NOW));
    const slo = projectSlo(project, ratio(), { periodMs: DAY, tiers: PAGES });
    const rounds = new SloRounds(store);
    await rounds.round([slo], NOW);
    // New points, and late ones of both kinds, which are told of once.
    await send(project, steady('requests', NOW, NOW + 10 * SECOND, 3));
    await send(project, steady('requests', NOW - 5 * MINUTE, NOW - 5 * MINUTE + 1, 100));
    await send(project, steady('requests', NOW - 2 * HOUR, NOW - 2 * HOUR + 1, 1_000));
    gate.blocked = blocked;
    gate.refused = 0;
    await rounds.round([slo], NOW + 10 * SECOND, { lookBack: false });
    gate.blocked = null;
    expect(gate.refused).toBeGreaterThan(0);
    expect(rounds.errors).toHaveLength(1);
    await send(project, steady('requests', NOW + 10 * SECOND, NOW + 20 * SECOND, 5));
    await rounds.round([slo], NOW + 20 * SECOND);
    await rounds.round([slo], NOW + 5 * MINUTE + 30 * SECOND);
    expect(rounds.errors).toHaveLength(1);
    const verdict = await rounds.verdict(slo);
    expect(verdict).toMatchObject({ state: 'ok', period: { good: 4_708, total: 4_708 } });
    // What was late lies outside the hour, as does what it has left behind.
    const hour = verdict.tiers.find(({ name }) => name === 'page-fast');
    expect(hour).toMatchObject({ totalEvents: 3_708 - 330 });
    const [key = ''] = sliceKeysOf(slo);
    const stored = await store.sloSlices.slices(project, { slo: key, group: '' }, 10_000, {
      from: NOW - HOUR,
      to: NOW + HOUR,
    });
    expect(stored.reduce((sum, { total }) => sum + total, 0)).toBe(3_708);
  }, 60_000);
});

test('history that could not be counted is counted when the store is back', async () => {
  const project = newProject();
  await send(project, [
    ...steady('requests', NOW - HOUR, NOW),
    ...steady('requests', NOW - 50 * HOUR, NOW - 50 * HOUR + 1, 1_000),
  ]);
  const slo = projectSlo(project, ratio());
  const rounds = new SloRounds(store);
  await rounds.round([slo], NOW, { lookBack: false });
  await send(project, steady('requests', NOW - 3 * HOUR, NOW - 3 * HOUR + 1, 7));
  await rounds.round([slo], NOW + 10 * SECOND, { lookBack: false });
  gate.blocked = /slo_slices/;
  await expect(rounds.lookBack(NOW + 12 * SECOND)).rejects.toThrow();
  gate.blocked = null;
  await rounds.round([slo], NOW + 20 * SECOND);
  await rounds.round([slo], NOW + 5 * MINUTE + 20 * SECOND);
  expect(await rounds.verdict(slo)).toMatchObject({ period: { total: 4_607, coverage: 1 } });
}, 60_000);

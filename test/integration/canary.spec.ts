import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { valueBin } from '@tidewatch/drift';
import type { Label, Prediction } from '@tidewatch/samples';
import { run } from '../../apps/cli/src/run.js';
import { label, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR;

describe.each(STORE_BACKENDS)('two arms, $name', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const answer = (id: string, variant: string, timestamp: number, partial: Partial<Prediction> = {}) =>
    prediction({ predictionId: `arms-${id}`, model: 'arms', variant, timestamp, ...partial });
  const query = {
    population: { model: 'arms', service: '', region: '', where: {} },
    range: { from: START, to: START + 2 * HOUR },
    by: 'variant' as const,
    control: 'stable',
    candidate: 'canary',
    stratify: '',
    maturityMs: HOUR,
    labelSource: '',
  };

  test('are counted in the minutes that both have, by stratum', async () => {
    const output = (text: string, score: number | null, value: number | null): Prediction['prediction'] => ({
      ...prediction({ predictionId: '', timestamp: 0 }).prediction,
      label: text,
      score,
      value,
    });
    const predictions: Prediction[] = [
      answer('1', 'stable', START, {
        latencyMs: 100,
        prediction: output('yes', 0.25, null),
        tags: { zone: 'a' },
      }),
      answer('2', 'canary', START + 1, { latencyMs: 0, status: 'error', prediction: output('no', null, -3) }),
      answer('3', 'stable', START + 2, { latencyMs: 250, prediction: output('no', 0.75, 0) }),
      // An hour later both are there again.
      answer('4', 'stable', START + HOUR, { latencyMs: 90 }),
      answer('5', 'canary', START + HOUR + 1, { latencyMs: 80 }),
      // Minutes of one arm, and a third arm.
      answer('6', 'stable', START + 10 * MINUTE, { latencyMs: 9_999 }),
      answer('7', 'shadow', START, { latencyMs: 9_999 }),
    ];
    const labels: Label[] = [
      label({ predictionId: 'arms-1', label: 'yes', timestamp: START + MINUTE }),
      label({ predictionId: 'arms-2', label: 'yes', timestamp: START + MINUTE }),
      // Too late to count.
      label({ predictionId: 'arms-3', label: 'no', timestamp: START + 2 * HOUR }),
    ];
    await storeBlocks(backend.store, backend.store.predictions.encode('default', predictions));
    await storeBlocks(backend.store, backend.store.labels.encode('default', labels));
    const bins = (...values: number[]) => new Map(values.map((value) => [valueBin(value), 1]));
    const [whole] = await backend.store.canary.strata('default', query);
    expect(whole).toEqual({
      name: '',
      control: {
        requests: 3,
        failures: 0,
        labelled: 1,
        correct: 1,
        latencies: bins(90, 100, 250),
        labels: new Map([
          ['no', 1],
          ['yes', 1],
        ]),
        scores: bins(0.25, 0.75),
        values: bins(0),
      },
      candidate: {
        requests: 2,
        failures: 1,
        labelled: 1,
        correct: 0,
        latencies: bins(0, 80),
        labels: new Map([['no', 1]]),
        scores: new Map(),
        values: bins(-3),
      },
    });
    const counted = async (stratify: string) =>
      (await backend.store.canary.strata('default', { ...query, stratify })).map(
        ({ name, control, candidate }) => [name, control.requests, candidate.requests],
      );
    expect((await counted('hour')).map(([, control, candidate]) => [control, candidate])).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect(await counted('zone')).toEqual([
      ['', 2, 2],
      ['a', 1, 0],
    ]);
    const started = { population: query.population, by: 'variant' as const };
    expect(await backend.store.canary.startedAt('default', { ...started, arm: 'canary' }, query.range)).toBe(
      START + 1,
    );
    expect(
      await backend.store.canary.startedAt('default', { ...started, arm: 'none' }, query.range),
    ).toBeNull();
  });
});

describe('the gate', () => {
  let server: TestServer;
  const random = seededRandom(9);

  beforeAll(async () => {
    server = await startTestServer();
    const arms: readonly [variant: string, latency: number, success: number][] = [
      ['stable', 80, 0.999],
      ['good', 80, 0.999],
      ['slow', 120, 0.999],
      ['tiny', 80, 0.999],
    ];
    for (const [variant, latency, success] of arms) {
      const count = variant === 'tiny' ? 50 : 12_000;
      for (let at = 0; at < count; at += 3_000) {
        const rows = Array.from({ length: Math.min(3_000, count - at) }, (_, i) => ({
          prediction_id: `${variant}-${at + i}`,
          timestamp: START + Math.floor(((at + i) * 2 * HOUR) / count),
          model: 'm',
          variant,
          model_version: variant,
          latency_ms: latency * Math.exp(0.1 * seededNormal(random)),
          status: random() < success ? 'ok' : 'error',
          features: { size: i },
        }));
        const response = await fetch(`${server.api}/v1/predictions`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson' },
          body: rows.map((row) => JSON.stringify(row)).join('\n'),
        });
        expect([response.status, await response.json()]).toEqual([
          200,
          expect.objectContaining({ rejected: [] }),
        ]);
      }
    }
    await server.stored();
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  async function gate(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ['', ''];
    const code = await run(['canary', 'gate', '--url', server.api, '--model', 'm', ...args], {
      out: (text) => (out += `${text}\n`),
      err: (text) => (err += `${text}\n`),
      isInteractive: false,
      confirm: () => Promise.resolve(false),
      readInput: async function* () {},
    });
    return { code, out, err };
  }

  test('promotes what is no worse, by variant and by version', async () => {
    const { code, out } = await gate('--control', 'stable', '--candidate', 'good', '--stratify', 'hour');
    expect([code, out.split('\n')[0]]).toEqual([0, 'same: The candidate is no worse than allowed.']);
    expect(out).toMatch(/^latency p95 +same +[\d.]+ +[\d.]+/m);
    expect(out).toMatch(/^accuracy +not-measured/m);
    expect((await gate('--control', 'stable', '--candidate', 'good', '--by', 'version')).code).toBe(0);
  });

  test('rolls back what is worse', async () => {
    const { code, out } = await gate('--control', 'stable', '--candidate', 'slow', '--json');
    expect(code).toBe(1);
    const view = JSON.parse(out) as { conclusion: string; reason: string; range: { from: number } };
    expect(view).toMatchObject({ conclusion: 'worse', reason: 'The candidate is worse: latency p95.' });
    expect(view.range.from).toBe(START);
    expect((await gate('--control', 'slow', '--candidate', 'stable')).out).toContain(
      'better: The candidate is better',
    );
  });

  test('waits for what is not certain, with the samples that it takes', async () => {
    const { code, out } = await gate('--control', 'stable', '--candidate', 'tiny');
    expect(code).toBe(3);
    expect(out).toMatch(
      /^inconclusive: It is not certain yet for .* further samples of the candidate will tell\./,
    );
    expect((await gate('--control', 'stable', '--candidate', 'good', '--minimum-duration', '1d')).code).toBe(
      3,
    );
    expect((await gate('--control', 'stable', '--candidate', 'nobody')).out).toContain(
      'no requests that both arms',
    );
  });

  test('what is written wrongly is neither', async () => {
    expect((await gate('--control', 'stable')).code).toBe(2);
    expect((await gate('--control', 'a', '--candidate', 'b', '--by', 'pod')).code).toBe(2);
    const same = await gate('--control', 'stable', '--candidate', 'stable');
    expect([same.code, same.err]).toEqual([
      2,
      expect.stringContaining('control and candidate are the same.'),
    ]);
    const alpha = await gate('--control', 'stable', '--candidate', 'good', '--alpha', '2');
    expect([alpha.code, alpha.err]).toEqual([2, expect.stringContaining('alpha')]);
    const margin = await gate('--control', 'stable', '--candidate', 'good', '--drift-margin', 'wide');
    expect(margin.code).toBe(2);
  });
});

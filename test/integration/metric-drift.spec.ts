import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { driftMonitorSchema, type DriftMonitor, type DriftVerdict } from '@tidewatch/drift';
import { pino } from 'pino';
import { DriftJudge } from '../../apps/server/src/evaluate/drift/drift-judge.js';
import { MonitorRunner } from '../../apps/server/src/evaluate/monitor-runner.js';
import { metricBatch, metricSeries } from '../harness/metric-batch.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const WINDOW = 10 * MINUTE;
const END = Math.floor(Date.now() / WINDOW) * WINDOW - 60 * MINUTE;
const BOUNDS = [5, 10, 25, 50, 100, 250, 500];
const random = seededRandom(8);

const rule = (metrics: Record<string, unknown>[], spec: Record<string, unknown> = {}): DriftMonitor =>
  driftMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'DriftMonitor',
    metadata: { name: 'latencies' },
    spec: {
      model: 'ranker',
      ...{ features: 'none', outputs: 'none', metrics },
      baseline: { kind: 'rolling', length: '3h' },
      ...{ window: '10m', every: '5m', hold: '0s' },
      ...spec,
    },
  });

describe('OTLP histograms against earlier ones', () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
    await store('explicit', 'histogram');
    await store('exponential', 'exponential_histogram');
    await storeMetrics(
      backend.store,
      'default',
      metricBatch([{ series: metricSeries({ metricName: 'requests' }), at: END - MINUTE, value: 1 }]),
    );
  }, 120_000);
  afterAll(() => backend.close());

  /** A latency per minute for over three hours: of the model, which slows in the window, and of the rest, which does not. */
  async function store(metricName: string, metricType: 'histogram' | 'exponential_histogram'): Promise<void> {
    const series = ['model', 'rest'].map((stage) =>
      metricSeries({ metricName, metricType, isMonotonic: false, attributes: { stage } }),
    );
    const points = series.flatMap((of) =>
      Array.from({ length: 200 }, (_, i) => {
        const at = END - (200 - i) * MINUTE + 30_000;
        const slower = of.attributes['stage'] === 'model' && at >= END - WINDOW ? 1.5 : 1;
        const values = Array.from({ length: 60 }, () => 40 * slower * Math.exp(0.5 * seededNormal(random)));
        return { series: of, at, start: at - MINUTE, values };
      }),
    );
    const explicit = points.map(({ values, ...about }) => ({
      ...about,
      bounds: BOUNDS,
      counts: [...BOUNDS, Infinity].map(
        (bound, i) => values.filter((value) => value <= bound && value > (BOUNDS[i - 1] ?? -Infinity)).length,
      ),
    }));
    const exponential = points.map(({ values, ...about }) => {
      // Scale 2: bases of the fourth root of 2.
      const indices = values.map((value) => Math.ceil(Math.log2(value) * 4) - 1);
      const offset = Math.min(...indices);
      const counts = new Array<number>(Math.max(...indices) - offset + 1).fill(0);
      indices.forEach((index) => (counts[index - offset]! += 1));
      return { ...about, scale: 2, positive: { offset, counts } };
    });
    await storeMetrics(
      backend.store,
      'default',
      metricType === 'histogram' ? metricBatch([], explicit) : metricBatch([], [], { exponential }),
    );
  }

  async function judge(monitor: DriftMonitor) {
    const logger = pino({ level: 'silent' });
    const runner = new MonitorRunner(backend.store, logger, new DriftJudge(backend.store, logger));
    const [signal] = await runner.evaluate([monitor], Date.now(), END + 1_000);
    const rows = await backend.store.verdicts.history('default', {
      ...{ kind: 'DriftMonitor', rule: monitor.name, subject: null },
      range: { from: END, to: END + 1 },
    });
    return { signal, verdicts: rows.map((row) => JSON.parse(row.document) as DriftVerdict) };
  }

  test.each(['explicit', 'exponential'])(
    '%s bounds: the series that moved, and not the other',
    async (metric) => {
      const { signal, verdicts } = await judge(
        rule([
          { metric, match: { stage: 'model' } },
          { metric, match: { stage: 'rest' } },
        ]),
      );
      expect(signal).toMatchObject({ condition: 'firing', severity: 'ticket' });
      expect(signal!.summary).toContain(`${metric}{stage=model}`);
      const of = (stage: string) =>
        verdicts.find(({ variable }) => variable === `metric:${metric}{stage=${stage}}`);
      expect(of('model')).toMatchObject({
        state: 'alarm',
        test: 'ks',
        ...{ n: 600, m: 10_800, baseline: 'the 3 h before', baselineVersion: 0 },
      });
      // Values half again as large: D of these laws is 2 Phi(ln 1.5 / (2 * 0.5)) - 1 = 0.315, at 49; the bound nearest is 50.
      expect(of('model')!.statistic!).toBeGreaterThan(0.25);
      expect(of('model')!.statistic!).toBeLessThan(0.38);
      expect(of('model')!.location).toMatchObject({ kind: 'value', moreBelow: false });
      expect(of('rest')?.state).not.toBe('alarm');
      expect(of('rest')).toMatchObject({ n: 600, m: 10_800 });
    },
  );

  test('one metric that is no histogram, or not there, does not stop the others', async () => {
    const monitor = {
      ...rule([
        { metric: 'requests' },
        { metric: 'absent' },
        { metric: 'explicit', match: { stage: 'model' } },
      ]),
      name: 'mixed',
    };
    const { signal, verdicts } = await judge(monitor);
    expect(signal).toMatchObject({ condition: 'firing' });
    const of = (variable: string) => verdicts.find((each) => each.variable === `metric:${variable}`);
    expect(of('requests')).toMatchObject({ state: 'error' });
    expect(of('requests')!.reason).toMatch(/^Metric requests could not be judged: .*histogram/);
    expect(of('absent')).toMatchObject({ state: 'not-enough-data', n: 0, m: 0 });
    expect(of('absent')!.reason).toContain('has no observations');
    expect(of('explicit{stage=model}')?.state).toBe('alarm');
  });

  test('a baseline can be narrowed by labels', async () => {
    const narrowed = rule([{ metric: 'explicit' }], {
      baseline: { kind: 'rolling', length: '3h', where: { stage: ['re.t', 'rest'] } },
    });
    const { verdicts } = await judge({ ...narrowed, name: 'narrowed' });
    expect(verdicts[0]).toMatchObject({
      n: 1_200,
      m: 10_800,
      baseline: 'the 3 h before where stage=re.t|rest',
    });
  });
});

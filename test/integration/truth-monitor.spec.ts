import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { driftMonitorSchema, type DriftVerdict } from '@tidewatch/drift';
import type { Label, Prediction } from '@tidewatch/samples';
import { pino } from 'pino';
import { DriftJudge } from '../../apps/server/src/evaluate/drift/drift-judge.js';
import { MonitorRunner } from '../../apps/server/src/evaluate/monitor-runner.js';
import { label as labelRow, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const WINDOW = 10 * MINUTE;
const MATURITY = 30 * MINUTE;
/** The end of the judged window of predictions; labels are waited for after it. */
const END = Math.floor(Date.now() / WINDOW) * WINDOW - 180 * MINUTE;
const HORIZON = END + MATURITY + 1_000;

const rule = driftMonitorSchema.parse({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'DriftMonitor',
  metadata: { name: 'frauds' },
  spec: {
    model: 'fraud',
    truth: { maturity: '30m' },
    baseline: { kind: 'rolling', length: '1h' },
    ...{ window: '10m', every: '5m', bucket: '5m', hold: '0s' },
    segments: ['channel'],
  },
});

describe('ground truth at equal maturity', () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
  }, 60_000);
  afterAll(() => backend.close());

  const storePredictions = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
  const storeLabels = (rows: readonly Label[]) =>
    storeBlocks(backend.store, backend.store.labels.encode('default', rows));
  const verdictOf = async (subject: string): Promise<DriftVerdict> => {
    const [row] = await backend.store.verdicts.history('default', {
      ...{ kind: 'DriftMonitor', rule: rule.name, subject },
      range: { from: END, to: END + 1 },
    });
    return JSON.parse(row!.document) as DriftVerdict;
  };

  test('shares of labels are compared, with those only that came in time, and the alarm names its segment', async () => {
    const spread = (from: number, to: number, count: number, id: string): Prediction[] =>
      Array.from({ length: count }, (_, i) =>
        prediction({
          predictionId: `${id}-${i}`,
          timestamp: from + Math.floor((i * (to - from)) / count),
          model: 'fraud',
          tags: { channel: i % 2 === 0 ? 'shop' : 'web' },
        }),
      );
    const before = spread(END - 70 * MINUTE, END - WINDOW, 6_000, 'before');
    const window = spread(END - WINDOW, END, 2_000, 'window');
    await storePredictions([...before, ...window]);
    // One in ten of the baseline, and of the window's web; half of its shop.
    const label = ({ predictionId, timestamp }: Prediction, isFraud: boolean, after = 5 * MINUTE): Label =>
      labelRow({ predictionId, label: isFraud ? 'fraud' : 'fine', timestamp: timestamp + after });
    await storeLabels(before.map((each, i) => label(each, i % 10 < 1)));
    await storeLabels(window.map((each, i) => label(each, i % 2 === 0 ? i % 4 === 0 : i % 10 === 1)));
    // Known too late to count, whatever it says; and a second opinion that came in time and does.
    await storeLabels(window.slice(0, 400).map((each) => label(each, true, MATURITY + 1)));
    await storeLabels([label(before[2]!, true, 6 * MINUTE)]);
    const judge = new DriftJudge(backend.store, pino({ level: 'silent' }), 'truth');
    const runner = new MonitorRunner(backend.store, pino({ level: 'silent' }), judge);
    // Before its labels have had their time, the window is not judged; an earlier one is, without drift.
    const [early] = await runner.evaluate([rule], Date.now(), END + MATURITY - 6 * MINUTE);
    expect(early?.condition).toBe('ok');
    const [signal] = await runner.evaluate([rule], Date.now(), HORIZON);
    expect(signal?.condition).toBe('firing');
    const verdict = await verdictOf('truth:label/linf');
    expect(verdict).toMatchObject({
      state: 'alarm',
      variable: 'truth:label',
      n: 2_000,
      m: 6_000,
      window: { from: END - WINDOW, to: END },
      explanation: { smallest: { segment: 'channel=shop' } },
    });
    // 500 of 1,000 shop and 200 of 1,000 web against 10 % of all: every i that ends in 1 is odd, and so web.
    expect(verdict.statistic).toBeCloseTo((500 + 200) / 2_000 - 601 / 6_000, 10);
    expect(verdict.reason).toMatch(/^Ground truth label has drifted: .* with (more|less) "(fraud|fine)"/);
    expect(await verdictOf('truth:label/missing')).toMatchObject({ state: 'ok', statistic: 0 });
    expect(await verdictOf('truth:label{channel=web}/linf')).toMatchObject({ n: 1_000, m: 3_000 });
  }, 60_000);

  test('labels that reach a counted window late revise its verdict', async () => {
    const judge = new DriftJudge(backend.store, pino({ level: 'silent' }), 'truth');
    const runner = new MonitorRunner(backend.store, pino({ level: 'silent' }), judge);
    await runner.evaluate([rule], Date.now(), HORIZON);
    const before = await verdictOf('truth:label/linf');
    const rows = Array.from({ length: 1_000 }, (_, i) =>
      labelRow({
        predictionId: `window-${2 * i}`,
        label: 'fine',
        timestamp: END - WINDOW + Math.floor((2 * i * WINDOW) / 2_000) + 10 * MINUTE,
      }),
    );
    await storeLabels(rows);
    await runner.evaluate([rule], Date.now(), HORIZON + 1_000);
    const after = await verdictOf('truth:label/linf');
    expect(before).toMatchObject({ state: 'alarm', revised: false });
    expect(after.revised).toBe(true);
    expect(after.statistic).toBeCloseTo(Math.abs(200 / 2_000 - 601 / 6_000), 10);
  }, 60_000);
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import {
  driftMonitorSchema,
  type BaselineDiff,
  type DriftMonitor,
  type DriftVerdict,
} from '@tidewatch/drift';
import type { Prediction } from '@tidewatch/samples';
import { pino } from 'pino';
import { DriftJudge } from '../../apps/server/src/evaluate/drift/drift-judge.js';
import { MonitorRunner } from '../../apps/server/src/evaluate/monitor-runner.js';
import { deployment, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const MINUTE = 60_000;
/** The end of the first judged window: a whole number of windows, some hours ago. */
const END = Math.floor(Date.now() / (10 * MINUTE)) * 10 * MINUTE - 120 * MINUTE;
const WINDOW = 10 * MINUTE;
const random = seededRandom(41);

let ids = 0;
/** Samples spread over [from, to), of which `shift` moves the amount. */
function samples(
  model: string,
  from: number,
  to: number,
  count: number,
  partial: (i: number) => Partial<Prediction> & { shift?: number } = () => ({}),
): Prediction[] {
  return Array.from({ length: count }, (_, i) => {
    const { shift = 0, ...rest } = partial(i);
    return prediction({
      predictionId: `p-${(ids += 1)}`,
      timestamp: from + Math.floor((i * (to - from)) / count),
      model,
      features: {
        numeric: { amount: seededNormal(random) + shift },
        text: { country: i % 3 === 0 ? 'DE' : 'FR' },
        boolean: {},
        nulls: [],
      },
      ...rest,
    });
  });
}

const monitor = (model: string, spec: Record<string, unknown>): DriftMonitor =>
  driftMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'DriftMonitor',
    metadata: { name: `${model}-inputs` },
    spec: { model, window: '10m', every: '5m', bucket: '5m', hold: '0s', ...spec },
  });

describe('drift monitors on stored samples', () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
  }, 60_000);
  afterAll(() => backend.close());

  const store = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
  const logger = pino({ level: 'silent' });
  const evaluator = () => new MonitorRunner(backend.store, logger, new DriftJudge(backend.store, logger));
  const verdictsOf = async (rule: DriftMonitor, end: number): Promise<DriftVerdict[]> => {
    const rows = await backend.store.verdicts.history('default', {
      kind: 'DriftMonitor',
      rule: rule.name,
      subject: null,
      range: { from: end, to: end + 1 },
    });
    return rows.map((row) => JSON.parse(row.document) as DriftVerdict);
  };
  const find = (verdicts: readonly DriftVerdict[], subject: string) =>
    verdicts.find((each) => each.subject === subject);

  test('a rolling baseline, segments, an alarm with its segment, and one row per window', async () => {
    await store(
      samples('rolling', END - 70 * MINUTE, END - WINDOW, 6_000, (i) => ({
        tags: { channel: i % 2 === 0 ? 'shop' : 'web' },
      })),
    );
    await store(
      samples('rolling', END - WINDOW, END, 2_000, (i) => ({
        tags: { channel: i % 2 === 0 ? 'shop' : 'web' },
        shift: i % 2 === 0 ? 1.5 : 0,
      })),
    );
    const rule = monitor('rolling', { baseline: { kind: 'rolling', length: '1h' }, segments: ['channel'] });
    const of = { model: 'rolling', service: '' };
    const deployments = [
      deployment({ ...of, deploymentId: 'd-1', modelVersion: '1.4.2', timestamp: END - 2 * WINDOW }),
      deployment({
        ...of,
        ...{ deploymentId: 'd-2', modelVersion: '1.5.0', variant: 'canary', trafficShare: 0.1 },
        timestamp: END - WINDOW,
      }),
    ];
    await storeBlocks(backend.store, backend.store.deployments.encode('default', deployments));
    const [signal] = await evaluator().evaluate([rule], Date.now(), END + 1_000);
    expect(signal).toMatchObject({ condition: 'firing', kind: 'DriftMonitor', severity: 'ticket' });
    expect(signal!.summary).toMatch(
      /^rolling-inputs: 2 of 6 drifted against the 1 h before version 1: amount in channel=shop \(D = 0\.\d+\) and amount \(D = 0\.\d+\)\.$/,
    );
    expect(signal!.facts).toMatchObject({ Segment: 'channel=shop', Baseline: 'the 1 h before version 1' });
    expect(signal!.facts).toMatchObject({ Version: '1.4.2' });
    expect(signal!.evidence).toMatchObject({
      sampleSet: expect.stringContaining('monitor rolling-inputs, channel=shop of rolling, '),
      canaryPlan: { candidate: '1.5.0', share: 0.05 },
    });
    const verdicts = await verdictsOf(rule, END);
    expect(find(verdicts, 'amount/ks')).toMatchObject({
      state: 'alarm',
      n: 2_000,
      m: 6_000,
      explanation: { smallest: { segment: 'channel=shop' } },
    });
    expect(find(verdicts, 'amount{channel=shop}/ks')).toMatchObject({ state: 'alarm', n: 1_000, m: 3_000 });
    expect(find(verdicts, 'amount{channel=web}/ks')).toMatchObject({ state: 'ok', n: 1_000, m: 3_000 });
    expect(find(verdicts, 'country/linf')).toMatchObject({ state: 'ok' });
  }, 60_000);

  test('late samples reopen their bucket and revise the verdict, without a signal', async () => {
    await store(samples('late', END - 70 * MINUTE, END - WINDOW, 3_000));
    await store(samples('late', END - WINDOW, END, 1_000));
    const rule = monitor('late', { baseline: { kind: 'rolling', length: '1h' } });
    const running = evaluator();
    const [first] = await running.evaluate([rule], Date.now(), END + 1_000);
    expect(first?.condition).toBe('ok');
    const before = find(await verdictsOf(rule, END), 'amount/ks')!;
    expect(before).toMatchObject({ n: 1_000, revised: false });
    await store(samples('late', END - 4 * MINUTE, END - 3 * MINUTE, 500, () => ({ shift: 3 })));
    expect(await running.evaluate([rule], Date.now(), END + 2_000)).toEqual([]);
    const after = find(await verdictsOf(rule, END), 'amount/ks')!;
    expect(after).toMatchObject({ n: 1_500, revised: true, state: 'alarm' });
    // Another round without late samples leaves it alone.
    expect(await running.evaluate([rule], Date.now(), END + 3_000)).toEqual([]);
    expect(find(await verdictsOf(rule, END), 'amount/ks')).toEqual(after);
  }, 60_000);

  test('a difference must last for the hold time, over a restart too', async () => {
    await store(samples('held', END - 70 * MINUTE, END - WINDOW, 3_000));
    await store(samples('held', END - WINDOW, END + 30 * MINUTE, 4_000, () => ({ shift: 1 })));
    const rule = monitor('held', {
      baseline: {
        kind: 'fixed',
        from: new Date(END - 70 * MINUTE).toISOString(),
        to: new Date(END - WINDOW).toISOString(),
      },
      hold: '10m',
    });
    const states: (string | undefined)[] = [];
    for (let end = END; end <= END + 15 * MINUTE; end += 5 * MINUTE) {
      // A new process each time.
      const [signal] = await evaluator().evaluate([rule], Date.now(), end + 1_000);
      states.push(signal?.condition);
    }
    expect(states).toEqual(['ok', 'ok', 'firing', 'firing']);
  }, 60_000);

  test('canary against stable over the same minutes; the version before', async () => {
    const arms = (i: number) =>
      i % 4 === 0
        ? { variant: 'canary', modelVersion: '2', shift: 0.8 }
        : { variant: 'stable', modelVersion: '1' };
    await store(
      samples('arms', END - 50 * MINUTE, END - WINDOW, 3_000, () => ({
        variant: 'stable',
        modelVersion: '1',
      })),
    );
    await store(samples('arms', END - WINDOW, END, 4_000, arms));
    const rules = [
      monitor('arms', { baseline: { kind: 'concurrent', variant: 'stable' } }),
      { ...monitor('arms', { baseline: { kind: 'previous-version' } }), name: 'arms-version' },
    ];
    await evaluator().evaluate(rules, Date.now(), END + 1_000);
    expect(find(await verdictsOf(rules[0]!, END), 'amount/ks')).toMatchObject({
      state: 'alarm',
      n: 1_000,
      m: 3_000,
    });
    // Version 1 still has most samples of the window, and nothing came before it.
    expect(find(await verdictsOf(rules[1]!, END), 'amount/ks')).toMatchObject({
      state: 'not-enough-data',
      n: 3_000,
      m: 0,
    });
  }, 60_000);

  test('without a baseline, or with too little data for one, the verdict says what to do', async () => {
    const rules = [
      monitor('none', { baseline: { kind: 'fixed', name: 'absent' } }),
      { ...monitor('none', { baseline: { kind: 'rolling' } }), name: 'none-rolling' },
    ];
    const signals = await evaluator().evaluate(rules, Date.now(), END + 1_000);
    expect(signals.map(({ condition }) => condition)).toEqual(['unknown', 'unknown']);
    expect((await verdictsOf(rules[0]!, END))[0]?.reason).toContain(
      'upload it with PUT /v1/baselines/none/absent',
    );
    expect((await verdictsOf(rules[1]!, END))[0]?.reason).toContain('too few samples are recorded');
  }, 60_000);

  test('refreshing proposes a candidate, which counts once it is approved', async () => {
    await store(samples('fresh', END - 70 * MINUTE, END + 5 * MINUTE, 3_000));
    const rule = monitor('fresh', { baseline: { kind: 'rolling', length: '30m', refresh: '1s' } });
    const running = evaluator();
    await running.evaluate([rule], Date.now(), END + 1_000);
    await running.evaluate([rule], Date.now() + 5_000, END + 5 * MINUTE + 1_000);
    const name = 'fresh-inputs: the 30 min before';
    const [candidate, active] = await backend.store.baselines.versions('default', 'fresh', name);
    expect([candidate?.status, active?.status]).toEqual(['candidate', 'active']);
    expect((await backend.store.baselines.latest('default', 'fresh', name))?.version).toBe(1);
    await backend.store.baselines.setStatus('default', candidate!, 'active');
    await store(samples('fresh', END + 5 * MINUTE, END + 10 * MINUTE, 500));
    await running.evaluate([rule], Date.now(), END + 10 * MINUTE + 1_000);
    expect(find(await verdictsOf(rule, END + 10 * MINUTE), 'amount/ks')?.baselineVersion).toBe(2);
  }, 60_000);

  test('a candidate says what it would change against the version in force', async () => {
    const now = Math.floor(Date.now() / WINDOW) * WINDOW;
    await store(samples('diff', now - 40 * MINUTE, now, 4_000));
    const later = (i: number) => ({
      shift: 1,
      features: {
        numeric: { amount: seededNormal(random) + 1, fresh: i },
        text: {},
        boolean: {},
        nulls: [],
      },
    });
    await store(samples('diff', now, now + 40 * MINUTE, 4_000, later));
    const rule = monitor('diff', { baseline: { kind: 'rolling', length: '30m', refresh: '1s' } });
    const running = evaluator();
    await running.evaluate([rule], Date.now(), now + 1_000);
    await running.evaluate([rule], Date.now() + 5_000, now + 40 * MINUTE + 1_000);
    const [candidate] = await backend.store.baselines.versions(
      'default',
      'diff',
      'diff-inputs: the 30 min before',
    );
    expect(candidate?.status).toBe('candidate');
    const diff = JSON.parse(candidate!.diff) as BaselineDiff;
    expect(diff).toMatchObject({ against: 1, added: ['fresh'], removed: ['country'], retyped: [] });
    expect(diff.changes[0]).toMatchObject({ variable: 'country', test: 'missing', large: true });
    const moved = diff.changes.find(({ variable, test: name }) => variable === 'amount' && name === 'ks');
    // Of two normal laws one standard deviation apart.
    expect(moved?.statistic).toBeGreaterThan(0.33);
    expect(moved).toMatchObject({ large: true });
  }, 60_000);

  test('a million categories are capped, which is said, and the other features are judged', async () => {
    const [from, to] = [END - 70 * MINUTE, END];
    await backend.raw(
      `INSERT INTO predictions (Project, PredictionId, Timestamp, ReceivedAt, Model, FeaturesNumeric, FeaturesText)
       SELECT 'default', concat('m', toString(number)), fromUnixTimestamp64Milli(toInt64(${from} + intDiv(number * ${to - from}, 1000000))), now64(3),
         'ids', map('amount', randNormal(0, 1, number)), map('user', concat('user-', toString(number)))
       FROM numbers(1000000)`,
    );
    const rule = monitor('ids', { baseline: { kind: 'rolling', length: '1h' } });
    const [signal] = await evaluator().evaluate([rule], Date.now(), END + 1_000);
    expect(signal?.condition).toBe('ok');
    const verdicts = await verdictsOf(rule, END);
    const user = find(verdicts, 'user/linf')!;
    // The thousand that are told apart were chosen from the baseline and never come again: a real change, and too small to matter.
    expect(user.state).toBe('watch');
    expect(user.statistic).toBeLessThan(0.01);
    expect(user.n + user.m).toBeGreaterThan(990_000);
    expect(user.reason).toContain('more categories than the 1000 that are told apart; the rest count as one');
    expect(find(verdicts, 'amount/ks')).toMatchObject({ state: 'ok' });
  }, 120_000);

  test('a feature that the baseline does not have is named, and the others are judged', async () => {
    await store(samples('columns', END - 50 * MINUTE, END - WINDOW, 2_000));
    await store(
      samples('columns', END - WINDOW, END, 600, () => ({
        features: { numeric: { amount: seededNormal(random), fresh: 1 }, text: {}, boolean: {}, nulls: [] },
      })),
    );
    const rule = monitor('columns', { baseline: { kind: 'rolling', length: '30m' } });
    await evaluator().evaluate([rule], Date.now(), END + 1_000);
    const verdicts = await verdictsOf(rule, END);
    expect(find(verdicts, 'fresh/none')).toMatchObject({ state: 'not-enough-data' });
    expect(find(verdicts, 'country/missing')).toMatchObject({ state: 'alarm', statistic: 1 });
    expect(find(verdicts, 'amount/ks')).toMatchObject({ state: 'ok' });
  }, 60_000);
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Signal } from '@tidewatch/alerts';
import { floorTime } from '@tidewatch/core';
import type { BurnTier, Correction, MetricCondition, SloDefinition } from '@tidewatch/slo';
import { MeasureReader } from '../../apps/server/src/evaluate/metric/measure-reader.js';
import { readConditions } from '../../apps/server/src/evaluate/metric/read-conditions.js';
import { sliceKeysOf } from '../../apps/server/src/evaluate/slice-key.js';
import { metricBatch, metricSeries, type NumberSample } from '../harness/metric-batch.js';
import { SloRounds } from '../harness/slo-rounds.js';
import { newProject, projectSlo, ratio, selector, steady } from '../harness/slo-traffic.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Half an hour ago, inside a minute: rounds go on from here without reaching the present. */
const NOW = floorTime(Date.now(), MINUTE) - 30 * MINUTE + 20 * SECOND;

/** What is judged does not depend on the engine. */
const [embedded] = STORE_BACKENDS;

let backend: OpenBackend;
beforeAll(async () => {
  backend = await embedded!.open();
}, 60_000);
afterAll(() => backend.close());

const send = (project: string, points: readonly NumberSample[]) =>
  storeMetrics(backend.store, project, metricBatch(points));

/** Ten requests in every slice of the last hour, `bad` of them answered with an error. */
const traffic = (project: string, bad: number, from = NOW - HOUR, to = NOW): Promise<void> =>
  send(project, [...steady('requests', from, to), ...steady('errors', from, to, bad)]);

const tier = (changes: Partial<BurnTier>): BurnTier => ({
  name: 'page',
  longMs: HOUR,
  shortMs: 5 * MINUTE,
  burn: 10,
  severity: 'page',
  minimumBadEvents: 5,
  everyMs: 10 * SECOND,
  holdMs: 0,
  keepFiringMs: null,
  and: null,
  ...changes,
});

const firing = (signals: readonly Signal[]): string[] =>
  signals.filter(({ condition }) => condition === 'firing').map(({ member }) => member);

describe('verdicts are written', () => {
  const rows = async (slo: SloDefinition) =>
    (
      await backend.store.verdicts.history(slo.labels['project'] ?? '', {
        ...{ kind: 'SLO', rule: slo.name, subject: '' },
        range: { from: NOW - HOUR, to: NOW + HOUR },
      })
    ).map(({ windowEnd, state }) => [(windowEnd - NOW) / SECOND, state]);

  test('when they change, and every five minutes when they do not', async () => {
    const project = newProject();
    await traffic(project, 0, NOW - HOUR, NOW + 6 * MINUTE);
    const slo = projectSlo(project, ratio());
    const rounds = new SloRounds(backend.store);
    await rounds.round([slo], NOW);
    // The history is counted: a change of its health, and of the tickets at their next turn.
    await rounds.round([slo], NOW + 30 * SECOND);
    const written = [
      [0, 'ok'],
      [30, 'ok'],
    ];
    expect(await rows(slo)).toEqual(written);
    for (const seconds of [40, 60, 180, 320]) {
      await rounds.round([slo], NOW + seconds * SECOND, { lookBack: false });
    }
    expect(await rows(slo)).toEqual(written);
    await rounds.round([slo], NOW + 330 * SECOND, { lookBack: false });
    expect(await rows(slo)).toEqual([...written, [330, 'ok']]);
    await send(project, steady('errors', NOW + 280 * SECOND, NOW + 340 * SECOND));
    await rounds.round([slo], NOW + 340 * SECOND, { lookBack: false });
    expect(await rows(slo)).toEqual([...written, [330, 'ok'], [340, 'breach']]);
  });

  test('for each group, with signals of its own in the incident of its labels', async () => {
    const project = newProject();
    const points = ['eu', 'us'].flatMap((region) =>
      ['requests', 'errors'].flatMap((metricName) => {
        const series = metricSeries({ metricName, attributes: { 'cloud.region': region } });
        const value = metricName === 'requests' ? 10 : region === 'eu' ? 4 : 0;
        return steady(metricName, NOW - HOUR, NOW, value).map((sample) => ({ ...sample, series }));
      }),
    );
    await send(project, points);
    const slo = projectSlo(project, ratio(), { groupBy: { labels: ['region'], limit: 10 } });
    const rounds = new SloRounds(backend.store);
    const signals = await rounds.round([slo], NOW);
    expect(await rounds.verdict(slo, 'region="eu"')).toMatchObject({ state: 'breach', sliValue: 0.6 });
    expect(await rounds.verdict(slo, 'region="us"')).toMatchObject({ state: 'ok', sliValue: 1 });
    await expect(rounds.verdict(slo)).rejects.toThrow('There is no verdict');
    const members = firing(signals);
    expect(members[0]).toBe('SLO/slo/page-fast/region="eu"');
    expect(members.every((member) => member.endsWith('/region="eu"'))).toBe(true);
    const keys = signals.filter(({ condition }) => condition === 'firing').map(({ key }) => key);
    expect(new Set(keys.map(({ region }) => region))).toEqual(new Set(['eu']));
    expect(keys[0]).toMatchObject({ project, service: 'ranker' });
  });
});

describe('a group that an SLO tells apart', () => {
  const regions = async (project: string): Promise<void> => {
    const points = ['eu', 'us'].flatMap((region) =>
      ['requests', 'errors'].flatMap((metricName) => {
        const series = metricSeries({ metricName, attributes: { 'cloud.region': region } });
        return steady(metricName, NOW - HOUR, NOW, 10).map((sample) => ({ ...sample, series }));
      }),
    );
    await send(project, points);
  };
  const grouped = (project: string, changes: Partial<SloDefinition> = {}): SloDefinition =>
    projectSlo(project, ratio(), { groupBy: { labels: ['region'], limit: 10 }, ...changes });
  const lost = (rounds: SloRounds, slo: SloDefinition): string[] =>
    ['eu', 'us', 'gone']
      .map((region) => `SLO/slo/page-fast/region="${region}"`)
      .filter((member) => rounds.isOfLostGroup(member, [slo]));

  test('is lost once history is counted and has nothing of it, and not before', async () => {
    const project = newProject();
    await regions(project);
    const slo = grouped(project);
    const rounds = new SloRounds(backend.store);
    expect(lost(rounds, slo)).toEqual([]);
    await rounds.round([slo], NOW, { lookBack: false });
    expect(lost(rounds, slo)).toEqual([]);
    await rounds.lookBack(NOW);
    expect(lost(rounds, slo)).toEqual(['SLO/slo/page-fast/region="gone"']);
    expect(rounds.isOfLostGroup('SLO/slo/no-data', [slo])).toBe(false);
    expect(rounds.isOfLostGroup('SLO/other/page-fast/region="gone"', [slo])).toBe(false);
  });

  test('is lost when the SLO counts it no more', async () => {
    const project = newProject();
    await regions(project);
    const rounds = new SloRounds(backend.store);
    await rounds.round([grouped(project)], NOW);
    const europe = [{ label: 'region', op: '=' as const, value: 'eu' }];
    const sli = {
      ...ratio(),
      bad: { ...selector('errors'), match: europe },
      total: { ...selector('requests'), match: europe },
    };
    const narrower = grouped(project, { members: [{ name: '', target: 0.999, weight: 1, sli }] });
    await rounds.round([narrower], NOW + 10 * SECOND, { lookBack: false });
    expect(lost(rounds, narrower)).toEqual([]);
    await rounds.lookBack(NOW + 10 * SECOND);
    expect(lost(rounds, narrower)).toEqual([
      'SLO/slo/page-fast/region="us"',
      'SLO/slo/page-fast/region="gone"',
    ]);
  });
});

describe('what speaks, and when', () => {
  test('page tiers are judged every round, ticket tiers when their own time has passed', async () => {
    const project = newProject();
    await traffic(project, 0);
    const tiers = [
      tier({}),
      tier({ name: 'ticket', severity: 'ticket', everyMs: 30 * SECOND, minimumBadEvents: 1 }),
    ];
    const slo = projectSlo(project, ratio(), { tiers });
    const rounds = new SloRounds(backend.store);
    const states = async (seconds: number) => {
      const signals = await rounds.round([slo], NOW + seconds * SECOND, { lookBack: false });
      return firing(signals).map((member) => member.split('/')[2]);
    };
    expect(await states(0)).toEqual([]);
    await traffic(project, 10, NOW, NOW + 60 * SECOND);
    expect(await states(10)).toEqual([]);
    expect(await states(20)).toEqual([]);
    // 40 of 3,600 events or more are bad from here on: burn 10 at a target of 0.999.
    expect(await states(40)).toEqual(['page', 'ticket']);
    // A page stops at once when its events are corrected away, a ticket at its next turn.
    await backend.store.corrections.create(project, correction({ from: NOW, to: NOW + MINUTE }));
    expect(await states(50)).toEqual(['ticket']);
    expect(await states(60)).toEqual(['ticket']);
    expect(await states(70)).toEqual([]);
  });

  test('missing data after its limit, by the severity and the time of the rule', async () => {
    const project = newProject();
    await traffic(project, 0, NOW - HOUR - 10 * MINUTE, NOW - HOUR);
    const spoken = async (rounds: SloRounds, slo: SloDefinition, minutes: number) => {
      const signals = await rounds.round([slo], NOW + minutes * MINUTE);
      return signals
        .filter(({ kind, condition }) => kind === 'NoData' && condition === 'firing')
        .map(({ severity, summary }) => [severity, summary]);
    };
    const paging = projectSlo(project, ratio(), {
      ...{ name: 'paging', noData: { severity: 'page', afterMs: 4 * MINUTE } },
      tiers: [tier({ longMs: 30 * MINUTE })],
    });
    const rounds = new SloRounds(backend.store);
    expect(await spoken(rounds, paging, 0)).toEqual([]);
    expect(await spoken(rounds, paging, 3)).toEqual([]);
    expect(await spoken(rounds, paging, 4)).toEqual([
      ['page', 'paging: cannot be judged for 4m: no usable events in the windows of its tiers'],
    ]);
    await send(project, steady('requests', NOW + 4 * MINUTE, NOW + 4 * MINUTE + 1));
    expect(await spoken(rounds, paging, 5)).toEqual([]);
    const mute = projectSlo(project, ratio('x', 'y'), { name: 'mute', noData: null });
    const others = new SloRounds(backend.store);
    expect(await spoken(others, mute, 0)).toEqual([]);
    expect(await spoken(others, mute, 20)).toEqual([]);
  });

  test('the budget policy, from its share on', async () => {
    const project = newProject();
    await traffic(project, 0);
    const slo = projectSlo(project, ratio(), {
      target: 0.9,
      members: [{ name: '', sli: ratio(), target: 0.9, weight: 1 }],
      tiers: [],
      budgetPolicy: [
        { spent: 0.5, action: 'message', message: 'Look at the last release.' },
        { spent: 1, action: 'ticket', message: '' },
        { spent: 1, action: 'freeze', message: '' },
      ],
    });
    const rounds = new SloRounds(backend.store);
    const spoken = async (horizon: number) =>
      (await rounds.round([slo], horizon))
        .filter(({ kind, condition }) => kind.startsWith('Budget') && condition === 'firing')
        .map(({ kind, tier: speaker }) => `${kind} ${speaker}`);
    expect(await spoken(NOW)).toEqual([]);
    // 360 of 3,600 may be bad: 179 are not half of them, 180 are.
    const spoilt = (from: number, slices: number) => steady('errors', from, from + slices * 10 * SECOND, 10);
    await send(project, [
      ...spoilt(NOW - 30 * MINUTE, 17),
      ...steady('errors', NOW - 20 * MINUTE, NOW - 20 * MINUTE + 1, 9),
    ]);
    expect(await spoken(NOW + 10 * SECOND)).toEqual([]);
    await send(project, steady('errors', NOW - 4 * MINUTE, NOW - 4 * MINUTE + 1, 1));
    expect(await spoken(NOW + 20 * SECOND)).toEqual(['BudgetMessage budget-50']);
    await send(project, spoilt(NOW - 12 * MINUTE, 18));
    expect(await spoken(NOW + 30 * SECOND)).toEqual(['BudgetMessage budget-50', 'BudgetPolicy budget-100']);
  });

  test('a tier with a condition only while that holds; frozen while it is unknown', async () => {
    const project = newProject();
    await traffic(project, 10, NOW - HOUR, NOW + MINUTE);
    const and: MetricCondition = {
      ...{ kind: 'comparison', measure: { kind: 'rate', counter: selector('queued') } },
      ...{ windowMs: MINUTE, op: 'above', limit: 1, comparedWithMs: null },
    };
    const slo = projectSlo(project, ratio(), { tiers: [tier({ and })] });
    const rounds = new SloRounds(backend.store);
    const reader = new MeasureReader(backend.store);
    const judged = async (horizon: number) => {
      const conditions = await readConditions(reader, [slo], horizon);
      await rounds.round([slo], horizon, { conditions, lookBack: false });
      const [only] = (await rounds.verdict(slo)).tiers;
      return [only?.state, only?.and];
    };
    expect(await judged(NOW)).toEqual(['frozen', null]);
    await send(project, [
      ...steady('queued', NOW - 3 * MINUTE, NOW + 10 * SECOND, 5),
      ...steady('queued', NOW + 10 * SECOND, NOW + 30 * SECOND, 100),
    ]);
    expect(await judged(NOW + 10 * SECOND)).toEqual(['ok', false]);
    expect(await judged(NOW + 30 * SECOND)).toEqual(['firing', true]);
  });
});

function correction(changes: Partial<Correction>): Correction {
  return {
    ...{ id: 'a', slos: [], category: 'deployment', effect: 'remove', rrule: '', timeZone: 'UTC' },
    ...{ reason: 'A load test.', actor: 'ops', createdAt: NOW, withdrawnAt: null },
    ...{ from: NOW - 10 * MINUTE, to: NOW },
    ...changes,
  };
}

describe('rules and corrections that change', () => {
  test('another target or other tiers keep the history as it was counted, other selectors begin anew', async () => {
    const project = newProject();
    await traffic(project, 1, NOW - 3 * HOUR, NOW);
    const slo = projectSlo(project, ratio());
    const rounds = new SloRounds(backend.store);
    await rounds.round([slo], NOW);
    const versions = async (of: SloDefinition) =>
      backend.raw(`SELECT Resolution, SliceStart, Version FROM slo_slices FINAL
        WHERE Project = '${project}' AND Slo = '${sliceKeysOf(of)[0]}' AND SliceStart < fromUnixTimestamp(${(NOW - 2 * HOUR) / 1000})
        ORDER BY ALL`);
    const before = await versions(slo);
    // Of one hour all slices of 10 s and all minutes, and the hours of four days.
    expect(before.length).toBeGreaterThan(360 + 60 + 90);
    const target = 0.8;
    const members = [{ name: '', sli: ratio(), target, weight: 1 }];
    const lower = projectSlo(project, ratio(), { target, members, tiers: [tier({ burn: 2 })] });
    await rounds.round([lower], NOW + 10 * SECOND);
    expect(sliceKeysOf(lower)).toEqual(sliceKeysOf(slo));
    expect(await rounds.verdict(lower)).toMatchObject({
      ...{ target: 0.8, state: 'ok', budgetRemaining: 0.5 },
      period: { good: 9_720, total: 10_800, coverage: 1 },
      tiers: [{ name: 'page', state: 'ok', longBurn: 0.5 }],
    });
    expect(await versions(slo)).toEqual(before);
    const other = projectSlo(project, ratio('timeouts'));
    await rounds.round([other], NOW + 20 * SECOND);
    await rounds.round([other], NOW + 30 * SECOND);
    expect(await rounds.verdict(other)).toMatchObject({ sliValue: 1, period: { total: 10_800 } });
    expect(await versions(other)).not.toHaveLength(0);
  });

  test('a correction changes the verdict, and its withdrawal changes it back', async () => {
    const project = newProject();
    await traffic(project, 0, NOW - HOUR, NOW - 10 * MINUTE);
    await traffic(project, 5, NOW - 10 * MINUTE, NOW);
    const slo = projectSlo(project, ratio());
    const rounds = new SloRounds(backend.store);
    await rounds.round([slo], NOW);
    expect(await rounds.verdict(slo)).toMatchObject({
      state: 'breach',
      period: { good: 3_300, total: 3_600 },
    });
    await backend.store.corrections.create(project, correction({ slos: ['slo'] }));
    await rounds.round([slo], NOW + 30 * SECOND);
    expect(await rounds.verdict(slo)).toMatchObject({ state: 'ok', period: { good: 3_000, total: 3_000 } });
    await backend.store.corrections.withdraw(project, 'a', NOW + 31 * SECOND);
    await rounds.round([slo], NOW + 60 * SECOND);
    expect(await rounds.verdict(slo)).toMatchObject({
      state: 'breach',
      period: { good: 3_300, total: 3_600 },
    });
    const excused = correction({ id: 'b', effect: 'count-as-good' });
    await backend.store.corrections.create(project, excused);
    await rounds.round([slo], NOW + 90 * SECOND);
    expect(await rounds.verdict(slo)).toMatchObject({ state: 'ok', period: { good: 3_600, total: 3_600 } });
  });

  test('gauges follow the verdicts, and go with the rule', async () => {
    const project = newProject();
    await traffic(project, 1);
    const slo = projectSlo(project, ratio(), { name: 'gauged' });
    const other = projectSlo(project, ratio('x'), { name: 'other' });
    const rounds = new SloRounds(backend.store);
    const burn = (name: string) =>
      rounds.gauges
        .families(NOW)
        .find((family) => family.name === 'tidewatch_slo_burn_rate')
        ?.values.filter(({ labels }) => labels?.['slo'] === name && labels['window'] === '1h')
        .map(({ value }) => value);
    await rounds.round([slo, other], NOW);
    expect(burn('gauged')?.[0]).toBeCloseTo(100, 6);
    expect(burn('other')).toEqual([0]);
    await send(project, steady('errors', NOW - 10 * MINUTE, NOW - 10 * MINUTE + 400 * SECOND, 9));
    await rounds.round([slo, other], NOW + 10 * SECOND);
    expect(burn('gauged')?.[0]).toBeGreaterThan(195);
    await rounds.round([other], NOW + 20 * SECOND);
    expect(burn('gauged')).toEqual([]);
    expect(burn('other')).toEqual([0]);
    await rounds.round([], NOW + 30 * SECOND);
    expect(burn('other')).toEqual([]);
  });
});

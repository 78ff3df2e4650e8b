import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { floorTime } from '@tidewatch/core';
import type { SqlSli } from '@tidewatch/slo';
import { metricBatch } from '../harness/metric-batch.js';
import { SloRounds } from '../harness/slo-rounds.js';
import { newProject, projectSlo, ratio, steady } from '../harness/slo-traffic.js';
import { storeSpans } from '../harness/span-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Half an hour ago, inside a minute: rounds go on from here without reaching the present. */
const NOW = floorTime(Date.now(), MINUTE) - 30 * MINUTE + 20 * SECOND;

/** Faults of data and rules are the same on both engines. */
const [embedded] = STORE_BACKENDS;

let backend: OpenBackend;
beforeAll(async () => {
  backend = await embedded!.open();
}, 60_000);
afterAll(() => backend.close());

const calm = (project: string): Promise<void> =>
  storeMetrics(backend.store, project, metricBatch(steady('requests', NOW - HOUR, NOW)));

describe('SQL that must not or cannot run', () => {
  const BOUND = 'Timestamp >= {from:DateTime64(3)} AND Timestamp < {to:DateTime64(3)}';
  const sql = (text: string): SqlSli => ({
    kind: 'sql',
    sql: text,
    parameters: {},
    result: { kind: 'good' },
    timeoutMs: 10_000,
    maximumRows: 1e9,
  });
  const COUNTED = "SELECT Timestamp AS time, StatusCode != 'Error' AS good, 1 AS total";

  test.each([
    ['writes', 'INSERT INTO otel_traces SELECT * FROM otel_traces', /no SELECT/],
    ['drops', `DROP TABLE otel_traces`, /no SELECT/],
    ['has no bound in time', `${COUNTED} FROM otel_traces`, /not bounded in time/],
    ['reads what it may not', `${COUNTED} FROM system.tables WHERE ${BOUND}`, /reads from system\.tables/],
  ])('a statement that %s makes its SLO not evaluable, and no other', async (_what, text, message) => {
    const project = newProject();
    await calm(project);
    const rounds = new SloRounds(backend.store);
    const wrong = projectSlo(project, sql(text), { name: 'wrong' });
    const fine = projectSlo(project, ratio(), { name: 'fine' });
    await rounds.round([wrong, fine], NOW);
    expect(await rounds.verdict(wrong)).toMatchObject({
      ...{ state: 'frozen', frozenBecause: 'not-evaluable' },
      health: [{ code: 'not-evaluable', message: expect.stringMatching(message) }],
    });
    expect(await rounds.verdict(fine)).toMatchObject({ state: 'ok', period: { total: 3_600 } });
  });

  /** Fails while there is a span named `broken` in what is counted. */
  const FRAGILE = `SELECT Timestamp AS time, throwIf(SpanName = 'broken' AND Duration > 0, 'a span is broken') = 0 AND StatusCode != 'Error' AS good,
    1 AS total FROM otel_traces FINAL WHERE ${BOUND}`;
  const spans = (from: number, count: number, first: number) =>
    Array.from({ length: count }, (_, index) => ({ id: first + index, at: from + index * SECOND }));
  const broken = { id: 99_999, name: 'broken' };

  test('a statement that fails at the first count is counted whole when it works again', async () => {
    const project = newProject();
    await storeSpans(backend.store, project, [
      ...spans(NOW - 2 * HOUR, 100, 1),
      { ...broken, at: NOW - 5 * HOUR, durationMs: 1 },
    ]);
    await calm(project);
    const fragile = projectSlo(project, sql(FRAGILE), { name: 'fragile' });
    const fine = projectSlo(project, ratio(), { name: 'fine' });
    const rounds = new SloRounds(backend.store);
    await rounds.round([fragile, fine], NOW);
    expect(await rounds.verdict(fragile)).toMatchObject({
      ...{ state: 'frozen', frozenBecause: 'not-evaluable' },
      health: [{ message: expect.stringContaining('a span is broken') }],
    });
    expect(await rounds.verdict(fine)).toMatchObject({ state: 'ok', sliValue: 1 });
    // The same span again, in a form that the statement takes.
    await storeSpans(backend.store, project, [{ ...broken, at: NOW - 5 * HOUR, durationMs: 0 }]);
    await backend.raw('OPTIMIZE TABLE otel_traces FINAL');
    await rounds.round([fragile, fine], NOW + 2 * MINUTE);
    await rounds.round([fragile, fine], NOW + 7 * MINUTE);
    expect(await rounds.verdict(fragile)).toMatchObject({ state: 'ok', period: { good: 101, total: 101 } });
  });

  test('a statement that fails on what is long past is judged by what is not, and says so', async () => {
    const project = newProject();
    const at = NOW - 30 * HOUR;
    await storeSpans(backend.store, project, [
      ...spans(NOW - 10 * MINUTE, 100, 1),
      { ...broken, at, durationMs: 1 },
    ]);
    const fragile = projectSlo(project, sql(FRAGILE));
    const rounds = new SloRounds(backend.store);
    await rounds.round([fragile], NOW);
    await rounds.round([fragile], NOW + 5 * MINUTE);
    expect(await rounds.verdict(fragile)).toMatchObject({
      ...{ state: 'ok', period: { total: 100 } },
      health: [
        {
          code: 'backfilling',
          message: expect.stringMatching(/so far; further back it fails: .*a span is broken/),
        },
      ],
    });
    await storeSpans(backend.store, project, [{ ...broken, at, durationMs: 0 }]);
    await backend.raw('OPTIMIZE TABLE otel_traces FINAL');
    await rounds.round([fragile], NOW + 6 * MINUTE + 10 * SECOND);
    await rounds.round([fragile], NOW + 12 * MINUTE);
    expect(rounds.errors).toEqual([]);
    expect(await rounds.verdict(fragile)).toMatchObject({ period: { total: 101, coverage: 1 }, health: [] });
  });

  test('a statement with groups that fails freezes each of them', async () => {
    const project = newProject();
    await storeSpans(backend.store, project, [
      { id: 1, at: NOW - MINUTE, name: 'a' },
      { id: 2, at: NOW - MINUTE, name: 'b' },
    ]);
    const text = FRAGILE.replace('1 AS total', '1 AS total, SpanName AS name');
    const grouped = projectSlo(project, sql(text), { groupBy: { labels: ['name'], limit: 10 } });
    const rounds = new SloRounds(backend.store);
    await rounds.round([grouped], NOW);
    expect(await rounds.verdict(grouped, 'name="a"')).toMatchObject({ state: 'ok' });
    await storeSpans(backend.store, project, [{ ...broken, at: NOW + SECOND, durationMs: 1 }]);
    await rounds.round([grouped], NOW + 10 * SECOND);
    for (const group of ['name="a"', 'name="b"']) {
      expect(await rounds.verdict(grouped, group)).toMatchObject({
        ...{ group, state: 'frozen', frozenBecause: 'not-evaluable' },
      });
    }
    await expect(rounds.verdict(grouped)).rejects.toThrow('There is no verdict');
  });

  test('a statement that fails in a later round is counted on exactly when it works again', async () => {
    const project = newProject();
    await storeSpans(backend.store, project, spans(NOW - 10 * MINUTE, 100, 1));
    const fragile = projectSlo(project, sql(FRAGILE), { name: 'fragile' });
    const rounds = new SloRounds(backend.store);
    await rounds.round([fragile], NOW);
    expect(await rounds.verdict(fragile)).toMatchObject({ period: { total: 100 } });
    const at = NOW + 15 * SECOND;
    await storeSpans(backend.store, project, [...spans(NOW, 10, 201), { ...broken, at, durationMs: 1 }]);
    await rounds.round([fragile], NOW + 30 * SECOND);
    expect(await rounds.verdict(fragile)).toMatchObject({ state: 'frozen', frozenBecause: 'not-evaluable' });
    await storeSpans(backend.store, project, [{ ...broken, at, durationMs: 0 }]);
    await backend.raw('OPTIMIZE TABLE otel_traces FINAL');
    await rounds.round([fragile], NOW + 60 * SECOND);
    expect(await rounds.verdict(fragile)).toMatchObject({ state: 'ok', period: { total: 111 } });
  });
});

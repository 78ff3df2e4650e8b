import { describe, expect, test } from '@jest/globals';
import type { VerdictRow } from '@tidewatch/store';
import { currentRows, groupVerdictOf, healthOf } from './group-verdicts.js';

const NOW = Date.parse('2026-11-22T10:00:00Z');

function row(subject: string, parts: Partial<VerdictRow> = {}): VerdictRow {
  return {
    ...{ kind: 'SLO', rule: 'ranker', subject, windowEnd: NOW, windowStart: NOW - 1_000, evaluatedAt: NOW },
    ...{ state: 'ok', reason: 'All is well.', severity: '', service: '', region: '', model: '' },
    ...{
      modelVersion: '',
      owner: '',
      method: 'ratio',
      sampleSize: 1_000,
      baselineSize: 999,
      statistic: 0.999,
    },
    ...{ statisticLow: null, statisticHigh: null, pValue: null, threshold: null, minimumEffect: null },
    ...{ baseline: '', baselineVersion: 0, target: 0.99, budgetRemaining: 0.5, tiers: [], tierStates: [] },
    ...{ tierThresholds: [], tierLongBurns: [], tierShortBurns: [], tierBadEvents: [] },
    document: '{"health":[]}',
    ...parts,
  };
}

const GROUPED = { groupBy: { labels: ['tenant'], limit: 100 } };

describe('the groups of an SLO', () => {
  test('come worst first; a part of the traffic that has gone hides no other', () => {
    const rows = [
      row('gone', { state: 'frozen', document: '{"frozenBecause":"no-events"}', budgetRemaining: null }),
      row('fine'),
      row('spent', { budgetRemaining: -1 }),
      row('stale', { state: 'frozen', document: '{"frozenBecause":"stale"}' }),
      row('ticket', { state: 'breach', severity: 'ticket', budgetRemaining: -2 }),
      row('page', { state: 'breach', severity: 'page' }),
    ];
    const order = ['page', 'ticket', 'stale', 'spent', 'fine', 'gone'];
    expect(currentRows(GROUPED, rows).map(({ subject }) => subject)).toEqual(order);
  });

  test('that have not been judged for long are left out, unless none has', () => {
    const old = row('old', { evaluatedAt: NOW - 21 * 60_000 });
    expect(currentRows(GROUPED, [old, row('new')]).map(({ subject }) => subject)).toEqual(['new']);
    expect(currentRows(GROUPED, [old])).toEqual([old]);
    expect(currentRows(GROUPED, [])).toEqual([]);
  });
});

test('before the first group comes all traffic is judged as one', () => {
  const subjects = (slo: { groupBy: typeof GROUPED.groupBy | null }, rows: VerdictRow[]) =>
    currentRows(slo, rows).map(({ subject }) => subject);
  expect(subjects(GROUPED, [row('')])).toEqual(['']);
  expect(subjects(GROUPED, [row(''), row('a')])).toEqual(['a']);
  expect(subjects({ groupBy: null }, [row(''), row('a')])).toEqual(['']);
});

describe('a stored verdict', () => {
  test('of an earlier version is completed from its row', () => {
    const document = JSON.stringify({
      ...{ slo: 'ranker', group: '', state: 'ok', windowEnd: NOW, target: 0.99 },
      period: { good: 990, total: 1_000, ms: 86_400_000 },
      tiers: [{ name: 'page-fast', longBurn: 1 }],
    });
    expect(groupVerdictOf(row('', { document }))).toMatchObject({
      ...{
        state: 'ok',
        reason: 'All is well.',
        sentence: '',
        frozenBecause: null,
        health: [],
        sliValue: 0.999,
      },
      period: { from: NOW - 1_000, to: NOW, good: 990, total: 1_000, ms: 86_400_000, coverage: 1 },
      tiers: [{ name: 'page-fast', longBurn: 1, coverage: 1, and: null }],
      evaluatedAt: NOW,
    });
  });

  test.each(['', 'null', '{"state":', '3'])('that reads %p is none', (document) => {
    expect(groupVerdictOf(row('', { document }))).toBeNull();
  });
});

test('what seems wrong with several groups is said once', () => {
  const note = { code: 'series-vanished', message: 'No series since yesterday.' };
  const other = { code: 'good-over-total', message: 'More good events than events.' };
  const document = JSON.stringify({ health: [note] });
  const rows = [
    row('a', { document }),
    row('b'),
    row('c', { document: JSON.stringify({ health: [note, other] }) }),
  ];
  expect(healthOf(rows)).toEqual([note, other]);
});

import { describe, expect, test } from '@jest/globals';
import {
  DEFAULT_TIERS,
  decideSlo,
  OVERFLOW_GROUP,
  windowsOf,
  type EventCount,
  type SloDefinition,
} from '@tidewatch/slo';
import { sliceKeysOf } from '../slice-key.js';
import { BudgetSteps } from './budget-steps.js';
import { isSloMember, silenceLimit, sloMember, sloSignals, STEP_SPEAKS_MS } from './slo-signals.js';

const total = { metric: 'inference.requests', match: [] };
const sli = { kind: 'ratio' as const, good: null, bad: { metric: 'inference.errors', match: [] }, total };
const PERIOD_MS = 2_592_000_000;
const SLO: SloDefinition = {
  name: 'ranker-availability',
  displayName: 'Ranker answers',
  description: '',
  service: 'ranker-api',
  region: 'eu-1',
  model: 'ranker',
  labels: { team: 'ranking' },
  owner: 'ranking',
  runbook: 'https://example.com/runbooks/ranker',
  firstStep: 'Roll the last release back.',
  target: 0.999,
  window: { kind: 'rolling', periodMs: PERIOD_MS },
  periodMs: PERIOD_MS,
  budgeting: { method: 'Occurrences' },
  members: [{ name: '', sli, target: 0.999, weight: 1 }],
  groupBy: null,
  tiers: DEFAULT_TIERS,
  noData: { severity: 'ticket', afterMs: null },
  budgetPolicy: [
    { spent: 0.5, action: 'message', message: 'Look at the last release.' },
    { spent: 1, action: 'ticket', message: '' },
    { spent: 1, action: 'freeze', message: '' },
  ],
};

const KEY = { project: 'default', service: 'ranker-api', region: 'eu-1', model: 'ranker' };

function decide(count: EventCount, group = '') {
  const window = { counts: [count], coverage: 1 };
  return decideSlo({
    slo: SLO,
    group,
    windows: new Map(windowsOf(SLO).map((ms) => [ms, window])),
    period: { ...window, from: 60_000 - PERIOD_MS, to: 60_000 },
    windowEnd: 60_000,
  });
}

/** Signals of everything that could take part in an incident. */
function signalsOf(
  count: EventCount,
  { group = '', silentSince = null as number | null, known = true } = {},
) {
  return sloSignals(SLO, decide(count, group), {
    now: 61_000,
    isMember: () => known,
    silentSince,
    reachedAt: new Map(),
  }).filter(({ kind }) => kind === 'SLO');
}

describe('the signals of an SLO', () => {
  test('come pages first, so that an incident opens as a page when tickets fire in the same round', () => {
    const severities = signalsOf({ good: 850, total: 1_000 }).map(({ severity }) => severity);
    expect(severities).toEqual(['page', 'page', 'page', 'ticket', 'ticket']);
  });

  test('say firing, ok, and unknown when there was no traffic', () => {
    const conditions = (count: EventCount) => new Set(signalsOf(count).map(({ condition }) => condition));
    expect(conditions({ good: 850, total: 1_000 })).toEqual(new Set(['firing']));
    expect(conditions({ good: 1_000, total: 1_000 })).toEqual(new Set(['ok']));
    expect(conditions({ good: 0, total: 0 })).toEqual(new Set(['unknown']));
  });

  test('explain each tier with its own windows and limit', () => {
    expect(signalsOf({ good: 850, total: 1_000 })[0]?.summary).toBe(
      'Ranker answers: error budget burns 150.0 times too fast over 1h and 150.0 times over 5m (limit 14.4); ' +
        '150 of 1,000 events were bad. The 30d budget is overspent by 14900 %.',
    );
  });
});

describe('the key of slices', () => {
  test('stays when the promise changes, and changes with what is counted', () => {
    const key = sliceKeysOf(SLO);
    expect(sliceKeysOf({ ...SLO, target: 0.9, tiers: DEFAULT_TIERS.slice(0, 1) })).toEqual(key);
    const latency = { kind: 'latency' as const, histogram: total, threshold: 0.25 };
    const other = { ...SLO, members: [{ name: '', sli: latency, target: 0.999, weight: 1 }] };
    expect(sliceKeysOf(other)).not.toEqual(key);
    expect(sliceKeysOf({ ...SLO, groupBy: { labels: ['region'], limit: 10 } })).not.toEqual(key);
    expect(sliceKeysOf({ ...SLO, name: 'other' })).not.toEqual(key);
  });
});

describe('who speaks', () => {
  const calm = { good: 1_000, total: 1_000 };
  const context = {
    now: 3_600_000,
    isMember: () => false,
    silentSince: null,
    reachedAt: new Map<string, number>(),
  };

  test('what is well and in no incident says nothing', () => {
    expect(sloSignals(SLO, decide(calm), context)).toEqual([]);
    expect(signalsOf(calm, { known: false })).toEqual([]);
  });

  test('a group speaks for itself, in the incident of its own labels', () => {
    const [first] = signalsOf({ good: 850, total: 1_000 }, { group: 'region="us-2",tenant="a/b"' });
    expect(first?.key).toEqual({
      project: 'default',
      service: 'ranker-api',
      region: 'us-2',
      model: 'ranker',
    });
    expect(first?.member).toBe('SLO/ranker-availability/page-fast/region="us-2",tenant="a/b"');
    expect(first?.summary).toContain('Ranker answers (region="us-2",tenant="a/b"): error budget burns');
    const grouped = (...labels: string[]) => [{ ...SLO, groupBy: { labels, limit: 10 } }];
    const known = (slos: readonly SloDefinition[]) => isSloMember(first!.member, first!.key, slos);
    expect(known(grouped('region', 'tenant'))).toBe(true);
    // The group-by was changed since.
    expect([[SLO], grouped('region'), grouped('tenant', 'region')].map(known)).toEqual([false, false, false]);
    expect(first?.labels).toEqual({ team: 'ranking', region: 'us-2', tenant: 'a/b' });
  });

  test('every speaker says what it is about, and what to do first', () => {
    const all = sloSignals(SLO, decide({ good: 0, total: 0 }), { ...context, isMember: () => true });
    expect(new Set(all.map(({ kind, aspect }) => `${kind} ${aspect}`))).toEqual(
      new Set(['SLO availability', 'NoData no-data', 'BudgetMessage budget', 'BudgetPolicy budget']),
    );
    for (const signal of all) {
      expect(signal).toMatchObject({
        labels: { team: 'ranking' },
        raisedBy: [],
        evidence: { firstStep: 'Roll the last release back.', chart: null },
      });
    }
  });

  test('members of tiers and rules that are gone are known as such', () => {
    const known = (member: string) => isSloMember(member, KEY, [SLO]);
    expect(known(sloMember(SLO, 'page-fast'))).toBe(true);
    expect(known(sloMember(SLO, 'no-data'))).toBe(true);
    expect(known(sloMember(SLO, 'budget-50'))).toBe(true);
    expect(known(sloMember(SLO, 'gone'))).toBe(false);
    expect(known(sloMember({ name: 'gone' }, 'page-fast'))).toBe(false);
  });

  test('a step that only freezes says nothing, and what it said as a ticket is over', () => {
    const frozen: SloDefinition = { ...SLO, budgetPolicy: [{ spent: 1, action: 'freeze', message: '' }] };
    const member = sloMember(SLO, 'budget-100');
    expect(isSloMember(member, KEY, [SLO])).toBe(true);
    expect(isSloMember(member, KEY, [frozen])).toBe(false);
  });

  test('a rule that is about something else now speaks no more in the incident that it opened', () => {
    const member = sloMember(SLO, 'page-fast');
    for (const part of [
      { service: 'ranker' },
      { region: '' },
      { model: 'ranker-2' },
      { labels: { project: 'shop' } },
    ]) {
      expect(isSloMember(member, KEY, [{ ...SLO, ...part }])).toBe(false);
    }
  });

  test('of the whole of an SLO with groups nothing but the absence of all data is told', () => {
    const grouped: SloDefinition = { ...SLO, groupBy: { labels: ['tenant'], limit: 10 } };
    const known = (speaker: string, group = '') =>
      isSloMember(sloMember(SLO, speaker, group), KEY, [grouped]);
    expect([known('no-data'), known('page-fast')]).toEqual([true, false]);
    expect([known('page-fast', OVERFLOW_GROUP), known('page-fast', 'tenant="a/b=\\"c\\",d"')]).toEqual([
      true,
      true,
    ]);
  });

  test('silence is told after the limit, and not before', () => {
    const limit = silenceLimit(SLO);
    expect(limit).toBe(600_000);
    const speak = (silentSince: number) =>
      sloSignals(SLO, decide({ good: 0, total: 0 }), { ...context, silentSince });
    expect(speak(context.now - limit + 1)).toEqual([]);
    expect(speak(context.now - limit)).toMatchObject([
      { kind: 'NoData', severity: 'ticket', condition: 'firing', member: 'SLO/ranker-availability/no-data' },
    ]);
  });

  test('the budget policy speaks for a while when its share is reached: a message, a ticket, no word for a freeze', () => {
    const steps = new BudgetSteps(0);
    const spoken = (bad: number, now: number) => {
      const decision = decide({ good: 1_000_000 - bad, total: 1_000_000 });
      const reachedAt = steps.at(SLO, decision.budgetRemaining, now);
      return sloSignals(SLO, decision, { ...context, now, reachedAt })
        .filter(({ kind }) => kind !== 'SLO')
        .map(({ kind, tier }) => [kind, tier]);
    };
    const message = ['BudgetMessage', 'budget-50'];
    expect(spoken(499, 10_000_000)).toEqual([]);
    expect(spoken(500, 10_010_000)).toEqual([message]);
    expect(spoken(600, 10_010_000 + STEP_SPEAKS_MS - 1)).toEqual([message]);
    expect(spoken(600, 10_010_000 + STEP_SPEAKS_MS)).toEqual([]);
    expect(spoken(1_000, 20_000_000)).toEqual([['BudgetPolicy', 'budget-100']]);
    // Errors have left the window, and the share is reached again.
    expect(spoken(400, 30_000_000)).toEqual([]);
    expect(spoken(550, 40_000_000)).toEqual([message]);
  });

  test('after a restart a share that was reached before is no news', () => {
    const reached = (spentBefore: number) => [...new BudgetSteps(spentBefore).at(SLO, 0.4, 1_000).keys()];
    expect(reached(0.55)).toEqual([]);
    expect(reached(0.2)).toEqual(['budget-50']);
  });
});

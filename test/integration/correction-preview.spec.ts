import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CorrectionDraft, EffectiveCorrection, SloDefinition } from '@tidewatch/slo';
import type { SliceRow } from '@tidewatch/store';
import { sliceKeysOf } from '../../apps/server/src/evaluate/slice-key.js';
import { previewCorrection } from '../../apps/server/src/query/correction-preview.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Well within a minute and an hour. */
const NOW = Math.floor(Date.now() / HOUR) * HOUR - HOUR + 17 * MINUTE + 23_456;
const UNTIL = NOW - 23_456;

const SLO: SloDefinition = {
  name: 'availability',
  displayName: 'Availability',
  description: '',
  service: 'ranker-api',
  region: '',
  model: '',
  labels: {},
  owner: '',
  runbook: '',
  firstStep: '',
  target: 0.99,
  window: { kind: 'rolling', periodMs: 3 * DAY },
  periodMs: 3 * DAY,
  budgeting: { method: 'Occurrences' },
  members: [
    {
      name: '',
      target: 0.99,
      weight: 1,
      sli: {
        kind: 'ratio',
        good: null,
        bad: { metric: 'errors', match: [] },
        total: { metric: 'requests', match: [] },
      },
    },
  ],
  groupBy: null,
  tiers: [],
  noData: null,
  budgetPolicy: [],
};
const GROUPED: SloDefinition = {
  ...SLO,
  name: 'by-region',
  groupBy: { labels: ['region'], limit: 100 },
  window: {
    kind: 'calendar',
    amount: 1,
    unit: 'w',
    startTime: '2026-01-05 00:00:00',
    timeZone: 'Asia/Kolkata',
  },
};

/** One minute has 10 events, and 0 to 2 of them are bad. */
function minute(start: number): { good: number; total: number } {
  return { good: 10 - ((start / MINUTE) % 3), total: 10 };
}

/** Minutes of the last eight days, and hours up to the one that is not over. */
function slicesOf(slo: SloDefinition, group: string, from = UNTIL - 8 * DAY): SliceRow[] {
  const rows: SliceRow[] = [];
  const hours = new Map<number, { good: number; total: number }>();
  const name = sliceKeysOf(slo)[0]!;
  for (let start = Math.floor(from / HOUR) * HOUR; start < UNTIL; start += MINUTE) {
    const count = minute(start);
    rows.push({ slo: name, group, resolution: 60_000, start, ...count });
    const hour = Math.floor(start / HOUR) * HOUR;
    const sum = hours.get(hour) ?? { good: 0, total: 0 };
    hours.set(hour, { good: sum.good + count.good, total: sum.total + count.total });
  }
  for (const [start, count] of hours) {
    if (start + HOUR <= UNTIL) {
      rows.push({ slo: name, group, resolution: 3_600_000, start, ...count });
    }
  }
  return rows;
}

function draft(from: number, to: number, changes: Partial<CorrectionDraft> = {}): CorrectionDraft {
  const defaults = {
    slos: [],
    category: 'other',
    effect: 'remove',
    rrule: '',
    timeZone: 'UTC',
    reason: 'x',
  } as const;
  return { ...defaults, from, to, ...changes };
}

/** What a preview should say, minute by minute. */
function expected(
  period: { from: number; to: number },
  added: CorrectionDraft,
  existing: EffectiveCorrection[],
) {
  const sum = (corrections: readonly Pick<CorrectionDraft, 'from' | 'to' | 'effect'>[]) => {
    const counts = { good: 0, total: 0 };
    for (let start = Math.floor(period.from / MINUTE) * MINUTE; start < UNTIL; start += MINUTE) {
      const effects = corrections
        .filter(({ from, to }) => from <= start && start < to)
        .map(({ effect }) => effect);
      const { good, total } = minute(start);
      if (!effects.includes('remove')) {
        counts.good += effects.length > 0 ? total : good;
        counts.total += total;
      }
    }
    const passed = (UNTIL - period.from) / (period.to - period.from);
    const bad = counts.total - counts.good;
    return { ...counts, remaining: expect.closeTo(1 - (bad / counts.total / 0.01) * passed, 9) };
  };
  return { before: sum(existing), after: sum([...existing, added]) };
}

describe('the preview of a correction', () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
    await backend.store.sloSlices.write(
      'default',
      [
        ...slicesOf(SLO, ''),
        ...slicesOf(GROUPED, ''),
        ...slicesOf(GROUPED, 'region="eu"'),
        ...slicesOf(GROUPED, 'region="us"'),
      ],
      NOW,
    );
  }, 60_000);
  afterAll(() => backend.close());

  async function preview(slo: SloDefinition, added: CorrectionDraft, existing: EffectiveCorrection[] = []) {
    const counted = await backend.store.sloSlices.counted('default');
    return previewCorrection(backend.store, slo, { draft: added, existing, counted, now: NOW });
  }

  test.each<[string, CorrectionDraft]>([
    ['within an hour', draft(UNTIL - DAY + 7 * MINUTE, UNTIL - DAY + 22 * MINUTE)],
    ['of whole hours', draft(UNTIL - 17 * MINUTE - 30 * HOUR, UNTIL - 17 * MINUTE - 20 * HOUR)],
    ['up to now and beyond', draft(UNTIL - 90 * MINUTE, UNTIL + DAY)],
    ['from before the period', draft(UNTIL - 5 * DAY, UNTIL - 3 * DAY + 5 * MINUTE)],
    ['off the minutes', draft(UNTIL - 5 * HOUR + 30_500, UNTIL - 4 * HOUR - 1)],
  ])('%s is what counting minute by minute gives, for both effects', async (_what, removing) => {
    for (const effect of ['remove', 'count-as-good'] as const) {
      const added = { ...removing, effect };
      const { groups, period, unit } = await preview(SLO, added);
      const { before, after } = expected(period, added, []);
      expect(unit).toBe('events');
      expect(groups).toEqual([
        {
          group: '',
          before,
          after,
          removed: before.total - after.total,
          countedAsGood: effect === 'remove' ? 0 : after.good - before.good,
        },
      ]);
      expect(before.total - after.total > 0).toBe(effect === 'remove');
    }
  });

  test('what is corrected already is not corrected twice', async () => {
    const existing = [{ ...draft(UNTIL - 10 * HOUR, UNTIL - 8 * HOUR), withdrawnAt: null }];
    const added = draft(UNTIL - 9 * HOUR, UNTIL - 7 * HOUR);
    const { groups, period, coveredMs } = await preview(SLO, added, existing);
    expect(groups[0]).toMatchObject({ ...expected(period, added, existing), removed: 600 });
    expect(coveredMs).toBe(2 * HOUR);
  });

  test('a nightly correction with more stretches than a statement takes', async () => {
    const begin = UNTIL - 8 * DAY + 3 * MINUTE;
    const added = Array.from({ length: 60 }, (_, index) =>
      draft(begin + index * 3 * HOUR, begin + index * 3 * HOUR + 5 * MINUTE),
    );
    const existing = added.slice(1).map((each) => ({ ...each, withdrawnAt: null }));
    const longer = { ...SLO, window: { kind: 'rolling', periodMs: 8 * DAY } } as const;
    const { groups, period } = await preview(longer, added[0]!, existing);
    expect(groups[0]).toMatchObject(expected(period, added[0]!, existing));
  });

  test('groups have a budget each, by the calendar', async () => {
    const added = draft(UNTIL - 3 * HOUR, UNTIL - HOUR);
    const { groups, period } = await preview(GROUPED, added);
    expect(groups.map(({ group }) => group)).toEqual(['region="eu"', 'region="us"']);
    expect(groups[1]).toMatchObject(expected(period, added, []));
    expect(period.to - period.from).toBe(7 * DAY);
  });

  test('an SLO that has not been counted has nothing to show', async () => {
    const { groups } = await preview({ ...SLO, name: 'new' }, draft(UNTIL - HOUR, UNTIL));
    expect(groups).toEqual([]);
  });
});

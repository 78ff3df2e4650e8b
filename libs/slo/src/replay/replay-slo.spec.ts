import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import type { Budgeting } from '../budgeting.js';
import type { SliceCount } from '../counting/slice-count.js';
import { judgeSlo } from '../judge.js';
import type { JudgedSlo } from '../slo-evidence.js';
import { DEFAULT_TIERS, type BurnTier } from '../tiers.js';
import { GroupHistory } from './group-history.js';
import { replaySlo, type ReplayAlert } from './replay-slo.js';
import type { ReplayTraffic } from './replay-traffic.js';
import { COUNTED_SLI } from '../../fixtures/counted-sli.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2026, 0, 31);

const [PAGE_FAST] = DEFAULT_TIERS as readonly [BurnTier];

function slo(changes: Partial<JudgedSlo> = {}): JudgedSlo {
  const periodMs = 30 * DAY_MS;
  return {
    name: 'ranker-availability',
    displayName: 'Ranker answers',
    target: 0.999,
    window: { kind: 'rolling', periodMs },
    periodMs,
    budgeting: { method: 'Occurrences' },
    members: [{ name: '', target: 0.999, weight: 1, sli: COUNTED_SLI }],
    tiers: [PAGE_FAST],
    ...changes,
  };
}

/** Ten events a second of which `bad` a slice are bad, from `from` to `to` in minutes after the start. */
function slices(from: number, to: number, bad: number, sliceMs = 10_000): SliceCount[] {
  const total = sliceMs / 100;
  return Array.from({ length: ((to - from) * MINUTE_MS) / sliceMs }, (_, index) => ({
    start: START + from * MINUTE_MS + index * sliceMs,
    good: total - bad,
    total,
  }));
}

function traffic(members: SliceCount[][], minutes: number, from = 0): ReplayTraffic {
  return {
    range: { from: START + from * MINUTE_MS, to: START + minutes * MINUTE_MS },
    sliceMs: 10_000,
    groups: [{ group: '', members }],
  };
}

function inMinutes(alerts: readonly ReplayAlert[]): [string, number, number | null][] {
  const minutes = (time: number): number => (time - START) / MINUTE_MS;
  return alerts.map(({ tier, from, to }) => [tier, minutes(from), to === null ? null : minutes(to)]);
}

const OUTAGE = [...slices(0, 60, 0), ...slices(60, 80, 100), ...slices(80, 180, 0)];
const RANGE = { from: START + HOUR_MS, to: START + 3 * HOUR_MS };

describe('an outage of 20 minutes', () => {
  test('pages after a minute, and the alert ends when the short window has been clear for five', () => {
    const { alerts, groups } = replaySlo(slo(), [traffic([OUTAGE], 180)], RANGE);
    // 51.8 s to fire: the sixth evaluation. 4.93 min to clear: five minutes after the end, and five more of peace.
    expect(inMinutes(alerts)).toEqual([['page-fast', 61, 90]]);
    // 600 of 36,000 + 600 events in the period were bad by then.
    expect(alerts[0]?.budgetSpent).toBeCloseTo(600 / 36_600 / 0.001, 9);
    expect(groups[0]?.budgetRemaining).toBeCloseTo(1 - 12_000 / 108_000 / 0.001, 9);
  });

  test('is still open where the replay ends', () => {
    const range = { from: RANGE.from, to: START + 70 * MINUTE_MS };
    expect(inMinutes(replaySlo(slo(), [traffic([OUTAGE], 180)], range).alerts)).toEqual([
      ['page-fast', 61, null],
    ]);
  });

  test('does not page before the hold is over', () => {
    const held = slo({ tiers: [{ ...PAGE_FAST, holdMs: 3 * MINUTE_MS }] });
    expect(inMinutes(replaySlo(held, [traffic([OUTAGE], 180)], RANGE).alerts)).toEqual([
      ['page-fast', 64, 90],
    ]);
  });

  test('does not page while the condition of the tier does not hold', () => {
    const and = { kind: 'all', of: [] } as const;
    const conditional = slo({ tiers: [{ ...PAGE_FAST, and }] });
    const condition = (_tier: BurnTier, _group: string, at: number): boolean => at >= START + 70 * MINUTE_MS;
    const alerts = (options?: object) =>
      replaySlo(conditional, [traffic([OUTAGE], 180)], RANGE, options).alerts;
    expect(inMinutes(alerts({ condition }))).toEqual([['page-fast', 70, 90]]);
    expect(inMinutes(alerts({ condition: () => null }))).toEqual([]);
    expect(inMinutes(alerts())).toEqual([['page-fast', 61, 90]]);
  });

  test('does not page where too little of the window has been counted', () => {
    const coveredFrom = RANGE.from;
    const { alerts } = replaySlo(slo(), [traffic([OUTAGE], 180)], RANGE, { coveredFrom });
    // 0.9 of the hour is covered 54 minutes later; by then the outage is over, and the short window is clear.
    expect(alerts).toEqual([]);
  });

  test('goes on while traffic has stopped', () => {
    const silent = [...slices(0, 60, 0), ...slices(60, 80, 100)];
    const { alerts } = replaySlo(slo(), [traffic([silent], 180)], RANGE);
    // The short window is empty from minute 85 on, which tells nothing; the hour before is full of errors until it has passed.
    expect(inMinutes(alerts)).toEqual([['page-fast', 61, null]]);
  });
});

test('two short outages are one alert while the time between them is shorter than the keep-firing time', () => {
  const twice = [
    ...slices(0, 60, 0),
    ...slices(60, 62, 100),
    ...slices(62, 70, 0),
    ...slices(70, 72, 100),
    ...slices(72, 120, 0),
  ];
  const range = { from: RANGE.from, to: START + 2 * HOUR_MS };
  const at = (keep: number) =>
    inMinutes(
      replaySlo(slo(), [traffic([twice], 120)], range, {
        keepFiringMs: { page: keep * MINUTE_MS, ticket: 0 },
      }).alerts,
    );
  expect(at(5)).toEqual([['page-fast', 61, 82]]);
  expect(at(0).map(([, from]) => from)).toEqual([61, expect.closeTo(70.1, 0)]);
  const impatient = slo({ tiers: [{ ...PAGE_FAST, keepFiringMs: 0 }] });
  expect(inMinutes(replaySlo(impatient, [traffic([twice], 120)], range).alerts)).toEqual(at(0));
});

test('groups are judged on their own', () => {
  const parts: ReplayTraffic = {
    ...traffic([], 180),
    groups: [
      { group: 'region="eu"', members: [slices(0, 180, 0)] },
      { group: 'region="us"', members: [OUTAGE] },
    ],
  };
  const { alerts, groups } = replaySlo(slo(), [parts], RANGE);
  expect(alerts.map(({ group }) => group)).toEqual(['region="us"']);
  expect(groups.map(({ group, state }) => [group, state])).toEqual([
    ['region="eu"', 'ok'],
    ['region="us"', 'ok'],
  ]);
});

test('a coarse history before a fine one counts as much', () => {
  const tiers = [
    PAGE_FAST,
    { ...PAGE_FAST, name: 'slow', longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, burn: 6 },
  ];
  const fine = replaySlo(slo({ tiers }), [traffic([OUTAGE], 180)], RANGE).alerts;
  const coarse: ReplayTraffic = {
    range: { from: START, to: START + HOUR_MS },
    sliceMs: MINUTE_MS,
    groups: [{ group: '', members: [slices(0, 60, 0, MINUTE_MS)] }],
  };
  const fineEnd = traffic([OUTAGE.filter(({ start }) => start >= START + HOUR_MS)], 180, 60);
  // Burn rates differ while the edge of a window lies inside a coarse slice.
  expect(inMinutes(replaySlo(slo({ tiers }), [coarse, fineEnd], RANGE).alerts)).toEqual(inMinutes(fine));
});

test('members of a composite add up', () => {
  const member = {
    name: 'a',
    target: 0.999,
    weight: 1,
    sli: COUNTED_SLI,
  } as const;
  const composite = slo({ members: [member, { ...member, name: 'b' }] });
  // Each burns at 10 of the 14.4: together they fire.
  const leak = [...slices(0, 60, 0), ...slices(60, 180, 1)];
  expect(replaySlo(slo(), [traffic([leak], 180)], RANGE).alerts).toEqual([]);
  const { alerts } = replaySlo(composite, [traffic([leak, leak], 180)], RANGE);
  // 14.4 / 20 of the hour.
  expect(inMinutes(alerts)[0]?.[1]).toBeCloseTo(60 + 43.2, 0);
});

test.each<[string, Budgeting, number]>([
  ['Timeslices', { method: 'Timeslices', sliceMs: MINUTE_MS, sliceTarget: 0.95, emptySlices: 'ignore' }, 65],
  ['RatioTimeslices', { method: 'RatioTimeslices', sliceMs: MINUTE_MS, emptySlices: 'ignore' }, 61],
])('%s are known when they are over', (_, budgeting, minute) => {
  // A bad slice of a minute is 16.7 times 14.4 at once; good and bad slices wait for the fifth bad one.
  expect(inMinutes(replaySlo(slo({ budgeting }), [traffic([OUTAGE], 180)], RANGE).alerts)[0]?.[1]).toBe(
    minute,
  );
});

test('skipping what cannot fire changes nothing: every step of a random trace is judged as by itself', () => {
  const random = seededRandom(5);
  const trace = slices(0, 240, 0).map((slice) => {
    const bad = random() < 0.03 ? Math.floor(random() * 40) : 0;
    return { ...slice, good: slice.total - bad };
  });
  const judged = slo({ tiers: DEFAULT_TIERS.filter(({ longMs }) => longMs <= 6 * HOUR_MS) });
  const history = new GroupHistory(judged, [traffic([trace], 240)], '', -Infinity);
  let firing = 0;
  for (let at = START + 10_000; at <= START + 4 * HOUR_MS; at += 10_000) {
    for (const [index, tier] of judgeSlo(history.evidence(at)).tiers.entries()) {
      firing += tier.state === 'firing' ? 1 : 0;
      expect(tier.state === 'firing' && !history.mayFire(judged.tiers[index] as BurnTier, at)).toBe(false);
    }
  }
  expect(firing).toBeGreaterThan(100);
});

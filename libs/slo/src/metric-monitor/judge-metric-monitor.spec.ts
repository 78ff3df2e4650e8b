import { describe, expect, test } from '@jest/globals';
import { requestKey, plainValue } from '../condition/measured-value.js';
import { judgeGroups, measuresOfMonitor } from './judge-groups.js';
import { judgeMetricMonitor } from './judge-metric-monitor.js';
import { metricMonitorSchema } from './metric-monitor-schema.js';
import type { MetricMonitorVerdict } from './metric-monitor-verdict.js';

const document = (spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'MetricMonitor',
  metadata: { name: 'busy', runbook: 'https://example.com/busy', ...metadata },
  spec,
});
const above = (limit: number) => ({ gauge: 'g', window: '1m', above: limit });
const monitor = metricMonitorSchema.parse(
  document({
    levels: {
      warn: { when: above(1), hold: '1m' },
      ticket: { when: above(2), hold: '2m' },
      page: { when: above(3) },
    },
  }),
);

interface Round {
  /** Value of the gauge; `null` for none, text for an error. */
  readonly value: number | null | string;
  readonly state: MetricMonitorVerdict['state'];
  readonly level?: 'warn' | 'ticket' | 'page';
  readonly severity?: 'page' | 'ticket';
  readonly signal: MetricMonitorVerdict['condition'];
  /** An SLO burns. */
  readonly burning?: boolean;
  /** Seconds since the round before; 30 unless given. */
  readonly after?: number;
}

/** One row per round: what is measured, and what the verdict is. */
const HISTORIES: Readonly<Record<string, readonly Round[]>> = {
  'a level waits for its hold time, and the most severe one wins': [
    { value: 0, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'watch', level: 'warn', signal: 'ok' },
    { value: 2.5, state: 'watch', level: 'warn', signal: 'ok' },
    { value: 2.5, after: 120, state: 'alarm', level: 'ticket', severity: 'ticket', signal: 'firing' },
    { value: 1.5, state: 'watch', level: 'warn', signal: 'ok' },
    { value: 0.5, state: 'ok', signal: 'ok' },
  ],
  'a break begins the hold anew': [
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 0, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'watch', level: 'warn', signal: 'ok' },
  ],
  'missing data neither counts towards a hold nor breaks it': [
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: null, state: 'not-enough-data', signal: 'unknown' },
    { value: null, state: 'not-enough-data', signal: 'unknown' },
    { value: 1.5, state: 'ok', signal: 'ok' },
    { value: 1.5, state: 'watch', level: 'warn', signal: 'ok' },
  ],
  'an alarm outlives missing data and errors, until it is seen to be over': [
    { value: 4, state: 'alarm', level: 'page', severity: 'ticket', signal: 'firing' },
    { value: null, state: 'not-enough-data', level: 'page', signal: 'unknown' },
    { value: 'unreachable', state: 'error', level: 'page', signal: 'unknown' },
    { value: 4, state: 'alarm', level: 'page', severity: 'ticket', signal: 'firing' },
    { value: 0, state: 'ok', signal: 'ok' },
  ],
  'nobody knows what was between two distant rounds': [
    { value: 2.5, state: 'ok', signal: 'ok' },
    { value: 2.5, after: 3_600, state: 'ok', signal: 'ok' },
    { value: 2.5, after: 60, state: 'watch', level: 'warn', signal: 'ok' },
    { value: 2.5, after: 60, state: 'alarm', level: 'ticket', severity: 'ticket', signal: 'firing' },
  ],
  'a page only beside an SLO that burns': [
    { value: 4, state: 'alarm', level: 'page', severity: 'ticket', signal: 'firing' },
    { value: 4, burning: true, state: 'alarm', level: 'page', severity: 'page', signal: 'firing' },
    { value: 4, state: 'alarm', level: 'page', severity: 'ticket', signal: 'firing' },
  ],
};

describe('judgeMetricMonitor', () => {
  test.each(Object.entries(HISTORIES))('%s', (_name, rounds) => {
    let previous: MetricMonitorVerdict | null = null;
    let at = 1_800_000_000_000;
    const seen: unknown[] = [];
    for (const { value, burning = false, after = 30 } of rounds) {
      at += after * 1_000;
      previous = judgeMetricMonitor({
        monitor,
        group: '',
        windowEnd: at,
        valueOf: () => (typeof value === 'number' ? plainValue(value) : null),
        sloBurning: burning,
        previous,
        ...(typeof value === 'string' ? { error: value } : {}),
      });
      const { state, level, severity, condition } = previous;
      seen.push({ state, level, severity, condition });
      // A verdict goes through JSON between two processes.
      previous = JSON.parse(JSON.stringify(previous)) as MetricMonitorVerdict;
    }
    expect(seen).toEqual(
      rounds.map(({ state, level = null, severity = '', signal }) => ({
        state,
        level,
        severity,
        condition: signal,
      })),
    );
  });

  const judge = (value: number | null, previous: MetricMonitorVerdict | null, at: number) =>
    judgeMetricMonitor({
      monitor: { ...monitor, page: 'always' },
      group: '',
      windowEnd: at,
      valueOf: () => (value === null ? null : plainValue(value)),
      sloBurning: false,
      previous,
    });

  test('by explicit choice a page needs no SLO, and says since when and why', () => {
    const at = Date.UTC(2026, 10, 22, 10, 0, 0);
    const first = judge(4, null, at);
    const second = judge(5, first, at + 30_000);
    expect(second).toMatchObject({
      severity: 'page',
      since: at,
      reason:
        'Level page holds since 2026-11-22T10:00:00Z: avg of g (avg of series) over 1m is 5; the limit is above 3.',
    });
    expect(judge(null, second, at + 60_000).reason).toBe(
      'Not enough data: avg of g (avg of series) over 1m is not known (no data). The page of before goes on: missing data resolves nothing.',
    );
    expect(judge(2.5, null, at).reason).toBe(
      'Level ticket waits: it has held for 0s of 2m. Now avg of g (avg of series) over 1m is 2.5; the limit is above 2.',
    );
  });
});

describe('judgeGroups', () => {
  const grouped = metricMonitorSchema.parse(
    document({ groupBy: { labels: ['gpu'], limit: 2 }, levels: { ticket: { when: above(2) } } }),
  );
  const measured = (values: Readonly<Record<string, number>>) =>
    new Map([
      [
        requestKey(measuresOfMonitor(grouped)[0]!),
        new Map(Object.entries(values).map(([gpu, value]) => [`gpu="${gpu}"`, plainValue(value)])),
      ],
    ]);
  const round = (
    values: Readonly<Record<string, number>>,
    previous: readonly MetricMonitorVerdict[],
    windowEnd: number,
  ) =>
    judgeGroups({
      monitor: grouped,
      measured: measured(values),
      previous: new Map(previous.map((verdict) => [verdict.group, verdict])),
      sloBurning: false,
      windowEnd,
    });
  const states = (verdicts: readonly MetricMonitorVerdict[]) =>
    Object.fromEntries(verdicts.map(({ group, state }) => [group, state]));
  const MINUTE = 60_000;
  const START = 1_800_000_000_000;

  test('groups beyond the limit are counted; known ones keep their place', () => {
    const first = round({ b: 1, c: 3 }, [], START);
    expect(states(first)).toEqual({ 'gpu="b"': 'ok', 'gpu="c"': 'alarm' });
    const second = round({ a: 3, b: 1, c: 3, d: 1 }, first, START + MINUTE);
    expect(states(second)).toEqual({ 'gpu="b"': 'ok', 'gpu="c"': 'alarm', '(other)': 'error' });
    expect(second.find(({ group }) => group === '(other)')?.reason).toContain(
      '2 more groups than the limit of 2',
    );
  });

  test('a silent group is waited for; with an alarm for a day, and then let go', () => {
    let verdicts = round({ b: 1, c: 3 }, [], START);
    const at = (minutes: number) => {
      verdicts = round({ a: 1 }, verdicts, START + minutes * MINUTE);
      return states(verdicts);
    };
    expect(at(1)).toEqual({ 'gpu="a"': 'ok', 'gpu="b"': 'not-enough-data', 'gpu="c"': 'not-enough-data' });
    expect(at(17)).toEqual({ 'gpu="a"': 'ok', 'gpu="b"': 'ok', 'gpu="c"': 'not-enough-data' });
    expect(verdicts.find(({ group }) => group === 'gpu="b"')?.reason).toBe(
      'Nothing has been heard of this group for 15m; it is judged no more.',
    );
    expect(at(18)).toEqual({ 'gpu="a"': 'ok', 'gpu="c"': 'not-enough-data' });
    expect(at(24 * 60)).toMatchObject({ 'gpu="c"': 'not-enough-data' });
    expect(at(24 * 60 + 2)).toMatchObject({ 'gpu="c"': 'ok' });
    expect(verdicts.find(({ group }) => group === 'gpu="c"')?.condition).toBe('ok');
  });

  test('nothing at all is one verdict, which goes as soon as there are groups', () => {
    const none = round({}, [], START);
    expect(states(none)).toEqual({ '': 'not-enough-data' });
    expect(states(round({ a: 1 }, none, START + MINUTE))).toEqual({ 'gpu="a"': 'ok' });
  });
});

describe('metricMonitorSchema', () => {
  const problems = (spec: Record<string, unknown>, metadata?: Record<string, unknown>) =>
    metricMonitorSchema
      .safeParse(document(spec, metadata))
      .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const levels = { ticket: { when: above(1) } };

  test('fills in what is left out', () => {
    expect(metricMonitorSchema.parse(document({ levels, groupBy: ['gpu'] }))).toMatchObject({
      kind: 'MetricMonitor',
      name: 'busy',
      owner: '',
      service: '',
      groupBy: { labels: ['gpu'], limit: 100 },
      everyMs: 30_000,
      levels: [{ level: 'ticket', holdMs: 0, keepFiringMs: null }],
      page: 'beside-slo',
    });
  });

  test('each level has times of its own', () => {
    const timed = {
      ticket: { when: above(1), hold: '1m', keepFiring: '10m' },
      page: { when: above(2), keepFiring: '0s' },
    };
    expect(metricMonitorSchema.parse(document({ levels: timed })).levels).toMatchObject([
      { level: 'page', holdMs: 0, keepFiringMs: 0 },
      { level: 'ticket', holdMs: 60_000, keepFiringMs: 600_000 },
    ]);
  });

  test.each<[string, Record<string, unknown>, string[], Record<string, unknown>]>([
    ['no level', { levels: {} }, ['spec.levels: must have at least one of warn, ticket and page'], {}],
    [
      'a page that nobody asked for',
      { levels, page: 'always' },
      ['spec.page: says when a level page pages, and there is no such level; leave it out'],
      {},
    ],
    [
      'a page without a runbook',
      { levels: { page: { when: above(1) } } },
      ['metadata.runbook: is missing: a monitor that pages must say what to do, in an http(s) address'],
      { runbook: '' },
    ],
    [
      'too many groups',
      { levels, groupBy: { labels: ['gpu'], limit: 501 } },
      ['spec.groupBy.limit: must be a whole number from 1 to 500, and is 501'],
      {},
    ],
    [
      'a condition',
      { levels: { ticket: { when: { all: [above(1), { gauge: 'g', above: 1 }] }, hold: '5' } } },
      [
        'spec.levels.ticket.when.all.1.window: is missing; it must be a duration from 10s to 30d, such as 5m',
        'spec.levels.ticket.hold: must be a duration from 0s to 7d, such as 5m, and is "5"',
      ],
      {},
    ],
    [
      'a level that never lets go',
      { levels: { ticket: { when: above(1), keepFiring: '8d' } } },
      ['spec.levels.ticket.keepFiring: must be a duration from 0s to 7d, such as 5m, and is "8d"'],
      {},
    ],
  ])('refuses %s', (_name, spec, expected, metadata) => {
    expect(problems(spec, metadata)).toEqual(expected);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  MINUTE,
  HOUR,
  DAY,
  END,
  WINDOW,
  monitorWith,
  numbers,
  colours,
  numeric,
  coloured,
  traffic,
  before,
  judge,
  of,
  alarms,
} from '../../../../test/harness/quality-runs.js';
import { summariseMonitor } from '../judge/summarise-monitor.js';
import { QUALITY_WORDS } from './quality-words.js';
import type { BatchJob } from './quality-input.js';

test('good data passes every check', () => {
  const verdicts = judge({
    comparisons: [numeric(numbers(1_000)), coloured(colours(1_000))],
    columns: { window: ['age', 'colour'], baseline: ['age', 'colour'] },
    artifacts: [{ version: 'v1', variant: '', checksums: ['aaaa'] }],
  });
  expect(alarms(verdicts)).toEqual([]);
  expect(new Set(verdicts.map(({ check }) => check))).toEqual(
    new Set([
      'schema',
      'type',
      'range',
      'missing',
      'newCategories',
      'vanishedCategories',
      'duplicates',
      'clock',
      'freshness',
      'volume',
      'checksums',
    ]),
  );
});

describe('samples', () => {
  test('repeated prediction ids and inputs', () => {
    const verdicts = judge({
      traffic: traffic(1_000, { repeatedIds: 100, hashed: 1_000, repeatedInputs: 300 }),
      history: before([1_000, 1_000, 1_000, 1_000, 1_000], { hashed: 1_000, repeatedInputs: 250 }),
    });
    expect(alarms(verdicts)).toEqual(['duplicates/prediction-id']);
    // Inputs repeat by nature: five per cent more of them is within chance at this size.
    expect(of(verdicts, 'duplicates/input-hash')).toMatchObject({ state: 'ok' });
    expect(of(verdicts, 'duplicates/input-hash').statistic).toBeCloseTo(0.05, 12);
  });

  test('clocks that run ahead; without a history none is expected to', () => {
    const ahead = traffic(1_000, { ahead: 60 });
    expect(alarms(judge({ traffic: ahead }))).toEqual(['clock/ahead']);
    expect(alarms(judge({ traffic: ahead, history: [] }))).toEqual(['clock/ahead']);
    expect(alarms(judge({ traffic: ahead, history: before([1_000, 1_000, 1_000], { ahead: 60 }) }))).toEqual(
      [],
    );
    expect(of(judge({ traffic: ahead }), 'clock/ahead').reason).toMatch(
      /^6 % of 1,000 samples are stamped more than 1 min ahead of their arrival, and none in earlier windows;/,
    );
  });

  test('no sample for longer than allowed and too long for chance', () => {
    const empty = { traffic: traffic(0), newestAt: END - 2 * HOUR };
    expect(alarms(judge(empty))).toContain('freshness/samples');
    expect(of(judge(empty), 'freshness/samples').reason).toBe(
      "The newest sample is 2 h older than the window's end, and 15 min are allowed.",
    );
    // Three samples a day leave gaps of two hours without a fault.
    const sparse = { ...empty, history: before([0, 0, 1, 0, 0, 0, 0, 0]) };
    expect(alarms(judge(sparse))).not.toContain('freshness/samples');
    expect(of(judge({ ...empty, newestAt: null, history: [] }), 'freshness/samples').state).toBe(
      'not-enough-data',
    );
  });

  test('volume against windows of the same time of day, with their own spread', () => {
    expect(alarms(judge({ traffic: traffic(300) }))).toEqual(['volume/samples']);
    expect(of(judge({ traffic: traffic(300) }), 'volume/samples').statistic).toBeCloseTo(0.7, 2);
    // The same 300 where traffic goes up and down.
    const uneven = before([200, 2_000, 300, 1_500, 250, 1_800, 400]);
    expect(alarms(judge({ traffic: traffic(300), history: uneven }))).toEqual([]);
    expect(of(judge({ history: before([1_000, 900]) }), 'volume/samples')).toMatchObject({
      state: 'not-enough-data',
      reason: expect.stringContaining('only 2 earlier windows of the 5'),
    });
  });

  test('a dark camera is named while the others go on', () => {
    const camera = (value: string, current: number) => ({
      dimension: 'camera_id',
      value,
      current,
      history: [120, 118, 125, 119, 122, 121, 117],
    });
    const monitor = monitorWith({ checks: { silent: { dimensions: ['camera_id'] } } });
    const verdicts = judge({
      monitor,
      sources: [
        camera('6', 121),
        camera('7', 0),
        camera('8', 80),
        { ...camera('9', 50), history: [0, 0, 0] },
      ],
    });
    expect(alarms(verdicts)).toEqual(['silent/camera_id=7']);
    expect(of(verdicts, 'silent/camera_id=7')).toMatchObject({ statistic: 1, title: 'camera_id=7, silent' });
    expect(of(verdicts, 'silent/camera_id=9').reason).toBe('Camera_id=9 is new.');
  });

  test('one version with two checksums is certain at once', () => {
    const verdicts = judge({
      monitor: monitorWith({ hold: '1h' }),
      artifacts: [
        { version: 'v1', variant: '', checksums: ['aaaa'] },
        { version: 'v2', variant: '', checksums: ['bbbb', 'cccc'] },
      ],
    });
    expect(alarms(verdicts)).toEqual(['checksums/v2']);
    expect(of(verdicts, 'checksums/v2').reason).toBe('Version v2 was deployed with 2 checksums: bbbb, cccc.');
  });
});

describe('batch jobs', () => {
  const nightly = (days: number, partial: Partial<BatchJob> = {}): BatchJob[] =>
    Array.from({ length: days }, (_, index) => {
      const from = WINDOW.from - (days - index) * DAY + 2 * HOUR + (index % 3) * MINUTE;
      return {
        jobId: `night-${index}`,
        from,
        to: from + (30 + (index % 4)) * MINUTE,
        records: 5_000 + (index % 5) * 20,
        ...(index === days - 1 && partial),
      };
    });

  test('one like those before passes', () => {
    const verdicts = judge({ jobs: nightly(12) });
    expect(verdicts.filter(({ check }) => check === 'jobs').map(({ state }) => state)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });

  test('one with half the records, one that took four times as long', () => {
    expect(alarms(judge({ jobs: nightly(12, { records: 2_500 }) }))).toEqual(['jobs/records']);
    const [last] = nightly(12).slice(-1);
    expect(alarms(judge({ jobs: nightly(12, { to: last!.from + 2 * HOUR }) }))).toEqual(['jobs/duration']);
  });

  test('one that does not come is late by the clock', () => {
    const jobs = nightly(12).slice(0, -2);
    const verdicts = judge({ jobs });
    expect(alarms(verdicts)).toEqual(['jobs/lateness']);
    expect(of(verdicts, 'jobs/lateness').reason).toMatch(
      /^The last job, night-9, began .* and those before came after /,
    );
  });

  test('one that is still running is not judged by its records', () => {
    const jobs = [
      ...nightly(12),
      { jobId: 'now', from: WINDOW.from + MINUTE, to: WINDOW.to - MINUTE, records: 3 },
    ];
    expect(alarms(judge({ jobs }))).toEqual([]);
    expect(of(judge({ jobs }), 'jobs/records').reason).toContain('night-11');
  });

  test('limits of the rule need no history', () => {
    const monitor = monitorWith({
      hold: '1h',
      checks: { jobs: { minimumRecords: 5_000, maximumDuration: '20m', every: '1d' } },
    });
    const verdicts = judge({ monitor, jobs: nightly(2, { records: 10 }) });
    expect(alarms(verdicts)).toEqual(['jobs/records', 'jobs/duration']);
    expect(of(verdicts, 'jobs/records').reason).toBe(
      'Job night-1 has 10 samples, and at least 5,000 samples are asked for.',
    );
    expect(of(verdicts, 'jobs/lateness').state).toBe('ok');
  });

  test('fewer than it takes to know are said so', () => {
    expect(of(judge({ jobs: nightly(3) }), 'jobs/records')).toMatchObject({
      state: 'not-enough-data',
      reason: expect.stringContaining('only 2 jobs came before of the 5'),
    });
  });
});

describe('what cannot be judged', () => {
  test('an empty window: values are not judged, freshness and volume are', () => {
    const verdicts = judge({
      comparisons: [numeric([]), coloured([])],
      columns: { window: [], baseline: ['age', 'colour'] },
      traffic: traffic(0),
      newestAt: END - HOUR,
    });
    expect(alarms(verdicts).sort()).toEqual(['freshness/samples', 'volume/samples']);
    expect(of(verdicts, 'missing/age')).toMatchObject({ state: 'not-enough-data', statistic: null });
  });

  test('no baseline: what needs none is judged', () => {
    const verdicts = judge({ baseline: null, traffic: traffic(300) });
    expect(alarms(verdicts)).toEqual(['volume/samples']);
    expect(of(verdicts, 'missing/samples')).toMatchObject({
      state: 'not-enough-data',
      reason: 'There is no baseline yet to check missing by.',
      baseline: '',
    });
  });

  test('a check whose data could not be read is an error, and the others are judged', () => {
    const verdicts = judge({
      traffic: traffic(300),
      failures: { duplicates: 'the query ran out of memory' },
    });
    expect(of(verdicts, 'duplicates/samples')).toMatchObject({
      state: 'error',
      reason: 'The check of duplicates could not be made: the query ran out of memory.',
    });
    expect(alarms(verdicts)).toEqual(['volume/samples']);
  });

  test('a check that is switched off says nothing', () => {
    const verdicts = judge({ traffic: traffic(300), monitor: monitorWith({ checks: { volume: false } }) });
    expect(verdicts.filter(({ check }) => check === 'volume')).toEqual([]);
  });
});

test('a monitor speaks of the checks that failed', () => {
  const verdicts = judge({
    traffic: traffic(300),
    artifacts: [{ version: 'v1', variant: '', checksums: ['a', 'b'] }],
  });
  const summary = summariseMonitor(verdicts, QUALITY_WORDS);
  expect(summary.state).toBe('alarm');
  expect(summary.headline).toBe('2 of 7 checks fail: version v1, checksums (1) and samples, volume (0.7).');
  const fine = summariseMonitor(judge(), QUALITY_WORDS);
  expect(fine.headline).toBe('5 of 6 checks pass.');
});

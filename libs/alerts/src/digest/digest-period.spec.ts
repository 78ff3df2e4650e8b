import { describe, expect, test } from '@jest/globals';
import { currentDigestPeriod, digestPeriod, type DigestTimes } from './digest-period.js';
import { digestSchema } from './digest-rule.js';

const BERLIN: DigestTimes = { every: 'week', atMinute: 480, weekday: 1, timeZone: 'Europe/Berlin' };
const MONTHLY: DigestTimes = { ...BERLIN, every: 'month' };
const iso = (time: number): string => new Date(time).toISOString().replace(':00.000Z', 'Z');

describe('the period whose digest is due', () => {
  test.each<[name: string, rule: DigestTimes, now: string, from: string, to: string, dueAt: string]>([
    ['a week', BERLIN, '2026-11-26T12:00Z', '2026-11-15T23:00Z', '2026-11-22T23:00Z', '2026-11-23T07:00Z'],
    ['just due', BERLIN, '2026-11-23T07:00Z', '2026-11-15T23:00Z', '2026-11-22T23:00Z', '2026-11-23T07:00Z'],
    [
      'not due yet',
      BERLIN,
      '2026-11-23T06:59Z',
      '2026-11-08T23:00Z',
      '2026-11-15T23:00Z',
      '2026-11-16T07:00Z',
    ],
    // 29 March 2026: 167 hours.
    [
      'clocks go forward',
      BERLIN,
      '2026-03-30T08:00Z',
      '2026-03-22T23:00Z',
      '2026-03-29T22:00Z',
      '2026-03-30T06:00Z',
    ],
    // 25 October 2026: 169 hours.
    [
      'clocks go back',
      BERLIN,
      '2026-10-26T08:00Z',
      '2026-10-18T22:00Z',
      '2026-10-25T23:00Z',
      '2026-10-26T07:00Z',
    ],
    [
      'due at a time that the clocks skip',
      { ...BERLIN, weekday: 7, atMinute: 150 },
      '2026-03-29T12:00Z',
      '2026-03-21T23:00Z',
      '2026-03-28T23:00Z',
      '2026-03-29T01:30Z',
    ],
    [
      'due at a time that comes twice',
      { ...BERLIN, weekday: 7, atMinute: 150 },
      '2026-10-25T12:00Z',
      '2026-10-17T22:00Z',
      '2026-10-24T22:00Z',
      '2026-10-25T00:30Z',
    ],
    // Midnight of 6 September 2026 does not exist in Santiago: the day begins at 01:00.
    [
      'a day without a midnight',
      { every: 'week', atMinute: 0, weekday: 7, timeZone: 'America/Santiago' },
      '2026-09-06T12:00Z',
      '2026-08-30T04:00Z',
      '2026-09-06T04:00Z',
      '2026-09-06T04:00Z',
    ],
    ['a month', MONTHLY, '2026-04-15T00:00Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z', '2026-04-01T06:00Z'],
    [
      'a short month',
      MONTHLY,
      '2026-03-01T07:00Z',
      '2026-01-31T23:00Z',
      '2026-02-28T23:00Z',
      '2026-03-01T07:00Z',
    ],
    [
      'a month not due yet',
      MONTHLY,
      '2026-03-01T06:59Z',
      '2025-12-31T23:00Z',
      '2026-01-31T23:00Z',
      '2026-02-01T07:00Z',
    ],
    [
      'a zone of half hours',
      { every: 'week', atMinute: 0, weekday: 4, timeZone: 'Asia/Kolkata' },
      '2026-11-26T12:00Z',
      '2026-11-18T18:30Z',
      '2026-11-25T18:30Z',
      '2026-11-25T18:30Z',
    ],
  ])('%s', (_name, rule, now, from, to, dueAt) => {
    const period = digestPeriod(rule, Date.parse(now));
    expect(Object.values(period).map(iso)).toEqual([from, to, dueAt]);
  });

  test('periods follow one another without gap or overlap', () => {
    for (const rule of [BERLIN, MONTHLY]) {
      let last = digestPeriod(rule, Date.parse('2026-01-20T00:00Z'));
      for (
        let now = Date.parse('2026-01-20T00:00Z');
        now < Date.parse('2027-02-01T00:00Z');
        now += 3_600_000
      ) {
        const period = digestPeriod(rule, now);
        expect(period.dueAt).toBeLessThanOrEqual(now);
        expect([last.from, last.to]).toContain(period.from);
        last = period;
      }
    }
  });

  test.each<[DigestTimes, string, string, string]>([
    [BERLIN, '2026-11-26T12:00Z', '2026-11-22T23:00Z', '2026-11-29T23:00Z'],
    [BERLIN, '2026-11-22T23:00Z', '2026-11-22T23:00Z', '2026-11-29T23:00Z'],
    [MONTHLY, '2026-12-31T12:00Z', '2026-11-30T23:00Z', '2026-12-31T23:00Z'],
  ])('the one that goes on, %#', (rule, now, from, to) => {
    const period = currentDigestPeriod(rule, Date.parse(now));
    expect([iso(period.from), iso(period.to)]).toEqual([from, to]);
  });
});

describe('the document', () => {
  const document = (spec: object): unknown => ({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'Digest',
    metadata: { name: 'weekly', owner: 'sre' },
    spec,
  });

  test('has defaults', () => {
    expect(digestSchema.parse(document({ every: 'week', receivers: ['a', 'a', 'b'] }))).toEqual({
      ...{ kind: 'Digest', name: 'weekly', owner: 'sre', labels: {}, every: 'week', receivers: ['a', 'b'] },
      ...{ atMinute: 480, weekday: 1, timeZone: 'UTC' },
    });
  });

  test.each<[object, string]>([
    [{ every: 'day', receivers: ['a'] }, 'week or month'],
    [{ every: 'week', receivers: [] }, 'at least one Receiver'],
    [{ every: 'week', receivers: ['a'], at: '24:00' }, 'time of day'],
    [{ every: 'week', receivers: ['a'], at: 480 }, 'in quotes'],
    [{ every: 'week', receivers: ['a'], day: 'Monday' }, 'MO, TU'],
    [{ every: 'month', receivers: ['a'], day: 'MO' }, 'left out'],
    [{ every: 'week', receivers: ['a'], timeZone: 'Mars/Olympus' }, 'time zone'],
    [{ every: 'week', receivers: ['a'], match: {} }, 'match'],
  ])('%j is refused', (spec, says) => {
    expect(JSON.stringify(digestSchema.safeParse(document(spec)).error?.issues)).toContain(says);
  });
});

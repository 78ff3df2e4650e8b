import { describe, expect, test } from '@jest/globals';
import { readRecurrence } from './recurrence.js';

const EMPTY = { interval: 1, count: null, until: null, byDay: [], byMonthDay: [], byMonth: [] };

describe('rules that are understood', () => {
  test.each([
    ['FREQ=DAILY', { ...EMPTY, freq: 'DAILY' }],
    ['RRULE:freq=weekly;byday=su,mo;', { ...EMPTY, freq: 'WEEKLY', byDay: ['SU', 'MO'] }],
    [
      'FREQ=MONTHLY;INTERVAL=3;BYDAY=1SU,-1FR;UNTIL=20261231',
      { ...EMPTY, freq: 'MONTHLY', interval: 3, byDay: ['1SU', '-1FR'], until: '20261231' },
    ],
    [
      'FREQ=YEARLY;BYMONTH=2,12;BYMONTHDAY=-1,+15;COUNT=4',
      { ...EMPTY, freq: 'YEARLY', byMonth: [2, 12], byMonthDay: [-1, 15], count: 4 },
    ],
    ['FREQ=DAILY;UNTIL=20240229T235959Z', { ...EMPTY, freq: 'DAILY', until: '20240229T235959Z' }],
  ])('%s', (text, rule) => {
    expect(readRecurrence(text)).toEqual({ rule });
  });
});

describe('rules that are refused say why', () => {
  test.each([
    ['FREQ=HOURLY', 'nothing recurs more often than daily'],
    ['FREQ=MINUTELY;INTERVAL=90', 'nothing recurs more often than daily'],
    ['INTERVAL=2', 'must have FREQ=DAILY, WEEKLY, MONTHLY, YEARLY, and has none'],
    ['FREQ=DAILY;BYHOUR=1,2', 'holds "BYHOUR", which is not supported'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'holds "BYSETPOS"'],
    ['every sunday', 'holds "EVERY SUNDAY"'],
    ['FREQ=DAILY;FREQ=WEEKLY', 'must give FREQ once'],
    ['FREQ=DAILY;COUNT', 'must give COUNT once, in the form COUNT=value'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL from 1 to 1000'],
    ['FREQ=DAILY;COUNT=1e3', 'COUNT from 1 to 10000'],
    ['FREQ=DAILY;COUNT=3;UNTIL=20261231', 'both COUNT and UNTIL'],
    ['FREQ=DAILY;UNTIL=20260230', 'UNTIL as a day'],
    ['FREQ=DAILY;UNTIL=20261231T120000', 'UNTIL as a day (20261231) or a time in UTC'],
    ['FREQ=DAILY;UNTIL=20261231T250000Z', 'UNTIL as a day'],
    ['FREQ=WEEKLY;BYDAY=SUN', 'and has "SUN"'],
    ['FREQ=WEEKLY;BYDAY=1SU', 'MONTHLY and YEARLY rules only'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'cannot have'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY as a list'],
    ['FREQ=MONTHLY;BYMONTHDAY=1,,2', 'BYMONTHDAY as a list'],
    ['FREQ=YEARLY;BYMONTH=-1', 'BYMONTH as a list of 1 to 12'],
  ])('%s', (text, message) => {
    expect(readRecurrence(text)).toEqual({ problem: expect.stringContaining(message) });
  });
});

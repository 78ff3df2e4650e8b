import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { periodAt, previousPeriod } from './period.js';
import type { CalendarUnit, CalendarWindow } from './slo-window.js';

interface BoundaryCase {
  readonly window: CalendarWindow;
  /** In order; two equal ones enclose a period that a zone left out. */
  readonly boundaries: readonly number[];
}

const CASES = JSON.parse(
  readFileSync(new URL('../../fixtures/window/periods.json', import.meta.url), 'utf8'),
) as readonly BoundaryCase[];

const iso = (at: number): string => new Date(at).toISOString();

function calendar(amount: number, unit: CalendarUnit, startTime: string, timeZone: string): CalendarWindow {
  return { kind: 'calendar', amount, unit, startTime, timeZone };
}

describe("periods as Python's zoneinfo has them", () => {
  test('the fixture holds cases', () => {
    expect(CASES.length).toBeGreaterThan(20);
    expect(CASES.every(({ boundaries }) => boundaries.length >= 4)).toBe(true);
  });

  test.each(CASES.map((each) => [Object.values(each.window).slice(1).join(' '), each] as const))(
    '%s',
    (_name, { window, boundaries }) => {
      boundaries.slice(1).forEach((to, index) => {
        const from = boundaries[index]!;
        if (from === to) {
          return;
        }
        for (const at of [from, from + 1, Math.floor((from + to) / 2), to - 1]) {
          // A fresh object each time: nothing remembered may help.
          const { from: foundFrom, to: foundTo } = periodAt({ ...window }, at);
          expect([iso(foundFrom), iso(foundTo)]).toEqual([iso(from), iso(to)]);
        }
      });
    },
  );
});

describe('named cases', () => {
  test('a rolling window is the time before the moment, and the one before that follows on', () => {
    const window = { kind: 'rolling', periodMs: 1_000 } as const;
    expect(periodAt(window, 5_000)).toEqual({ from: 4_000, to: 5_000 });
    expect(previousPeriod(window, { from: 4_000, to: 5_000 })).toEqual({ from: 3_000, to: 4_000 });
  });

  test('a month that begins in a gap of the clocks begins when they go on', () => {
    // Sao Paulo skipped the first hour of 4 November 2018.
    const window = calendar(1, 'M', '2018-01-04 00:00:00', 'America/Sao_Paulo');
    expect(iso(periodAt(window, Date.UTC(2018, 10, 20)).from)).toBe('2018-11-04T03:00:00.000Z');
  });

  test('a time that comes twice is the first of the two', () => {
    const window = calendar(1, 'd', '2026-01-01 02:30:00', 'Europe/Berlin');
    expect(iso(periodAt(window, Date.UTC(2026, 9, 25, 12)).from)).toBe('2026-10-25T00:30:00.000Z');
  });

  test('the day that Apia left out is no period', () => {
    const window = calendar(1, 'd', '2011-01-01 00:00:00', 'Pacific/Apia');
    const period = periodAt(window, Date.parse('2011-12-31T00:00:00+14:00'));
    expect(iso(period.from)).toBe('2011-12-30T10:00:00.000Z');
    expect(previousPeriod(window, period)).toEqual({
      from: Date.parse('2011-12-29T00:00:00-10:00'),
      to: period.from,
    });
  });

  test('one window object can be asked about any time in any order', () => {
    const window = calendar(1, 'M', '2026-01-31 00:00:00', 'UTC');
    const starts = [5, 1, 5, 2].map((month) => iso(periodAt(window, Date.UTC(2026, month, 15)).from));
    expect(starts.map((text) => text.slice(0, 10))).toEqual([
      '2026-05-31',
      '2026-01-31',
      '2026-05-31',
      '2026-02-28',
    ]);
  });

  test('the same moment of ten thousand windows costs milliseconds', () => {
    const windows = Array.from({ length: 100 }, () =>
      calendar(1, 'M', '2026-01-01 00:00:00', 'Europe/Berlin'),
    );
    windows.forEach((window) => periodAt(window, Date.UTC(2026, 5, 1)));
    const begun = performance.now();
    for (let round = 0; round < 100; round++) {
      windows.forEach((window) => periodAt(window, Date.UTC(2026, 5, 1, 0, round)));
    }
    // About 1 ms; the bound leaves room for a busy machine and would not hold without the memory.
    expect(performance.now() - begun).toBeLessThan(200);
  });
});

describe('periods tile time', () => {
  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'America/Sao_Paulo',
    'Asia/Kolkata',
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Kiritimati',
  ];
  const time = (from: string, to: string) => fc.integer({ min: Date.parse(from), max: Date.parse(to) });
  const window = fc.record<CalendarWindow>({
    kind: fc.constant('calendar'),
    amount: fc.integer({ min: 1, max: 7 }),
    unit: fc.constantFrom<CalendarUnit>('m', 'h', 'd', 'w', 'M', 'Q', 'Y'),
    startTime: time('1995-06-01', '2035-01-01').map((at) => iso(at).slice(0, 19).replace('T', ' ')),
    timeZone: fc.constantFrom(...ZONES),
  });

  test('without gap or overlap, whatever the window', () => {
    fc.assert(
      fc.property(window, time('2000-01-01', '2030-01-01'), (drawn, at) => {
        const period = periodAt(drawn, at);
        expect(period.from <= at && at < period.to).toBe(true);
        expect(periodAt({ ...drawn }, period.from)).toEqual(period);
        expect(periodAt({ ...drawn }, period.to - 1)).toEqual(period);
        expect(periodAt({ ...drawn }, period.to).from).toBe(period.to);
        const before = previousPeriod(drawn, period);
        expect(before.to).toBe(period.from);
        expect(before.from).toBeLessThan(before.to);
        expect(periodAt(drawn, before.from)).toEqual(before);
      }),
      { seed: 6, numRuns: 400 },
    );
  });
});

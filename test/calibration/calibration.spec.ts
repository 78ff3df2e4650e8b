import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RUNNING_NAMES, SHORT } from './experiments.js';
import type { Calibration } from './measure.js';
import { calibrationPage } from './page.js';

// What `npm run calibrate` does for minutes takes seconds here. In a process of its own: within jest every use of Math or
// of a typed array goes through the test's global object, which makes simulations twenty times as slow.
const SHORT_MAIN = join(process.cwd(), 'dist/test/calibration/short.js');
const calibration = JSON.parse(
  execFileSync(process.execPath, [SHORT_MAIN], { encoding: 'utf8' }),
) as Calibration;
const [independent, , dependent] = calibration.streams as [
  Calibration['streams'][0],
  Calibration['streams'][0],
  Calibration['streams'][0],
];

describe('without drift', () => {
  test('our defaults raise no alarm in two days, whatever the autocorrelation', () => {
    // The budget allows 0.07 alarms in two days; one is allowed for here over all four streams.
    const alarms = calibration.streams.map((byRule) => byRule['Tidewatch']!.episodes);
    expect(alarms.reduce((sum, episodes) => sum + (episodes * SHORT.days) / 30, 0)).toBeLessThanOrEqual(1);
  });

  test('an uncorrected p < 0.05 goes off every day, and nearly always once values depend on each other', () => {
    expect(independent['p < 0.05']!.episodes).toBeGreaterThan(100);
    expect(dependent['p < 0.05']!.flagged).toBeGreaterThan(0.5);
  });

  test('thresholds on distances flag small windows and not large ones', () => {
    const evidently = calibration.windows.normal.map((byRule) => byRule['Evidently']!);
    expect(evidently[0]).toBeGreaterThan(0.4);
    expect(evidently.at(-1)).toBe(0);
    const own = calibration.windows.normal.map((byRule) => byRule['Tidewatch, before the hold time']!);
    expect(Math.max(...own)).toBe(0);
  });
});

describe('with drift', () => {
  test('our defaults see it within two windows', () => {
    const [large, , half, , , category] = calibration.drifts;
    expect([large, half, category].map((byRule) => byRule!['Tidewatch']!)).toEqual([
      expect.closeTo(1, 1),
      expect.closeTo(1, 1),
      expect.closeTo(1, 1),
    ]);
  });

  test('a fixed threshold on D = 0.2 does not', () => {
    expect(calibration.drifts[0]!['Deepchecks']).toBe(0);
  });
});

test('the page names every rule and every drift', () => {
  const files = calibrationPage(calibration, SHORT);
  RUNNING_NAMES.forEach((name) => expect(files['calibration.md']).toContain(`| ${name} |`));
  expect(files['calibration/false-alarms.svg']).toMatch(/^<svg .*<\/svg>\n$/s);
  expect(files['calibration/windows.svg']).not.toContain('NaN');
});

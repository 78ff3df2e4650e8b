import { describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { leadingSignals, type TimedValue } from './lead-lag.js';

const HOUR = 3_600_000;
const options = { stepMs: HOUR, lags: 6 };
const random = seededRandom(13);
const series = (values: readonly number[]): TimedValue[] =>
  values.map((value, index) => ({ at: index * HOUR, value }));
const signal = (subject: string, values: readonly number[]) => ({
  monitor: 'inputs',
  subject,
  title: subject,
  values: series(values),
});

describe('drift signals before losses', () => {
  const cause = Array.from({ length: 80 }, () => Math.max(0, seededNormal(random)));
  const losses = series(cause.map((_, i) => (cause[i - 3] ?? 0) + 0.2 * seededNormal(random)));

  test('the one that leads is named with its lag', () => {
    const noise = Array.from({ length: 80 }, () => seededNormal(random));
    const found = leadingSignals(losses, [signal('noise/ks', noise), signal('amount/ks', cause)], options);
    expect(found[0]).toMatchObject({ subject: 'amount/ks', lagMs: 3 * HOUR, n: 77 });
    expect(found[0]!.correlation).toBeGreaterThan(0.8);
    expect(found[0]!.pAdjusted).toBeLessThan(1e-6);
    const other = found.find(({ subject }) => subject === 'noise/ks');
    expect(other === undefined || other.pAdjusted > 0.01).toBe(true);
  });

  test('two slow waves that have nothing to do with each other are not found', () => {
    let flagged = 0;
    for (let run = 0; run < 50; run += 1) {
      const walk = (): number[] => {
        let at = 0;
        return Array.from({ length: 60 }, () => (at = 0.9 * at + seededNormal(random)));
      };
      const [found] = leadingSignals(series(walk()), [signal('amount/ks', walk())], { ...options, lags: 0 });
      flagged += found !== undefined && found.pValue < 0.05 ? 1 : 0;
    }
    // Without the correction for memory about 16 of 50 would be.
    expect(flagged).toBeLessThanOrEqual(7);
  });

  test('a signal that goes with gains, one that never moved, and one with few pairs tell nothing', () => {
    const against = signal(
      'gain/ks',
      cause.map((value) => -value),
    );
    const found = leadingSignals(
      losses,
      [
        against,
        signal(
          'constant/ks',
          cause.map(() => 1),
        ),
        signal('short/ks', cause.slice(0, 5)),
      ],
      { stepMs: HOUR, lags: 3 },
    );
    expect(found.map(({ subject }) => subject)).not.toContain('constant/ks');
    expect(found.map(({ subject }) => subject)).not.toContain('short/ks');
    expect(found.every(({ correlation }) => correlation > 0)).toBe(true);
    expect(leadingSignals([], [], options)).toEqual([]);
  });
});

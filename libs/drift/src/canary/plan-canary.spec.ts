import { describe, expect, test } from '@jest/globals';
import { timeUniformCdfHalfWidth } from '@tidewatch/stats';
import { planCanary, type CanaryOccasion } from './plan-canary.js';

const HOUR = 3_600_000;

function occasion(part: Partial<CanaryOccasion> = {}, windowMs = HOUR): CanaryOccasion {
  return {
    monitor: {
      population: { model: 'ranker' },
      windowMs,
      falseAlarmBudget: { count: 1, periodMs: 30 * 24 * HOUR },
    },
    samples: 100_000,
    minimumEffect: 0.05,
    stable: '1.4.2',
    candidate: '1.5.0',
    ...part,
  };
}

describe('the plan of a canary', () => {
  test('lasts until the effect that matters can be told, and no longer', () => {
    const plan = planCanary(occasion())!;
    const alpha = 1 / 30 / 5;
    const samples = (hours: number): number => hours * plan.share * 100_000;
    expect(plan).toMatchObject({ candidate: '1.5.0', share: 0.05 });
    expect(timeUniformCdfHalfWidth(samples(plan.hours), alpha)).toBeLessThanOrEqual(0.025);
    expect(timeUniformCdfHalfWidth(samples(plan.hours - 1), alpha)).toBeGreaterThan(0.025);
  });

  test.each<[string, Partial<CanaryOccasion>, number, { share: number; hours: number }]>([
    [
      'takes the larger share where the smaller would take a week',
      { samples: 1_000 },
      HOUR,
      { share: 0.1, hours: 144 },
    ],
    ['ends after two weeks whatever it has shown', { samples: 10 }, HOUR, { share: 0.1, hours: 336 }],
    ['lasts as long as the window of the monitor', { samples: 1e9 }, 24 * HOUR, { share: 0.05, hours: 24 }],
    ['lasts an hour at least', { samples: 1e9 }, HOUR / 4, { share: 0.05, hours: 1 }],
  ])('%s', (_, part, windowMs, plan) => {
    expect(planCanary(occasion(part, windowMs))).toMatchObject(plan);
  });

  test('asks for more where fewer false alarms are allowed', () => {
    const strict = occasion({ samples: 10_000 });
    const budget = { count: 1, periodMs: 3_650 * 24 * HOUR };
    const plan = planCanary({ ...strict, monitor: { ...strict.monitor, falseAlarmBudget: budget } })!;
    expect(plan.hours).toBeGreaterThan(planCanary(strict)!.hours);
  });

  test('names the guardrail by its command', () => {
    expect(planCanary(occasion())!.stopRule).toBe(
      'Stop as soon as "tidewatch canary gate --model ranker --by version --control 1.4.2 --candidate 1.5.0" says worse: ' +
        'success rate down by more than 1 %, latency p95 up by more than 10 %, or accuracy down by more than 2 %.',
    );
    expect(planCanary(occasion({ candidate: '', stable: "it's" }))!.stopRule).toContain(
      '"tidewatch canary gate --model ranker" says worse',
    );
    expect(planCanary(occasion({ stable: "it's" }))!.stopRule).toContain("--control 'it'\\''s'");
  });

  test('is none without samples', () => {
    expect(planCanary(occasion({ samples: 0 }))).toBeNull();
  });
});
